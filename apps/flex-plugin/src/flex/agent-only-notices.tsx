/** Shows the notices that a texting customer does not receive above the message input of the chat. */
import { languageOf } from '@chat-transfer/transfer-core';
import { type Manager, MessageInput, MessageInputV2, useFlexSelector } from '@twilio/flex-ui';
import type { ReactElement } from 'react';
import { AgentOnlyNotices } from '../components/AgentOnlyNotices';
import { readAgentOnlyNotices } from './notices';
import { findConversation } from './store';
import { readString } from './strings';

/** More notices would leave too little space for the messages. */
const MAX_SHOWN = 3;

interface SlotProps {
  readonly manager: Manager;
  readonly conversationSid?: string;
}

function ComposerNotices({ manager, conversationSid = '' }: SlotProps): ReactElement | null {
  const conversation = useFlexSelector((state) => findConversation(state, conversationSid));
  const notices = readAgentOnlyNotices(conversation).slice(-MAX_SHOWN);
  return notices.length === 0 ? null : (
    <AgentOnlyNotices
      title={readString(manager, 'ChatTransferAgentOnly')}
      notices={notices}
      language={languageOf(navigator.language)}
    />
  );
}

export function showAgentOnlyNotices(manager: Manager): void {
  // A feature flag of the account decides which of the two Flex renders.
  for (const { Content } of [MessageInputV2, MessageInput]) {
    Content.add(<ComposerNotices key="chat-transfer-agent-only" manager={manager} />, { sortOrder: -1 });
  }
}
