/**
 * What an agent can do at Twilio with the token in their browser, without the functions. Flex UI sends each of these
 * requests itself, with other values.
 */
import type { FunctionsFixture } from './functions-fixture';

/** Flex UI sends it for the worker SDK and for interactions, through one URL. */
const EVENT_BRIDGE = 'event-bridge.twilio.com/v1/wschannels';

export interface TwilioAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export type AgentBrowser = Awaited<ReturnType<typeof openAgentBrowser>>;

export async function openAgentBrowser(fixture: FunctionsFixture, worker: string) {
  const token = await fixture.tokenOf(worker);
  const workerSid = fixture.workerSid(worker);
  const { sid: workspaceSid } = await fixture.workspace().fetch();
  const [workflow] = await fixture.workspace().workflows.list({ friendlyName: 'Assign to Anyone' });

  async function send(path: string, init: RequestInit): Promise<TwilioAnswer> {
    const answer = await fetch(`${fixture.sandbox.url}/${path}`, { method: 'POST', ...init });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
  }
  const bridge = (url: string, params: object) =>
    send(EVENT_BRIDGE, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url, method: 'POST', params, token }),
    });
  const sidOf = ({ status, body }: TwilioAnswer): string => {
    const payload = body.payload as { readonly sid?: unknown } | undefined;
    if (status !== 200 || typeof payload?.sid !== 'string') {
      throw new Error(`Twilio answered ${status}: ${JSON.stringify(body)}`);
    }
    return payload.sid;
  };

  return {
    worker,
    /** Replaces the attributes of a task. Twilio allows it on tasks that the agent has a reservation on. */
    setAttributes: (taskSid: string, attributes: object): Promise<TwilioAnswer> =>
      bridge(`Workspaces/${workspaceSid}/Tasks/${taskSid}`, { Attributes: attributes }),

    /** Creates a task that is offered to the agent, as for an outbound call. Returns its SID. */
    createTask: async (attributes: object): Promise<string> =>
      sidOf(
        await bridge(`Workspaces/${workspaceSid}/Tasks`, {
          WorkflowSid: workflow?.sid,
          RoutingTarget: workerSid,
          TaskChannelUniqueName: 'chat',
          Attributes: attributes,
        }),
      ),

    /** Starts an interaction whose task is offered to the agent, as for an outbound message. */
    createInteraction: (channel: object, attributes: object): Promise<TwilioAnswer> =>
      bridge('v1/Interactions', {
        channel: { type: 'web', initiated_by: 'agent', ...channel },
        routing: {
          properties: {
            workspace_sid: workspaceSid,
            workflow_sid: workflow?.sid,
            worker_sid: workerSid,
            task_channel_unique_name: 'chat',
            attributes,
          },
        },
      }),

    /** Accepts, wraps up or completes an own reservation. */
    async updateReservation(
      taskSid: string,
      status: 'accepted' | 'wrapping' | 'completed',
    ): Promise<TwilioAnswer> {
      const { sid } = fixture.reservation(worker, taskSid) ?? {};
      return bridge(`Workspaces/${workspaceSid}/Workers/${workerSid}/Reservations/${sid}`, {
        ReservationStatus: status,
      });
    },

    /** Adds the agent to a chat, as Flex does after the agent has accepted a task that names it. */
    joinChat: (conversationSid: string): Promise<TwilioAnswer> =>
      send(`flex-api.twilio.com/v1/Channels/${conversationSid}/Roles/agent/Users`, {
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          authorization: `Basic ${Buffer.from(`token:${token}`).toString('base64')}`,
        },
        body: new URLSearchParams({ Identity: worker }).toString(),
      }),
  };
}
