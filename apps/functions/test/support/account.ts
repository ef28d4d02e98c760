/**
 * Sets up the sandbox's account for chat transfer: the workflow, room for chats, and the settings of the functions.
 * It uses only Twilio's REST API, as on a real account.
 */
import { SANDBOX_ACCOUNT } from '@chat-transfer/flex-sandbox';
import {
  buildTransferWorkflow,
  ledgerName,
  parseConversationSid,
  parseQueueSid,
  TASK_ROUTER_EVENTS,
} from '@chat-transfer/transfer-core';
import type { TwilioClient } from '../../src/twilio/client';

/** The only page that may call the functions. */
export const ORIGIN = 'https://flex.example.com';

/** Signs the sessions of customers. */
export const SESSION_SECRET = 'a secret of the tests, long enough';

/** Signs the ledgers. */
export const LEDGER_SECRET = 'another secret of the tests, long enough';

export type LedgerDocument = ReturnType<ReturnType<TwilioClient['sync']['v1']['services']>['documents']>;

export type Workspace = ReturnType<TwilioClient['taskrouter']['v1']['workspaces']>;

export interface AccountOptions {
  /** Internal name of a queue → the name that customers may read. */
  readonly queueLabels?: Readonly<Record<string, string>>;
  /** Chats that each worker can have at the same time. */
  readonly chatCapacity?: number;
}

export interface Account {
  readonly workspace: Workspace;
  /** SIDs by name. */
  readonly workers: ReadonlyMap<string, string>;
  readonly queues: ReadonlyMap<string, string>;
  /** The settings of the functions, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** The Sync document of a conversation's ledger. */
  ledgerDocument(conversationSid: string): LedgerDocument;
  /** Sets the URL for TaskRouter's events: those that the functions use, and the extra ones. */
  sendEventsTo(url: string, extraEvents?: readonly string[]): Promise<void>;
}

export async function setUpAccount(
  client: TwilioClient,
  { queueLabels = {}, chatCapacity = 50 }: AccountOptions = {},
): Promise<Account> {
  const [[firstWorkspace], [flexFlow], [address]] = await Promise.all([
    client.taskrouter.v1.workspaces.list({ limit: 1 }),
    client.flexApi.v1.flexFlow.list({ limit: 1 }),
    client.conversations.v1.addressConfigurations.list({ type: 'chat', limit: 1 }),
  ]);
  const workspaceSid = required(firstWorkspace, 'workspace').sid;
  const workspace = client.taskrouter.v1.workspaces(workspaceSid);
  const [queues, workers] = await Promise.all([workspace.taskQueues.list(), workspace.workers.list()]);
  const queueSids = sidsByName(queues);
  const transferWorkflow = buildTransferWorkflow(
    queues.map(({ sid, friendlyName }) => ({ sid: required(parseQueueSid(sid), sid), name: friendlyName })),
    { everyoneQueueSid: required(parseQueueSid(queueSids.get('Everyone')), 'queue Everyone') },
  );
  const [workflow, ledgerService] = await Promise.all([
    workspace.workflows.create(transferWorkflow),
    client.sync.v1.services.create({ friendlyName: 'Chat Transfer', aclEnabled: true }),
    ...workers.map(({ sid }) =>
      workspace.workers(sid).workerChannels('chat').update({ capacity: chatCapacity }),
    ),
  ]);
  const labels = Object.entries(queueLabels).map(([name, label]) => [queueSids.get(name), label]);
  return {
    workspace,
    workers: sidsByName(workers),
    queues: queueSids,
    settings: {
      ACCOUNT_SID: SANDBOX_ACCOUNT.accountSid,
      AUTH_TOKEN: SANDBOX_ACCOUNT.authToken,
      TWILIO_API_KEY: SANDBOX_ACCOUNT.apiKeySid,
      TWILIO_API_SECRET: SANDBOX_ACCOUNT.apiKeySecret,
      TWILIO_CHAT_SERVICE_SID: SANDBOX_ACCOUNT.chatServiceSid,
      TWILIO_SYNC_SERVICE_SID: ledgerService.sid,
      TWILIO_WORKSPACE_SID: workspaceSid,
      TWILIO_FLEX_CHAT_TRANSFER_WORKFLOW_SID: workflow.sid,
      TWILIO_FLEX_FLOW_SID: required(flexFlow, 'Flex Flow').sid,
      TWILIO_WEBCHAT_ADDRESS_SID: required(address, 'address for webchat').sid,
      WEBCHAT_SESSION_SECRET: SESSION_SECRET,
      LEDGER_SECRET,
      ALLOWED_ORIGINS: ORIGIN,
      ...(labels.length === 0 ? {} : { QUEUE_PUBLIC_LABELS: JSON.stringify(Object.fromEntries(labels)) }),
    },
    ledgerDocument(conversationSid) {
      const name = ledgerName(required(parseConversationSid(conversationSid), `chat ${conversationSid}`));
      return client.sync.v1.services(ledgerService.sid).documents(name);
    },
    async sendEventsTo(url, extraEvents = []) {
      const eventsFilter = [...TASK_ROUTER_EVENTS, ...extraEvents].join(',');
      await workspace.update({ eventCallbackUrl: url, eventsFilter });
    },
  };
}

const sidsByName = (resources: readonly { readonly friendlyName: string; readonly sid: string }[]) =>
  new Map(resources.map(({ friendlyName, sid }) => [friendlyName, sid]));

/** The value, or an error that says what is missing. */
export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`There is no ${what}.`);
  return value;
}
