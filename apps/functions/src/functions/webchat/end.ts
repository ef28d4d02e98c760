/** POST /webchat/end: the customer ends their chat. Its tasks that wait for an agent are cancelled. */
import {
  type EndWebchatAnswer,
  type EndWebchatRequest,
  EndWebchatRequestSchema,
  fail,
  type Ledger,
  parseChatTask,
  type Result,
  succeed,
} from '@chat-transfer/transfer-core';
import { adoptChat } from '../../conversation/adopt-chat';
import { changeConversation } from '../../conversation/change-conversation';
import { findEvidence } from '../../conversation/find-evidence';
import { defineConversationEndpoint } from '../../requests/conversation-endpoint';
import type { Services, ServicesWith } from '../../requests/services';
import { readSession } from '../../requests/webchat-session';

export const handler = defineConversationEndpoint(
  '/webchat/end',
  { required: ['allowedOrigins', 'webchatSessionSecret'] },
  EndWebchatRequestSchema,
  endWebchat,
);

async function endWebchat(
  services: ServicesWith<'webchatSessionSecret'>,
  { session: signed }: EndWebchatRequest,
): Promise<Result<EndWebchatAnswer>> {
  const now = services.nowMs();
  const session = readSession(signed, services.settings.webchatSessionSecret, now);
  if (session === undefined) return fail({ code: 'session-invalid' });

  const { conversationSid, backend } = session;
  const current = await services.ledgers.read({ conversationSid, backend });
  const stored = { ...current, ledger: await locate(services, current.ledger) };
  const changed = await changeConversation(services, {
    conversation: stored.ledger,
    stored,
    events: [...(await adoptChat(services, stored)), { type: 'customer-ended', at: now }],
  });
  return changed.ok ? succeed({ ok: true }) : changed;
}

/** On Flex Conversations, finds the interaction by the tasks of the chat if no event has recorded it in the ledger. */
async function locate(services: Services, ledger: Ledger): Promise<Ledger> {
  const { conversationSid, backend, interaction } = ledger;
  if (backend === 'programmable-chat' || interaction !== undefined) return ledger;
  const tasks = await services.taskRouter.listConversationTasks(conversationSid, backend);
  for (const { sid: taskSid, attributes, taskChannel } of tasks) {
    const chat = parseChatTask(attributes, taskChannel);
    if (chat === undefined) continue;
    const evidence = await findEvidence(services, ledger, { taskSid, chat });
    if (evidence.kind === 'found') return evidence.ledger;
  }
  return ledger;
}
