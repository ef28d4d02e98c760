/**
 * Flex channels of legacy web chat. One endpoint creates the chat channel, adds the customer and, when the
 * flow's integration is `task`, creates the task. Other endpoints end the chat and add agents to it.
 * https://www.twilio.com/docs/flex/developer/messaging/api/chat-channel
 */
import { notFound, unauthorized } from '../api-error.js';
import type { Chat } from '../chat/chat.js';
import type { Channel } from '../chat/state.js';
import { isoSeconds } from '../clock.js';
import { forAccount, isFlexUser } from '../iam/callers.js';
import { parseJsonObjectOrEmpty } from '../json.js';
import { buildPage } from '../paging.js';
import { flag, type Handler, type Method, type Params, requireText, text } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';
import type { TaskRouter } from '../task-router/task-router.js';
import type { FlexFlow, FlexFlows } from './flex-flows.js';
import { deactivateChannel } from './janitor.js';

interface FlexChannel {
  /** SID of the chat channel and of this resource. */
  readonly sid: string;
  readonly flowSid: string;
  readonly userSid: string | null;
  readonly taskSid: string | null;
  readonly createdAtMs: number;
}

export interface FlexChannelDependencies {
  readonly sandbox: SandboxState;
  readonly taskRouter: TaskRouter;
  readonly chat: Chat;
  readonly flows: FlexFlows;
}

/** Adds `Channels` and `WebChannels` to `flex-api`. */
export function addFlexChannels({ sandbox, taskRouter, chat, flows }: FlexChannelDependencies): void {
  const channels = new Map<string, FlexChannel>();

  const find = (sid: string | undefined): FlexChannel => {
    const channel = channels.get(sid ?? '');
    if (channel === undefined) throw notFound(`/Channels/${sid}`);
    return channel;
  };

  const view = (channel: FlexChannel) => ({
    ...webChannelView(channel),
    user_sid: channel.userSid,
    task_sid: channel.taskSid,
    url: `https://flex-api.twilio.com/v1/Channels/${channel.sid}`,
  });
  /** The same channel below `/v1/WebChannels`. */
  const webChannelView = ({ sid, flowSid, createdAtMs }: FlexChannel) => ({
    sid,
    account_sid: sandbox.account.accountSid,
    flex_flow_sid: flowSid,
    date_created: isoSeconds(createdAtMs),
    date_updated: isoSeconds(createdAtMs),
    url: `https://flex-api.twilio.com/v1/WebChannels/${sid}`,
  });

  const onAccount = (method: Method, template: string, handler: Handler) =>
    sandbox.router.on(method, 'flex-api', template, forAccount(handler));

  onAccount('GET', '/v1/Channels', (request) =>
    buildPage(request, 'flex_chat_channels', [...channels.values()], view),
  );

  onAccount('POST', '/v1/Channels', ({ body }) => {
    const flow = flows.find(requireText(body, 'FlexFlowSid'));
    const identity = requireText(body, 'Identity');
    const customerName = requireText(body, 'ChatUserFriendlyName');
    const channel = createChatChannel(chat, flow, customerName, body);
    const { user } = chat.addMember(channel.sid, { identity });
    chat.setFriendlyName(identity, customerName);

    const taskSid = text(body, 'TaskSid') ?? createTask(taskRouter, flow, channel, customerName, body);
    if (taskSid !== null) {
      const attributes = { ...parseJsonObjectOrEmpty(channel.attributes), task_sid: taskSid };
      chat.updateChannel(channel.sid, { attributes });
    }
    const flexChannel: FlexChannel = {
      sid: channel.sid,
      flowSid: flow.sid,
      userSid: user?.sid ?? null,
      taskSid,
      createdAtMs: sandbox.clock.nowMs(),
    };
    channels.set(flexChannel.sid, flexChannel);
    return { status: 201, body: view(flexChannel) };
  });

  onAccount('GET', '/v1/Channels/:channel', ({ segments }) => ({ body: view(find(segments.channel)) }));

  onAccount('DELETE', '/v1/Channels/:channel', ({ segments }) => {
    const { sid } = find(segments.channel);
    channels.delete(sid);
    chat.deleteChannel(sid);
    return { status: 204 };
  });

  onAccount('POST', '/v1/WebChannels/:channel', ({ segments, body }) => {
    const channel = find(segments.channel);
    if (text(body, 'ChatStatus') === 'inactive') deactivateChannel(chat, channel.sid);
    const postEngagementData = text(body, 'PostEngagementData');
    if (postEngagementData !== undefined) {
      const attributes = parseJsonObjectOrEmpty(chat.channel(channel.sid).attributes);
      chat.updateChannel(channel.sid, {
        attributes: { ...attributes, post_engagement_data: parseJsonObjectOrEmpty(postEngagementData) },
      });
    }
    return { body: webChannelView(channel) };
  });

  // Flex UI adds the worker who accepts a chat task to its channel, and expects 409 for a member.
  sandbox.router.on(
    'POST',
    'flex-api',
    '/v1/Channels/:channel/Roles/:role/Users',
    ({ caller, segments, body }) => {
      const identity = requireText(body, 'Identity');
      const isSelf = isFlexUser(sandbox, caller) && caller.identity === identity;
      if (caller.kind !== 'account' && !isSelf) throw unauthorized();
      const channel = chat.channel(segments.channel ?? '');
      chat.addMember(channel.sid, { identity });
      return { status: 201, body: { sid: channel.sid, identity } };
    },
  );
}

function createChatChannel(chat: Chat, flow: FlexFlow, customerName: string, body: Params): Channel {
  return chat.createChannel({
    type: 'private',
    friendlyName: requireText(body, 'ChatFriendlyName'),
    uniqueName: text(body, 'ChatUniqueName'),
    attributes: {
      status: 'ACTIVE',
      from: customerName,
      channel_type: flow.channelType,
      long_lived: flag(body, 'LongLived') ?? flow.longLived,
      pre_engagement_data: parseJsonObjectOrEmpty(text(body, 'PreEngagementData')),
    },
  });
}

/** Creates the task of an enabled flow with the `task` integration. Returns `null` for any other flow. */
function createTask(
  taskRouter: TaskRouter,
  flow: FlexFlow,
  channel: Channel,
  customerName: string,
  body: Params,
): string | null {
  const {
    workspace_sid,
    workflow_sid,
    channel: taskChannel = 'default',
    timeout,
    priority,
  } = flow.integration;
  if (flow.integrationType !== 'task' || !flow.enabled || workspace_sid === undefined) return null;
  const task = taskRouter.createTask(taskRouter.workspace(workspace_sid), {
    workflowSid: workflow_sid,
    taskChannel,
    timeout: timeout === undefined ? undefined : Number(timeout),
    priority: priority === undefined ? undefined : Number(priority),
    attributes: {
      channelSid: channel.sid,
      channelType: flow.channelType,
      name: customerName,
      ...parseJsonObjectOrEmpty(text(body, 'TaskAttributes')),
    },
  });
  return task.sid;
}
