/** The screen of a chat: the header, the messages, and a footer that depends on the state of the chat. */
import { findAuthorName, type Result, type SweepAnswer } from '@chat-transfer/transfer-core';
import { type ReactElement, useMemo, useRef, useState } from 'react';
import { listNames } from '../session/agents-present';
import type { ChatSession } from '../session/session-store';
import { buildTimeline } from '../session/timeline';
import type { ConversationControl } from '../session/useConversation';
import { useSweeps } from '../session/useSweeps';
import type { ApiFailure } from '../session/webchat-api';
import { explainFailure, strings } from '../strings';
import { ChatHeader } from './ChatHeader';
import { Composer } from './Composer';
import { ConnectionBanner } from './ConnectionBanner';
import { EndChatPrompt } from './EndChatPrompt';
import { MessageList } from './MessageList';
import { StartOverPrompt } from './StartOverPrompt';
import { TypingIndicator } from './TypingIndicator';

export interface ChatScreenProps {
  readonly session: ChatSession;
  readonly control: ConversationControl;
  readonly onEnd: () => Promise<Result<void, ApiFailure>>;
  /** Asks the functions to repair this chat. */
  readonly onSweep: (session: ChatSession) => Promise<Result<SweepAnswer, ApiFailure>>;
  readonly onStartOver: () => void;
}

/**
 * The progress of ending the chat from this page. `done`: the functions have ended the chat. Twilio reports
 * the end later.
 */
type Ending = { readonly step: 'none' | 'confirming' | 'calling' | 'done'; readonly failure?: ApiFailure };

export function ChatScreen({ session, control, onEnd, onSweep, onStartOver }: ChatScreenProps): ReactElement {
  const { conversation } = control;
  const draft = useRef('');
  const [ending, setEnding] = useState<Ending>({ step: 'none' });
  const { messages, outgoing, connection } = conversation;
  const { items, agentsPresent, authorNames } = useMemo(
    () =>
      buildTimeline(
        { messages, outgoing },
        {
          conversationSid: session.conversationSid,
          customer: session.identity,
          unnamedAuthor: strings.unnamedAuthor,
        },
      ),
    [messages, outgoing, session.conversationSid, session.identity],
  );
  const [typingIdentity] = conversation.typing;
  const closedReason =
    conversation.status === 'ended' || ending.step === 'done'
      ? 'ended'
      : connection === 'refused'
        ? 'expired'
        : undefined;

  useSweeps(
    () => onSweep(session),
    !closedReason && connection === 'connected' && agentsPresent.length === 0,
  );

  const end = async () => {
    setEnding({ step: 'calling' });
    const result = await onEnd();
    setEnding(result.ok ? { step: 'done' } : { step: 'confirming', failure: result.failure });
  };

  return (
    <>
      <ChatHeader
        status={
          closedReason
            ? 'ended'
            : connection === 'connecting'
              ? 'connecting'
              : agentsPresent.length > 0
                ? 'with-agents'
                : 'waiting'
        }
        agents={listNames(agentsPresent)}
        onEnd={closedReason || ending.step !== 'none' ? undefined : () => setEnding({ step: 'confirming' })}
      />
      {!closedReason && <ConnectionBanner connection={connection} onReconnect={control.reconnect} />}
      <MessageList items={items} onRetry={control.retry} onDiscard={control.discard} />
      <TypingIndicator
        isTyping={!closedReason && typingIdentity !== undefined}
        name={
          typingIdentity === undefined
            ? undefined
            : findAuthorName(authorNames, session.conversationSid, typingIdentity)
        }
      />
      {closedReason ? (
        <StartOverPrompt reason={closedReason} onStartOver={onStartOver} />
      ) : ending.step === 'none' ? (
        <Composer draft={draft} onSend={control.send} onTyping={control.sendTyping} />
      ) : (
        <EndChatPrompt
          isEnding={ending.step === 'calling'}
          error={ending.failure && explainFailure(ending.failure)}
          onConfirm={end}
          onCancel={() => setEnding({ step: 'none' })}
        />
      )}
    </>
  );
}
