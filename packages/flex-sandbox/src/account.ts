/** Creates a seeded account with all products. Only this file knows how the products depend on each other. */
import { addChat, type Chat } from './chat/chat.js';
import { type Addresses, addAddresses } from './flex/addresses.js';
import { addFlexChannels } from './flex/channels.js';
import { addFlexConfiguration, type FlexConfiguration } from './flex/configuration.js';
import { addFlexFlows } from './flex/flex-flows.js';
import { addInsights } from './flex/insights.js';
import { addInteractions, type Interactions } from './flex/interactions/interactions.js';
import { addChannelJanitor } from './flex/janitor.js';
import { addPlugins, type ReleasedPlugin } from './flex/plugins.js';
import { addQueuesView } from './flex/queues-view.js';
import { createSendToFlex } from './flex/send-to-flex.js';
import { addFlexSession } from './flex/session.js';
import { addTexts, type Texts } from './flex/texts.js';
import { addWebchats } from './flex/webchats.js';
import { addTokenEndpoints } from './iam/validate.js';
import { createSandboxState, type SandboxState, type SandboxStateOptions } from './sandbox-state.js';
import { type AccountSeed, seedAccount } from './seed.js';
import type { Interceptor } from './server.js';
import { addSync } from './sync/sync.js';
import { addTaskRouter, type TaskRouter } from './task-router/task-router.js';
import { addTwilsock } from './twilsock/twilsock.js';

export interface AccountOptions extends SandboxStateOptions {
  readonly accountSeed: AccountSeed;
  readonly flexConfiguration: FlexConfiguration;
  readonly plugins: readonly ReleasedPlugin[];
  readonly intercept: Interceptor;
}

export interface Account {
  readonly sandbox: SandboxState;
  readonly taskRouter: TaskRouter;
  readonly chat: Chat;
  readonly interactions: Interactions;
  readonly texts: Texts;
}

export function createAccount(options: AccountOptions): Account {
  const { accountSeed, flexConfiguration, plugins, intercept } = options;
  const sandbox = createSandboxState({ ...options, quirks: accountSeed.quirks });
  const taskRouter = addTaskRouter(sandbox);
  const sync = addSync(sandbox);
  const twilsock = addTwilsock(sandbox, { intercept });
  const chat = addChat(sandbox, { sync, twilsock });

  addTokenEndpoints(sandbox);
  addFlexSession(sandbox, accountSeed);
  addPlugins(sandbox, plugins);
  addInsights({ sandbox, taskRouter, sync });
  addQueuesView({ sandbox, taskRouter, sync });
  const flows = addFlexFlows(sandbox);
  addFlexChannels({ sandbox, taskRouter, chat, flows });
  addChannelJanitor({ taskRouter, chat });
  const interactions = addInteractions({ sandbox, taskRouter, chat });
  const addresses = addAddresses(sandbox);

  const seededAccount = seedAccount(taskRouter, accountSeed);
  flows.create({
    friendlyName: 'Web Chat',
    chatServiceSid: sandbox.account.chatServiceSid,
    channelType: 'web',
    integration: {
      workspace_sid: seededAccount.workspaceSid,
      workflow_sid: seededAccount.workflowSid,
      channel: 'chat',
    },
  });
  seedAddresses(sandbox, addresses);
  const sendToFlex = createSendToFlex(interactions, seededAccount);
  addWebchats({ sandbox, chat, addresses, sendToFlex });
  const texts = addTexts({ sandbox, chat, addresses, sendToFlex });
  addFlexConfiguration(sandbox, {
    taskrouter_workspace_sid: seededAccount.workspaceSid,
    taskrouter_target_workflow_sid: seededAccount.workflowSid,
    taskrouter_target_taskqueue_sid: seededAccount.everyoneQueueSid,
    taskrouter_offline_activity_sid: seededAccount.offlineActivitySid,
    taskrouter_skills: seededAccount.skills.map((name) => ({
      name,
      multivalue: true,
      minimum: 1,
      maximum: 5,
    })),
    ...flexConfiguration,
  });
  return { sandbox, taskRouter, chat, interactions, texts };
}

/** Adds an address for webchat and one for texts. Both send new chats to Flex. */
function seedAddresses({ sids, account }: SandboxState, addresses: Addresses): void {
  const autoCreation = {
    enabled: true,
    type: 'studio',
    conversationServiceSid: account.chatServiceSid,
    studioFlowSid: sids('FW'),
    studioRetryCount: 0,
  };
  addresses.create({ type: 'chat', address: 'webchat', friendlyName: 'Webchat', autoCreation });
  addresses.create({ type: 'sms', address: '+15005550006', friendlyName: 'Text messages', autoCreation });
}
