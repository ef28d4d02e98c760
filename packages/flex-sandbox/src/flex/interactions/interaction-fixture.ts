/** The fixture of the interaction tests: a sandbox, a webchat, and the actions of agents. */
import { restClient } from '../../rest-client.js';
import { startSandbox } from '../../sandbox.js';
import { eventually } from '../../test-waiting.js';

export async function startInteractionFixture() {
  const sandbox = await startSandbox();
  const rest = restClient(sandbox.url);
  const [workspace] = await rest.taskrouter.v1.workspaces.list();
  const workspaceSid = workspace?.sid ?? '';
  const { tasks, workflows } = rest.taskrouter.v1.workspaces(workspaceSid);
  const [workflow] = await workflows.list();
  const workflowSid = workflow?.sid ?? '';

  const interaction = () => {
    const [first] = sandbox.snapshot().interactions;
    const [channel] = first?.channels ?? [];
    if (first === undefined || channel === undefined) throw new Error('There is no interaction');
    return { sid: first.sid, channel };
  };
  const channel = () => {
    const { sid, channel } = interaction();
    return rest.flexApi.v1.interaction(sid).channels(channel.sid);
  };
  const taskOf = (sid: string) => {
    const task = sandbox.snapshot().taskRouter.tasks.find((candidate) => candidate.sid === sid);
    if (task === undefined) throw new Error(`There is no task ${sid}`);
    return task;
  };
  /** Waits until the task is offered to this worker. */
  const offerOf = (taskSid: string, workerName: string) =>
    eventually(() => {
      const offer = taskOf(taskSid).reservations.find((reservation) => reservation.workerName === workerName);
      if (offer === undefined) throw new Error(`${workerName} has no reservation on ${taskSid}`);
      return offer;
    });
  const conversation = () => {
    const { conversationSid } = interaction().channel;
    const conversation = sandbox.snapshot().chat.channels.find(({ sid }) => sid === conversationSid);
    if (conversation === undefined) throw new Error('There is no conversation');
    return conversation;
  };

  return {
    sandbox,
    rest,
    workspaceSid,
    workflowSid,
    tasks,
    interaction,
    channel,
    taskOf,
    offerOf,
    conversation,
    /** Returns the identities of the conversation's members. */
    memberIdentities: () => conversation().members.map(({ identity }) => identity),
    async webchatAddressSid() {
      const [address] = await rest.conversations.v1.addressConfigurations.list({ type: 'chat' });
      return address?.sid ?? '';
    },
    /** Starts a webchat and returns the SID of its task. */
    async startChat(): Promise<string> {
      const addressSid = await this.webchatAddressSid();
      await rest.flexApi.v2.webChannels.create({
        addressSid,
        chatFriendlyName: 'Webchat',
        customerFriendlyName: 'Jane',
        preEngagementData: '{"question":"invoice"}',
        identity: 'jane-1',
      });
      return interaction().channel.invites[0]?.taskSid ?? '';
    },
    /** Accepts the task at TaskRouter, as a backend can. */
    async accept(workerName: string, taskSid: string): Promise<void> {
      const { sid } = await offerOf(taskSid, workerName);
      await tasks(taskSid).reservations(sid).update({ reservationStatus: 'accepted' });
    },
    /** Invites this worker only, and returns the SID of the new task. */
    async invite(workerName: string, attributes: object = {}): Promise<string> {
      const worker = sandbox
        .snapshot()
        .taskRouter.workers.find(({ friendlyName }) => friendlyName === workerName);
      const { routing } = await channel().invites.create({
        routing: {
          properties: {
            workspace_sid: workspaceSid,
            workflow_sid: workflowSid,
            worker_sid: worker?.sid,
            task_channel_unique_name: 'chat',
            attributes,
          },
        },
      });
      return (routing as { properties: { sid: string } }).properties.sid;
    },
    /** Returns the agent with this task. */
    agent(taskSid: string) {
      const participant = interaction().channel.participants.find(
        (candidate) => candidate.taskSid === taskSid,
      );
      if (participant === undefined) throw new Error(`No participant has the task ${taskSid}`);
      return participant;
    },
    close: () => sandbox.close(),
  };
}

export type InteractionFixture = Awaited<ReturnType<typeof startInteractionFixture>>;
