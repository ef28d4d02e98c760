/**
 * Rule 5: an agent who is not in a chat tries to act on it, with everything that an agent's token can write. Each attack
 * ends as it began: what the agent has changed is restored, so the chats must go on as if nothing had happened.
 */
import { ledgerName, parseConversationSid } from '@chat-transfer/transfer-core';
import type { TaskSnapshot } from '../support/functions-fixture';
import { buildTransferId, pick } from './actions';
import { describeAnswer } from './answer';
import type { Scenario, ScenarioChat } from './scenario';
import type { Agent, AttackKind, Endpoint } from './steps';

export interface Attack {
  readonly agent: Agent;
  /** The chat to attack. */
  readonly chat: number;
  readonly by: AttackKind;
  readonly path: Endpoint;
}

export async function attack(scenario: Scenario, { agent, chat, by, path }: Attack): Promise<void> {
  const { fixture, chats } = scenario;
  // The chats in which the agent has no task, and has not had one.
  const victims = chats.filter(
    ({ conversationSid }) =>
      !fixture.isClosed(conversationSid) &&
      !fixture.agents(conversationSid).includes(agent) &&
      fixture.tasks(conversationSid).every(({ sid }) => !scenario.acceptances.has(`${agent} ${sid}`)) &&
      fixture.tasks(conversationSid).length > 0,
  );
  const victim = pick(victims, chat);
  // Carol is a supervisor, who may act for other agents.
  if (victim === undefined || agent === 'carol') return;
  switch (by) {
    case 'edited task':
      return attackWithEditedTask(scenario, agent, victim, path);
    case 'new task':
      return attackWithNewTask(scenario, agent, victim, path);
    case 'new interaction':
      return attackWithNewInteraction(scenario, agent, victim, path);
    case 'Sync document':
      return attackWithDocument(scenario, agent, victim);
  }
}

/** The attributes of a task that say which chat it is on. */
const CHAT_KEYS = [
  'conversationSid',
  'channelSid',
  'flexInteractionSid',
  'flexInteractionChannelSid',
  'flexChannelInviteSid',
];

/** A task of the chat that an attacker can copy. A task whose transfer is over no longer names its chat. */
const findTaskThatNames = (
  { fixture }: Scenario,
  { conversationSid }: ScenarioChat,
): TaskSnapshot | undefined =>
  fixture
    .tasks(conversationSid)
    .find(({ attributes }) => CHAT_KEYS.some((key) => attributes[key] === conversationSid));

function copyChatKeys(
  from: TaskSnapshot,
  to: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const copied = CHAT_KEYS.flatMap((key) => (key in from.attributes ? [[key, from.attributes[key]]] : []));
  const others = Object.entries(to).filter(([key]) => !CHAT_KEYS.includes(key));
  return Object.fromEntries([...others, ...copied]);
}

async function attackWithEditedTask(
  scenario: Scenario,
  agent: Agent,
  victim: ScenarioChat,
  path: Endpoint,
): Promise<void> {
  const { fixture } = scenario;
  const [own] = scenario.assignments('accepted').filter((assignment) => assignment.agent === agent);
  const example = findTaskThatNames(scenario, victim);
  if (own === undefined || example === undefined) return;
  const { sid, attributes } = own.task;
  fixture.recordTrueChat(sid, fixture.chatOf(own.task));
  await fixture.attacks.setTaskAttributes(sid, copyChatKeys(example, attributes));
  await sendForgedRequest(scenario, agent, { victim, taskSid: sid, path });
  await fixture.attacks.setTaskAttributes(sid, attributes);
}

async function attackWithNewTask(
  scenario: Scenario,
  agent: Agent,
  victim: ScenarioChat,
  path: Endpoint,
): Promise<void> {
  const { fixture } = scenario;
  const example = findTaskThatNames(scenario, victim);
  if (example === undefined) return;
  const forged = copyChatKeys(example, { transferId: buildTransferId(998) });
  await useForgedTasks(scenario, agent, victim, path, () =>
    fixture.attacks.createTask(fixture.workerSid(agent), forged),
  );
}

async function attackWithNewInteraction(
  scenario: Scenario,
  agent: Agent,
  victim: ScenarioChat,
  path: Endpoint,
): Promise<void> {
  const { fixture } = scenario;
  if (fixture.backend !== 'conversations') return;
  await useForgedTasks(scenario, agent, victim, path, () =>
    fixture.attacks.createInteraction(fixture.workerSid(agent), victim.conversationSid),
  );
}

