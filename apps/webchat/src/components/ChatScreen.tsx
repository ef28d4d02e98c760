/** An open chat, put together: header, messages, and below them what fits its state. */
import type { Result } from '@chat-transfer/transfer-core';
import { type ReactElement, useMemo, useRef, useState } from 'react';
import { nameOfAuthor } from '../session/agents-present';
import type { ChatSession } from '../session/session-store';
import { buildTimeline } from '../session/timeline';
import type { ConversationControl } from '../session/useConversation';
import type { ApiFailure } from '../session/webchat-api';
import { explainFailure, strings } from '../strings';
import { ChatHeader } from './ChatHeader';
import { ChatOver } from './StartOverPrompt';
import { Composer } from './Composer';
import { ConnectionBanner } from './ConnectionBanner';
import { EndChatPrompt } from './EndChatPrompt';
import { MessageList } from './MessageList';
import { TypingIndicator } from './TypingIndicator';

export interface ChatScreenProps {
  readonly session: ChatSession;
  readonly control: ConversationControl;
  readonly onEnd: () => Promise<Result<void, ApiFailure>>;
  readonly onLeave: () => void;
}

/** Where the customer's wish to end the chat is; `done` before the chat itself tells. */
type Ending = { readonly at: 'no' | 'asked' | 'calling' | 'done'; readonly failure?: ApiFailure };

export function ChatScreen({ session, control, onEnd, onLeave }: ChatScreenProps): ReactElement {
  const { conversation } = control;
  const draft = useRef('');
  const [ending, setEnding] = useState<Ending>({ at: 'no' });
  const { messages, outgoing, connection } = conversation;
  const { items, present, named } = useMemo(
    () => buildTimeline({ messages, outgoing }, session.identity, strings.someAgent),
    [messages, outgoing, session.identity],
  );
  const [typing] = conversation.typing;
  const over =
    conversation.status === 'ended' || ending.at === 'done'
      ? 'ended'
      : connection === 'refused'
        ? 'expired'
        : undefined;

  const end = async () => {
    setEnding({ at: 'calling' });
    const ended = await onEnd();
    setEnding(ended.ok ? { at: 'done' } : { at: 'asked', failure: ended.failure });
  };

  return (
    <>
      <ChatHeader
        status={
          over
            ? 'ended'
            : connection === 'connecting'
              ? 'connecting'
              : present.length > 0
                ? 'with-agents'
                : 'waiting'
        }
        agents={present}
        onEnd={over || ending.at !== 'no' ? undefined : () => setEnding({ at: 'asked' })}
      />
      {!over && <ConnectionBanner connection={connection} onReconnect={control.reconnect} />}
      <MessageList items={items} onRetry={control.retry} onDiscard={control.discard} />
      <TypingIndicator
        typing={!over && typing !== undefined}
        name={typing === undefined ? undefined : nameOfAuthor(typing, present, named)}
      />
      {over ? (
        <ChatOver reason={over} onStartAgain={onLeave} />
      ) : ending.at === 'no' ? (
        <Composer draft={draft} onSend={control.send} onTyping={control.sayTyping} />
      ) : (
        <EndChatPrompt
          ending={ending.at === 'calling'}
          error={ending.failure && explainFailure(ending.failure)}
          onConfirm={end}
          onCancel={() => setEnding({ at: 'no' })}
        />
      )}
    </>
  );
}
