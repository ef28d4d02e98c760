/**
 * Flex Flows: what happens to a chat that arrives on a channel. In the sandbox, only the integration `task`
 * has an effect. A `studio` flow stores its settings and starts nothing.
 * https://www.twilio.com/docs/flex/developer/messaging/api/flow
 */
import { notFound } from '../api-error.js';
import { isoSeconds } from '../clock.js';
import { forAccount } from '../iam/callers.js';
import { buildPage } from '../paging.js';
import { flag, type Handler, type Method, type Params, requireText, text } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';

export interface FlexFlow {
  readonly sid: string;
  readonly createdAtMs: number;
  updatedAtMs: number;
  friendlyName: string;
  chatServiceSid: string;
  channelType: string;
  contactIdentity: string | null;
  enabled: boolean;
  integrationType: string;
  /** Snake case, as in the API: `workspace_sid`, `workflow_sid`, `channel`, `timeout`, `priority`… */
  integration: Readonly<Record<string, string>>;
  longLived: boolean;
  janitorEnabled: boolean;
}

type NewFlexFlow = Pick<FlexFlow, 'friendlyName' | 'chatServiceSid' | 'channelType'> &
  Partial<Omit<FlexFlow, 'sid' | 'createdAtMs' | 'updatedAtMs'>>;

export interface FlexFlows {
  create(flow: NewFlexFlow): FlexFlow;
  /** Throws 404/20404. */
  find(sid: string | undefined): FlexFlow;
}

/** Adds `FlexFlows` to `flex-api`. */
export function addFlexFlows(sandbox: SandboxState): FlexFlows {
  const flows = new Map<string, FlexFlow>();

  const create: FlexFlows['create'] = (settings) => {
    const nowMs = sandbox.clock.nowMs();
    const flow: FlexFlow = {
      sid: sandbox.sids('FO'),
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      contactIdentity: null,
      enabled: true,
      integrationType: 'task',
      integration: {},
      longLived: false,
      janitorEnabled: true,
      ...settings,
    };
    flows.set(flow.sid, flow);
    return flow;
  };
  const find: FlexFlows['find'] = (sid) => {
    const flow = flows.get(sid ?? '');
    if (flow === undefined) throw notFound(`/FlexFlows/${sid}`);
    return flow;
  };

  const view = (flow: FlexFlow) => ({
    sid: flow.sid,
    account_sid: sandbox.account.accountSid,
    friendly_name: flow.friendlyName,
    chat_service_sid: flow.chatServiceSid,
    channel_type: flow.channelType,
    contact_identity: flow.contactIdentity,
    enabled: flow.enabled,
    integration_type: flow.integrationType,
    integration: flow.integration,
    long_lived: flow.longLived,
    janitor_enabled: flow.janitorEnabled,
    date_created: isoSeconds(flow.createdAtMs),
    date_updated: isoSeconds(flow.updatedAtMs),
    url: `https://flex-api.twilio.com/v1/FlexFlows/${flow.sid}`,
  });

  const on = (method: Method, template: string, handler: Handler) =>
    sandbox.router.on(method, 'flex-api', template, forAccount(handler));

  on('GET', '/v1/FlexFlows', (request) => {
    const name = text(request.query, 'FriendlyName');
    const namedFlows = [...flows.values()].filter(
      ({ friendlyName }) => name === undefined || friendlyName === name,
    );
    return buildPage(request, 'flex_flows', namedFlows, view);
  });
  on('POST', '/v1/FlexFlows', ({ body }) => {
    const flow = create({
      friendlyName: requireText(body, 'FriendlyName'),
      chatServiceSid: requireText(body, 'ChatServiceSid'),
      channelType: requireText(body, 'ChannelType'),
      ...readChanges(body),
    });
    return { status: 201, body: view(flow) };
  });
  on('GET', '/v1/FlexFlows/:flow', ({ segments }) => ({ body: view(find(segments.flow)) }));
  on('POST', '/v1/FlexFlows/:flow', ({ segments, body }) => {
    const flow = find(segments.flow);
    const { integration, ...changes } = readChanges(body);
    Object.assign(flow, changes, {
      integration: { ...flow.integration, ...integration },
      updatedAtMs: sandbox.clock.nowMs(),
    });
    return { body: view(flow) };
  });
  on('DELETE', '/v1/FlexFlows/:flow', ({ segments }) => {
    flows.delete(find(segments.flow).sid);
    return { status: 204 };
  });

  return { create, find };
}

/** Reads the settings that the request contains. */
function readChanges(body: Params): Partial<Omit<FlexFlow, 'sid' | 'createdAtMs' | 'updatedAtMs'>> {
  const integration = Object.entries(body)
    .filter(([name]) => name.startsWith('Integration.'))
    .map(([name]) => [snakeCase(name.slice('Integration.'.length)), text(body, name) ?? '']);
  const changes = {
    friendlyName: text(body, 'FriendlyName'),
    chatServiceSid: text(body, 'ChatServiceSid'),
    channelType: text(body, 'ChannelType'),
    contactIdentity: text(body, 'ContactIdentity'),
    enabled: flag(body, 'Enabled'),
    integrationType: text(body, 'IntegrationType'),
    longLived: flag(body, 'LongLived'),
    janitorEnabled: flag(body, 'JanitorEnabled'),
  };
  return {
    ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)),
    ...(integration.length === 0 ? {} : { integration: Object.fromEntries(integration) }),
  };
}

const snakeCase = (name: string) => name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
