/** The notices that a texting customer does not get, where the agent looks when writing to that customer. */
import { languageOf } from '@chat-transfer/transfer-core';
import { type Manager, MessageInput, MessageInputV2, useFlexSelector } from '@twilio/flex-ui';
import type { ReactElement } from 'react';
import { AgentOnlyNotices } from '../components/AgentOnlyNotices';
import { readAgentOnlyNotices } from './notices';
import { readString } from './strings';

/** Older ones are history, and the room is the messages'. */
const MOST_SHOWN = 3;

interface SlotProps {
  readonly manager: Manager;
  readonly conversationSid?: string;
}

function ComposerNotices({ manager, conversationSid = '' }: SlotProps): ReactElement | null {
  const conversation = useFlexSelector(({ flex }) => flex.chat.conversations[conversationSid]);
  const notices = readAgentOnlyNotices(conversation).slice(-MOST_SHOWN);
  return notices.length === 0 ? null : (
    <AgentOnlyNotices
      title={readString(manager, 'ChatTransferAgentOnly')}
      notices={notices}
      language={languageOf(navigator.language)}
    />
  );
}

export function showAgentOnlyNotices(manager: Manager): void {
  // Which of the two Flex draws says a feature of the account.
  for (const { Content } of [MessageInputV2, MessageInput]) {
    Content.add(<ComposerNotices key="chat-transfer-agent-only" manager={manager} />, { sortOrder: -1 });
  }
}
