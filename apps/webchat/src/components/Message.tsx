/** One message as a bubble. Its text is text: nothing in it becomes markup or a link. */
import { memo, type ReactElement } from 'react';
import styled from 'styled-components';
import type { OutgoingText } from '../chat/client';
import type { MessageItem } from '../session/timeline';
import { strings } from '../strings';
import { TextButton, Unseen } from './styles';
import { timeOfDay } from './date-format';

export interface MessageProps extends Omit<MessageItem, 'type' | 'key' | 'outgoing'> {
  readonly outgoingId?: string | undefined;
  readonly outgoingState?: 'sending' | 'sent' | 'failed' | undefined;
  readonly onRetry: (text: OutgoingText) => void;
  readonly onDiscard: (id: string) => void;
}

/** Memoized on its plain values: of a long chat, only what is new is rendered. */
export const Message = memo(function Message(props: MessageProps): ReactElement {
  const { from, name, body, attachment, at, firstOfGroup, lastOfGroup, outgoingId, outgoingState } = props;
  const failed = outgoingState === 'failed';
  return (
    <Row $from={from} $apart={firstOfGroup} data-message={from}>
      {name !== undefined && <Name aria-hidden="true">{name}</Name>}
      <Bubble $from={from} $end={lastOfGroup} $failed={failed} $pending={outgoingState === 'sending'}>
        <Unseen>{from === 'customer' ? strings.youSaid : strings.agentSaid(name)} </Unseen>
        <span>{attachment === undefined ? body : strings.attachment(attachment)}</span>
      </Bubble>
      {failed && outgoingId !== undefined && (
        <Failed>
          {strings.notSent}
          <TextButton type="button" onClick={() => props.onRetry({ id: outgoingId, body })}>
            {strings.sendAgain}
          </TextButton>
          <TextButton type="button" onClick={() => props.onDiscard(outgoingId)}>
            {strings.discard}
          </TextButton>
        </Failed>
      )}
      {!failed && lastOfGroup && (
        <Time>
          {outgoingState === 'sending' ? (
            strings.sending
          ) : (
            <time dateTime={new Date(at).toISOString()}>{timeOfDay(at)}</time>
          )}
        </Time>
      )}
    </Row>
  );
});

const Row = styled.div<{ $from: MessageItem['from']; $apart: boolean }>`
  display: flex;
  flex-direction: column;
  align-items: ${({ $from }) => ($from === 'customer' ? 'flex-end' : 'flex-start')};
  padding-top: ${({ $apart }) => ($apart ? '12px' : '3px')};
`;

const Name = styled.div`
  max-width: 82%;
  margin: 0 0 3px 4px;
  color: var(--webchat-text-quiet);
  font-size: 12.5px;
  font-weight: 600;
  overflow-wrap: anywhere;
`;

const Bubble = styled.div<{
  $from: MessageItem['from'];
  $end: boolean;
  $failed: boolean;
  $pending: boolean;
}>`
  position: relative;
  max-width: 82%;
  padding: 8px 13px;
  border: 1px solid ${({ $from }) => ($from === 'customer' ? 'transparent' : 'var(--webchat-line)')};
  border-radius: 16px;
  ${({ $end, $from }) => $end && `border-bottom-${$from === 'customer' ? 'right' : 'left'}-radius: 5px;`}
  background: var(${({ $from }) => ($from === 'customer' ? '--webchat-accent' : '--webchat-surface')});
  color: var(${({ $from }) => ($from === 'customer' ? '--webchat-on-accent' : '--webchat-text')});
  overflow-wrap: anywhere;
  white-space: pre-wrap;
  /* Text in the other direction stays within its bubble. */
  unicode-bidi: isolate;
  ${({ $pending }) => $pending && 'opacity: 0.7;'}
  ${({ $failed }) =>
    $failed &&
    `border-color: var(--webchat-danger);
     background: var(--webchat-danger-background);
     color: var(--webchat-text);`}
`;

const Time = styled.div`
  margin: 3px 4px 0;
  color: var(--webchat-text-quiet);
  font-size: 12px;
  line-height: 16px;
`;

const Failed = styled.div`
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 2px 6px;
  margin: 3px 4px 0;
  color: var(--webchat-danger);
  font-size: 13px;
`;
