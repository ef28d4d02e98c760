/** The ports and settings of one request, created from a function's context. */
import { type Result, succeed } from '@chat-transfer/transfer-core';
import { createConversationsBackend } from '../backend/conversations';
import { createProgrammableChatBackend } from '../backend/programmable-chat';
import type { ConversationPorts } from '../conversation/change-conversation';
import type { WorkflowMemory } from '../conversation/workflow-memory';
import { checkService } from '../ledger/check-service';
import { createDueIndex, type DueIndex, INDEX_NAME } from '../ledger/due-index';
import { createIndexedLedgerStore } from '../ledger/indexed-ledger-store';
import { createLedgerStore } from '../ledger/ledger-store';
import { type NeededSettings, readSettings, type SettingName, type SettingNeeds } from '../settings';
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
import { CONVERSATION_SETTINGS } from './needed-settings';
import { createSweepMemory, type SweepMemory } from './sweep';

type ConversationSetting = (typeof CONVERSATION_SETTINGS)[number];

export interface Services extends ConversationPorts {
  readonly settings: NeededSettings<ConversationSetting, 'previousLedgerSecret'>;
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

export type ServicesWith<Required extends SettingName, Optional extends SettingName = never> = Services & {
  readonly settings: NeededSettings<Required, Optional>;
};

/** Fails if a setting is missing or malformed. `needs`: settings beside those of every conversation endpoint. */
export function createServices<Required extends SettingName, Optional extends SettingName>(
  context: ServiceContext,
  { required = [], optional = [] }: SettingNeeds<Required, Optional>,
): Result<ServicesWith<Required, Optional>> {
  const settings = readSettings(context, {
    required: [...CONVERSATION_SETTINGS, ...required],
    optional: ['previousLedgerSecret', ...optional],
  });
  if (!settings.ok) return settings;
  return succeed({ ...createPorts(context, settings.value), settings: settings.value });
}

function createPorts(context: ServiceContext, settings: Services['settings']): Omit<Services, 'settings'> {
  const { workspaceSid, chatServiceSid, syncServiceSid, transferWorkflowSid } = settings;
  const secrets = { current: settings.ledgerSecret, previous: settings.previousLedgerSecret };
  const twilio = connectTwilio(context, settings);
  const taskRouter = createTaskRouter(twilio, workspaceSid);
  const index = createDueIndex(createSyncMap(twilio, syncServiceSid, INDEX_NAME));
  return {
    twilio,
    budget: twilio.budget,
    validateFlexToken: createFlexTokenValidator(twilio, settings.accountSid),
    taskRouter,
    backends: {
      'programmable-chat': createProgrammableChatBackend({
        channels: createChatChannels(twilio, chatServiceSid),
        flexChannels: createFlexChannels(twilio),
        secrets,
        textedNotices: settings.textedNotices,
        taskRouter,
      }),
      conversations: createConversationsBackend({
        conversations: createConversations(twilio, chatServiceSid),
        interactions: createInteractions(twilio, workspaceSid),
        taskRouter,
        textedNotices: settings.textedNotices,
      }),
    },
    ledgers: createIndexedLedgerStore(
      createLedgerStore({
        documents: createDocuments(twilio, syncServiceSid),
        secrets,
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
    defaultAgentName: settings.defaultAgentName,
    ringWithinMs: settings.ringWithinMs,
    nowMs: twilio.nowMs,
    sleep: twilio.sleep,
    unansweredWrites: twilio.unansweredWrites,
  };
}
