/** Days, notices and messages, oldest first. The role `log` makes screen readers announce what is added. */
import { Notice } from '@chat-transfer/notification-components';
import type { ReactElement } from 'react';
import styled from 'styled-components';
import type { OutgoingText } from '../chat/client';
import type { TimelineItem } from '../session/timeline';
import { strings } from '../strings';
import { formatDay } from './date-format';
import { Message } from './Message';
import { useStickToEnd } from './useStickToEnd';

export interface MessageListProps {
  readonly items: readonly TimelineItem[];
  readonly onRetry: (text: OutgoingText) => void;
  readonly onDiscard: (id: string) => void;
}

export function MessageList({ items, onRetry, onDiscard }: MessageListProps): ReactElement {
  const last = items.at(-1);
  const { list, onScroll, hasUnseen, scrollToEnd } = useStickToEnd<HTMLDivElement>(
    last?.key,
    last?.type === 'message' && last.outgoing !== undefined,
  );

  return (
    <Frame>
      <Log
        ref={list}
        onScroll={onScroll}
        role="log"
        aria-live="polite"
        aria-label={strings.messages}
        // Focusable, so that the keyboard can scroll it.
        tabIndex={0}
      >
        <ol>
          {items.map((item) => (
            <li key={item.key}>
              <Item item={item} onRetry={onRetry} onDiscard={onDiscard} />
            </li>
          ))}
        </ol>
      </Log>
      {hasUnseen && (
        <ScrollToEndButton type="button" onClick={scrollToEnd}>
          {strings.newMessages} <span aria-hidden="true">↓</span>
        </ScrollToEndButton>
      )}
    </Frame>
  );
}

function Item({
  item,
  onRetry,
  onDiscard,
}: Omit<MessageListProps, 'items'> & { readonly item: TimelineItem }): ReactElement {
  switch (item.type) {
    case 'day':
      return <Day>{formatDay(item.at, Date.now())}</Day>;
    case 'notice':
      return (
        <NoticeRow>
          <Notice notice={item.notice} />
        </NoticeRow>
      );
    case 'message': {
      const { type: _, key: __, outgoing, ...message } = item;
      return (
        <Message
          {...message}
          outgoingId={outgoing?.id}
          outgoingState={outgoing?.state}
          onRetry={onRetry}
          onDiscard={onDiscard}
        />
      );
    }
  }
}

const Frame = styled.div`
  position: relative;
  flex: 1;
  min-height: 0;
`;

const Log = styled.div`
  height: 100%;
  overflow-x: hidden;
  overflow-y: auto;
  overscroll-behavior: contain;
  padding: 4px 14px 12px;
  &:focus-visible {
    outline-offset: -2px;
  }
  ol {
    margin: 0;
    padding: 0;
    list-style: none;
  }
`;

const Day = styled.div`
  padding: 12px 0 0;
  color: var(--webchat-text-quiet);
  font-size: 12px;
  text-align: center;
`;

const NoticeRow = styled.div`
  padding-top: 10px;
`;

const ScrollToEndButton = styled.button`
  position: absolute;
  bottom: 10px;
  left: 50%;
  transform: translateX(-50%);
  padding: 7px 14px;
  border: 1px solid var(--webchat-line);
  border-radius: 999px;
  background: var(--webchat-surface);
  box-shadow: 0 4px 14px rgb(27 35 51 / 16%);
  color: var(--webchat-accent);
  font-size: 13.5px;
  font-weight: 600;
  cursor: pointer;
`;
