/** The ports and settings of one request, created from a function's context. */
import { fail, type Result, succeed, type TransferFailure } from '@chat-transfer/transfer-core';
import { createConversationsBackend } from '../backend/conversations';
import { createProgrammableChatBackend } from '../backend/programmable-chat';
import type { ConversationPorts } from '../conversation/change-conversation';
import { createLedgerStore } from '../ledger/ledger-store';
import { readSettings, type Settings } from '../settings';
import { type Clock, createTwilioClient, type TwilioClient, type TwilioContext } from '../twilio/client';
import { createConversations } from '../twilio/conversations';
import { createFlexTokenValidator, type FlexTokenValidator } from '../twilio/flex-token';
import { createInteractions } from '../twilio/interactions';
import { createChatChannels } from '../twilio/programmable-chat';
import { createDocuments } from '../twilio/sync';
import { createTaskRouter, type TaskRouter } from '../twilio/task-router';

export interface Services extends ConversationPorts {
  readonly settings: Settings;
  readonly client: TwilioClient;
  readonly validateFlexToken: FlexTokenValidator;
  readonly taskRouter: TaskRouter;
}

const realClock: Clock = {
  nowMs: Date.now,
  sleep: (ms) => new Promise((resume) => setTimeout(resume, ms)),
};

export function createServices(context: TwilioContext): Result<Services, TransferFailure> {
  const settings = readSettings(context);
  if (!settings.ok) return fail(settings.failure);
  const { accountSid, workspaceSid, chatServiceSid, syncServiceSid, transferWorkflowSid } = settings.value;
  const client = createTwilioClient(context);
  const taskRouter = createTaskRouter(client, workspaceSid);
  return succeed({
    settings: settings.value,
    client,
    validateFlexToken: createFlexTokenValidator(client, accountSid),
    taskRouter,
    backends: {
      'programmable-chat': createProgrammableChatBackend({
        channels: createChatChannels(client, chatServiceSid),
        taskRouter,
      }),
      conversations: createConversationsBackend({
        conversations: createConversations(client, chatServiceSid),
        interactions: createInteractions(client, workspaceSid),
        taskRouter,
        textedNotices: settings.value.textedNotices,
      }),
    },
    ledgers: createLedgerStore(createDocuments(client, syncServiceSid)),
    transferWorkflowSid,
    defaultAgentName: settings.value.defaultAgentName,
    ...(context.clock ?? realClock),
  });
}
