/** One account: a world with all its parts and what it is seeded with. Nothing outside knows how they are wired. */
import { addChat, type Chat } from './chat/chat.js';
import { type Addresses, addAddresses } from './flex/addresses.js';
import { addFlexChannels } from './flex/channels.js';
import { addFlexConfiguration, type FlexConfiguration } from './flex/configuration.js';
import { addFlexFlows } from './flex/flex-flows.js';
import { addInsights } from './flex/insights.js';
import { addInteractions, type Interactions } from './flex/interactions/interactions.js';
import { addChannelJanitor } from './flex/janitor.js';
import { addPlugins, type ReleasedPlugin } from './flex/plugins.js';
import { createSendToFlex } from './flex/send-to-flex.js';
import { addFlexSession } from './flex/session.js';
import { addTexts, type Texts } from './flex/texts.js';
import { addWebchats } from './flex/webchats.js';
import { addTokenEndpoints } from './iam/validate.js';
import { type AccountSeed, seedAccount } from './seed.js';
import type { Interceptor } from './server.js';
import { addSync } from './sync/sync.js';
import { addTaskRouter, type TaskRouter } from './task-router/task-router.js';
import { addTwilsock } from './twilsock/twilsock.js';
import { createWorld, type World, type WorldOptions } from './world.js';

export interface PartsOptions extends WorldOptions {
  readonly accountSeed: AccountSeed;
  readonly flexConfiguration: FlexConfiguration;
  readonly plugins: readonly ReleasedPlugin[];
  readonly intercept: Interceptor;
}

export interface Parts {
  readonly world: World;
  readonly taskRouter: TaskRouter;
  readonly chat: Chat;
  readonly interactions: Interactions;
  readonly texts: Texts;
}

export function createParts(options: PartsOptions): Parts {
  const { accountSeed, flexConfiguration, plugins, intercept } = options;
  const world = createWorld(options);
  const taskRouter = addTaskRouter(world);
  const sync = addSync(world);
  const twilsock = addTwilsock(world, { intercept });
  const chat = addChat(world, { sync, twilsock });

  addTokenEndpoints(world);
  addFlexSession(world, accountSeed);
  addPlugins(world, plugins);
  addInsights({ world, taskRouter, sync });
  const flows = addFlexFlows(world);
  addFlexChannels({ world, taskRouter, chat, flows });
  addChannelJanitor({ taskRouter, chat });
  const interactions = addInteractions({ world, taskRouter, chat });
  const addresses = addAddresses(world);

  const account = seedAccount(taskRouter, accountSeed);
  flows.create({
    friendlyName: 'Web Chat',
    chatServiceSid: world.account.chatServiceSid,
    channelType: 'web',
    integration: { workspace_sid: account.workspaceSid, workflow_sid: account.workflowSid, channel: 'chat' },
  });
  seedAddresses(world, addresses);
  const sendToFlex = createSendToFlex(interactions, account);
  addWebchats({ world, chat, addresses, sendToFlex });
  const texts = addTexts({ world, chat, addresses, sendToFlex });
  addFlexConfiguration(world, {
    taskrouter_workspace_sid: account.workspaceSid,
    taskrouter_target_workflow_sid: account.workflowSid,
    taskrouter_target_taskqueue_sid: account.everyoneQueueSid,
    taskrouter_offline_activity_sid: account.offlineActivitySid,
    taskrouter_skills: account.skills.map((name) => ({ name, multivalue: true, minimum: 1, maximum: 5 })),
    ...flexConfiguration,
  });
  return { world, taskRouter, chat, interactions, texts };
}

/** One address for webchat and one for texts; both lead to Flex. */
function seedAddresses({ sids, account }: World, addresses: Addresses): void {
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
