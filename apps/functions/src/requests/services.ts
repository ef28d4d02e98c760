/** The ports and settings of one request, created from a function's context. */
import { fail, type Result, succeed, type TransferFailure } from '@chat-transfer/transfer-core';
import { createConversationsBackend } from '../backend/conversations';
import { createProgrammableChatBackend } from '../backend/programmable-chat';
import type { ConversationPorts } from '../conversation/change-conversation';
import type { WorkflowMemory } from '../conversation/workflow-memory';
import { checkService } from '../ledger/check-service';
import { createDueIndex, type DueIndex, INDEX_NAME } from '../ledger/due-index';
import { createIndexedLedgerStore } from '../ledger/indexed-ledger-store';
import { createLedgerStore } from '../ledger/ledger-store';
import { readSettings, type Settings } from '../settings';
import type { Budget } from '../twilio/budget';
import { connectTwilio, type Twilio, type TwilioContext } from '../twilio/client';
import { createConversations } from '../twilio/conversations';
import { createFlexChannels } from '../twilio/flex-channels';
import { createFlexTokenValidator, type FlexTokenValidator } from '../twilio/flex-token';
import { createInteractions } from '../twilio/interactions';
import { createChatChannels } from '../twilio/programmable-chat';
import { createDocuments, fetchSyncService } from '../twilio/sync';
import { createDocumentPages, type DocumentPages } from '../twilio/sync-document-pages';
import { createSyncMap } from '../twilio/sync-map';
import { createTaskRouter, type TaskRouter } from '../twilio/task-router';
import { createSweepMemory, type SweepMemory } from './sweep';

export interface Services extends ConversationPorts {
  readonly settings: Settings;
  readonly twilio: Twilio;
  /** The time that the request has left. */
  readonly budget: Budget;
  readonly validateFlexToken: FlexTokenValidator;
  readonly taskRouter: TaskRouter;
  readonly index: DueIndex;
  readonly documentPages: DocumentPages;
  readonly sweepMemory: SweepMemory;
  readonly workflowMemory: WorkflowMemory;
}

export interface ServiceContext extends TwilioContext {
  /** Set by tests only. Without them, all requests of the process share one of each. */
  readonly sweepMemory?: SweepMemory;
  readonly workflowMemory?: WorkflowMemory;
}

const memoryOfProcess = createSweepMemory();
const workflowMemoryOfProcess: WorkflowMemory = {};

export function createServices(context: ServiceContext): Result<Services, TransferFailure> {
  const settings = readSettings(context);
  if (!settings.ok) return fail(settings.failure);
  const { accountSid, workspaceSid, chatServiceSid, syncServiceSid, transferWorkflowSid } = settings.value;
  const twilio = connectTwilio(context);
  const taskRouter = createTaskRouter(twilio, workspaceSid);
  const index = createDueIndex(createSyncMap(twilio, syncServiceSid, INDEX_NAME));
  return succeed({
    settings: settings.value,
    twilio,
    budget: twilio.budget,
    validateFlexToken: createFlexTokenValidator(twilio, accountSid),
    taskRouter,
    backends: {
      'programmable-chat': createProgrammableChatBackend({
        channels: createChatChannels(twilio, chatServiceSid),
        flexChannels: createFlexChannels(twilio),
        secrets: settings.value.ledgerSecrets,
        textedNotices: settings.value.textedNotices,
        taskRouter,
      }),
      conversations: createConversationsBackend({
        conversations: createConversations(twilio, chatServiceSid),
        interactions: createInteractions(twilio, workspaceSid),
        taskRouter,
        textedNotices: settings.value.textedNotices,
      }),
    },
    ledgers: createIndexedLedgerStore(
      createLedgerStore({
        documents: createDocuments(twilio, syncServiceSid),
        secrets: settings.value.ledgerSecrets,
        checkService: () => checkService(syncServiceSid, () => fetchSyncService(twilio, syncServiceSid)),
      }),
      index,
      twilio.nowMs,
    ),
    index,
    documentPages: createDocumentPages(twilio, syncServiceSid),
    sweepMemory: context.sweepMemory ?? memoryOfProcess,
    workflowMemory: context.workflowMemory ?? workflowMemoryOfProcess,
    transferWorkflowSid,
    defaultAgentName: settings.value.defaultAgentName,
    ringWithinMs: settings.value.ringWithinMs,
    nowMs: twilio.nowMs,
    sleep: twilio.sleep,
    unansweredWrites: twilio.unansweredWrites,
  });
}