/** Accepts the tasks that `create` makes, joins the chat, delivers their events, sends a request and completes them. */
async function useForgedTasks(
  scenario: Scenario,
  agent: Agent,
  victim: ScenarioChat,
  path: Endpoint,
  create: () => Promise<unknown>,
): Promise<void> {
  const { fixture } = scenario;
  const { conversationSid } = victim;
  await scenario.deliverAll();
  const before = new Set(fixture.allTasks().map(({ sid }) => sid));
  // Twilio may refuse the attack.
  await create().catch(() => undefined);
  await fixture.settle();
  const forged = fixture.allTasks().filter(({ sid }) => !before.has(sid));
  for (const { sid } of forged) {
    fixture.recordTrueChat(sid, undefined);
    if (fixture.reservation(agent, sid)?.status !== 'pending') continue;
    await fixture.updateReservation(agent, sid, 'accepted');
    await fixture.attacks.joinChat(fixture.backend, conversationSid, agent).catch(() => undefined);
    await deliverForgedEvents(scenario, victim, sid);
    await sendForgedRequest(scenario, agent, { victim, taskSid: sid, path });
    await fixture.attacks.leaveChat(fixture.backend, conversationSid, agent).catch(() => undefined);
  }
  for (const { sid } of forged) {
    const isHeld = fixture.task(sid)?.status === 'assigned';
    const assignmentStatus = isHeld ? 'completed' : 'canceled';
    // Flex's channel janitor closes the chat that the attributes of a completed task name. That is not about the functions.
    await fixture.attacks.setTaskAttributes(sid, {});
    await scenario.changeAtTaskRouter(() => fixture.workspace().tasks(sid).update({ assignmentStatus }));
    await deliverForgedEvents(scenario, victim, sid);
  }
}

/** The functions must not believe the events of a forged task. */
async function deliverForgedEvents(scenario: Scenario, victim: ScenarioChat, taskSid: string): Promise<void> {
  const { fixture, trace } = scenario;
  await fixture.settle();
  for (const callback of fixture.undelivered.splice(0)) {
    const answer = await fixture.deliver(callback, scenario.nextHost());
    trace.push(`  forged ${callback.type} ${callback.taskSid} → ${describeAnswer(answer)}`);
  }
  const ledger = await fixture.ledger(victim.conversationSid);
  if (ledger !== undefined && taskSid in ledger.tasks) {
    throw new Error(`Rule 5: the ledger has the forged task ${taskSid}: ${JSON.stringify(ledger)}`);
  }
  const readable = JSON.stringify(fixture.channel(victim.conversationSid).messages);
  if (readable.includes(taskSid)) throw new Error(`Rule 5: a notice is about the forged task ${taskSid}`);
}

interface ForgedRequest {
  readonly victim: ScenarioChat;
  readonly taskSid: string;
  readonly path: Endpoint;
}

/** The answer is 403 and nothing more, and nothing has changed. */
async function sendForgedRequest(
  scenario: Scenario,
  agent: Agent,
  { victim, taskSid, path }: ForgedRequest,
): Promise<void> {
  const { fixture, trace, requests } = scenario;
  const { conversationSid } = victim;
  const readVictim = async () =>
    JSON.stringify([
      await fixture.ledger(conversationSid),
      fixture.channel(conversationSid),
      fixture.tasks(conversationSid),
    ]);
  const before = await readVictim();
  const start = requests.find(
    (request) => request.path === '/transfer/start' && request.fields.conversationSid === conversationSid,
  );
  const answer = await fixture.post(
    path,
    {
      token: await fixture.tokenOf(agent),
      taskSid,
      conversationSid,
      transferId: path === '/transfer/cancel' ? start?.fields.transferId : buildTransferId(997),
      targetSid: fixture.workerSid('carol'),
      mode: 'cold',
    },
    undefined,
    scenario.nextHost(),
  );
  trace.push(`  ${agent} sends ${path} with the forged ${taskSid} → ${describeAnswer(answer)}`);
  // An agent who has joined in this moment is told to try again.
  const isRefused =
    answer.status === 403 || answer.body.retryable === true || answer.body.code === 'bad-input';
  if (!isRefused) throw new Error(`Rule 5: ${agent} got ${describeAnswer(answer)} with a forged task`);
  const after = await readVictim();
  if (before !== after) throw new Error(`Rule 5: ${agent} changed ${before} to ${after}`);
}

/** A false ledger, with effects, where the functions of earlier versions kept theirs. */
async function attackWithDocument(
  { fixture, trace }: Scenario,
  agent: Agent,
  victim: ScenarioChat,
): Promise<void> {
  const { conversationSid } = victim;
  const sid = parseConversationSid(conversationSid);
  const ledger = await fixture.ledger(conversationSid);
  if (sid === undefined || ledger === undefined) return;
  const forgedNotice = {
    v: 1,
    id: 'transfer-started:forged',
    kind: 'transfer-started',
    mode: 'warm',
    from: 'Mallory',
    to: { kind: 'agent', name: 'Mallory' },
  };
  const forged = {
    ...ledger,
    outbox: [
      { effect: { kind: 'post-notice', id: 'post-notice:forged', notice: forgedNotice }, attempts: 0 },
    ],
  };
  await fixture.attacks.writeDocument(ledgerName(sid), forged);
  trace.push(`  ${agent} writes a ledger of ${conversationSid} into the default Sync service`);
}
