/** One message as a bubble. It shows the body as plain text, never as markup or a link. */
import { memo, type ReactElement } from 'react';
import styled from 'styled-components';
import type { OutgoingText } from '../chat/client';
import type { MessageItem } from '../session/timeline';
import { strings } from '../strings';
import { formatTime } from './date-format';
import { TextButton, VisuallyHidden } from './styles';

export interface MessageProps extends Omit<MessageItem, 'type' | 'key' | 'outgoing'> {
  readonly outgoingId?: string | undefined;
  readonly outgoingState?: 'sending' | 'sent' | 'failed' | undefined;
  readonly onRetry: (text: OutgoingText) => void;
  readonly onDiscard: (id: string) => void;
}

/** Memoized, with plain values as props, so that a new message in a long chat does not render the others. */
export const Message = memo(function Message(props: MessageProps): ReactElement {
  const { from, name, body, attachment, at, firstOfGroup, lastOfGroup, outgoingId, outgoingState } = props;
  const hasFailed = outgoingState === 'failed';
  return (
    <Row $from={from} $firstOfGroup={firstOfGroup} data-message={from}>
      {firstOfGroup && name !== undefined && <Name aria-hidden="true">{name}</Name>}
      <Bubble
        $from={from}
        $lastOfGroup={lastOfGroup}
        $failed={hasFailed}
        $pending={outgoingState === 'sending'}
      >
        <VisuallyHidden>
          {from === 'customer' ? strings.fromCustomer : strings.fromOther(name)}{' '}
        </VisuallyHidden>
        <span>{attachment === undefined ? body : strings.attachment(attachment)}</span>
      </Bubble>
      {hasFailed && outgoingId !== undefined && (
        <FailedBar>
          {strings.notSent}
          <TextButton type="button" onClick={() => props.onRetry({ id: outgoingId, body })}>
            {strings.sendAgain}
          </TextButton>
          <TextButton type="button" onClick={() => props.onDiscard(outgoingId)}>
            {strings.discard}
          </TextButton>
        </FailedBar>
      )}
      {!hasFailed && lastOfGroup && (
        <Time>
          {outgoingState === 'sending' ? (
            strings.sending
          ) : (
            <time dateTime={new Date(at).toISOString()}>{formatTime(at)}</time>
          )}
        </Time>
      )}
    </Row>
  );
});

const Row = styled.div<{ $from: MessageItem['from']; $firstOfGroup: boolean }>`
  display: flex;
  flex-direction: column;
  align-items: ${({ $from }) => ($from === 'customer' ? 'flex-end' : 'flex-start')};
  padding-top: ${({ $firstOfGroup }) => ($firstOfGroup ? '12px' : '3px')};
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
  $lastOfGroup: boolean;
  $failed: boolean;
  $pending: boolean;
}>`
  position: relative;
  max-width: 82%;
  padding: 8px 13px;
  border: 1px solid ${({ $from }) => ($from === 'customer' ? 'transparent' : 'var(--webchat-line)')};
  border-radius: 16px;
  ${({ $lastOfGroup, $from }) => $lastOfGroup && `border-bottom-${$from === 'customer' ? 'right' : 'left'}-radius: 5px;`}
  background: var(${({ $from }) => ($from === 'customer' ? '--webchat-accent' : '--webchat-surface')});
  color: var(${({ $from }) => ($from === 'customer' ? '--webchat-on-accent' : '--webchat-text')});
  overflow-wrap: anywhere;
  white-space: pre-wrap;
  /* Right-to-left text must not affect the text around the bubble. */
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

const FailedBar = styled.div`
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 2px 6px;
  margin: 3px 4px 0;
  color: var(--webchat-danger);
  font-size: 13px;
`;
