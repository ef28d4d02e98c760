/** POST /webchat/end: the customer ends their chat. Its tasks that wait for an agent are cancelled. */
import {
  type ConversationRef,
  type EndWebchatAnswer,
  type EndWebchatRequest,
  EndWebchatRequestSchema,
  fail,
  type Ledger,
  parseChatTask,
  type Result,
  recordLocation,
  succeed,
} from '@chat-transfer/transfer-core';
import { adoptChat } from '../../conversation/adopt-chat';
import { changeConversation } from '../../conversation/change-conversation';
import { defineEndpoint } from '../../requests/endpoint';
import type { Services } from '../../requests/services';
import { readSession } from '../../requests/webchat-session';

export const handler = defineEndpoint('/webchat/end', EndWebchatRequestSchema, endWebchat);

async function endWebchat(
  services: Services,
  { session: signed }: EndWebchatRequest,
): Promise<Result<EndWebchatAnswer>> {
  const now = services.nowMs();
  const session = readSession(signed, services.settings.webchatSessionSecret, now);
  if (session === undefined) return fail({ code: 'session-invalid' });

  const { conversationSid, backend } = session;
  const current = await services.ledgers.read({ conversationSid, backend });
  const conversation = await findConversation(services, current.ledger);
  const stored = { ...current, ledger: recordLocation(current.ledger, conversation) };
  const changed = await changeConversation(services, {
    conversation,
    stored,
    events: [...(await adoptChat(services, stored)), { type: 'customer-ended', at: now }],
  });
  return changed.ok ? succeed({ ok: true }) : changed;
}

/** On Flex Conversations, reads the interaction from a task if no event has recorded it in the ledger. */
async function findConversation({ taskRouter }: Services, ledger: Ledger): Promise<ConversationRef> {
  const { conversationSid, backend, interaction } = ledger;
  if (backend === 'programmable-chat' || interaction !== undefined) return ledger;
  const [task] = await taskRouter.listConversationTasks(conversationSid, backend);
  return parseChatTask(task?.attributes) ?? ledger;
}
