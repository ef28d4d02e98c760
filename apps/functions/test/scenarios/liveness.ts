/**
 * What must hold once nothing is on its way any more: TaskRouter has told everything, every failed request was sent
 * again, and leases and trust have run out.
 */
import { agentsInChat, type Ledger, tasksOf } from '@chat-transfer/transfer-core';
import type { TaskSnapshot } from '../support/functions-fixture';
import { isWorthRepeating } from './answer';
import { checkPromises } from './expectations';
import { LEASES_RUN_OUT_MS, type PlayedChat, type Scenario } from './scenario';
import { ANSWER_SECONDS } from './environment';

/** What TaskRouter and its events may take on top of the answer time. */
const SLACK_MS = 2_000;

export async function comeToRest(scenario: Scenario): Promise<void> {
  const { world, chats, trace } = scenario;
  trace.push('coming to rest');
  await scenario.deliverAll();
  await repeatFailed(scenario);
  await scenario.deliverAll();
  await scenario.atTaskRouter(async () => world.clock.advance(LEASES_RUN_OUT_MS));
  await scenario.deliverAll();
  for (const chat of chats) await nudge(scenario, chat);
  await scenario.deliverAll();
  for (const chat of chats) await checkAtRest(scenario, chat);
}

/** 8: whoever was told that it may work another time tries again, and is served. */
async function repeatFailed({ requests, send }: Scenario): Promise<void> {
  for (const request of requests) {
    if (isWorthRepeating(request)) await send(request);
  }
}

/** Any event at all of the chat, such as the first one of its first task told again, has what is left done. */
async function nudge({ world }: Scenario, { taskSid, taskAttributes }: PlayedChat): Promise<void> {
  const fields = {
    EventType: 'task.created',
    TaskSid: taskSid,
    TaskAttributes: taskAttributes,
    TimestampMs: String(world.clock.nowMs()),
  };
  await world.deliver({ type: fields.EventType, taskSid, fields });
}

async function checkAtRest(scenario: Scenario, chat: PlayedChat): Promise<void> {
  const { world, trace } = scenario;
  const { conversationSid } = chat;
  const ledger = await world.ledger(conversationSid);
  const fault: Fault = (invariant, what) =>
    new Error(`Invariant ${invariant}: ${what} · ${JSON.stringify(ledger)}`);
  if (ledger === undefined) throw fault(8, `the chat ${conversationSid} has no ledger`);
  const tasks = world.tasks(conversationSid);
  const nowMs = world.clock.nowMs();
  trace.push(
    `  at rest: ${world
      .notices(conversationSid)
      .map(({ id }) => id)
      .join(', ')}`,
  );

  // 1 and 3
  const open = tasks.filter(isOpen);
  const hasEnded = ledger.ended !== undefined;
  const shouldHaveEnded = chat.customerEnded || open.length === 0;
  if (hasEnded !== shouldHaveEnded) {
    throw fault(
      3,
      hasEnded ? `the chat ended too soon: ${describe(open)}` : 'the customer is alone in an open chat',
    );
  }
  if (world.isOpen(conversationSid) === hasEnded) {
    throw fault(3, `the chat is marked ${hasEnded ? 'open after its end' : 'closed before its end'}`);
  }
  if (world.isHalfClosed(conversationSid)) throw fault(3, 'only half of the chat is closed');
  const waiting = open.filter(({ status }) => status !== 'assigned');
  if (chat.customerEnded && waiting.length > 0) {
    throw fault(3, `${describe(waiting)} wait for an agent though the customer has left`);
  }

  // 2
  const transferTasks = waiting.filter(({ attributes }) => attributes.transferId !== undefined);
  if (transferTasks.length > 1) throw fault(2, `there are two open transfers: ${describe(transferTasks)}`);

  // 4
  const said = new Set(world.notices(conversationSid).map(({ id }) => id));
  for (const id of expectedNotices(ledger, said, scenario))
    if (!said.has(id)) throw fault(4, `the notice ${id} is missing`);
  if (!hasEnded && said.has('chat-ended')) throw fault(4, 'the chat is said to have ended');

  // 8: the ledger says what is so.
  checkTasks(ledger, tasks, fault);

  // 7
  const { transfer } = ledger;
  if (transfer?.state === 'requested') throw fault(7, `transfer ${transfer.id} was never offered`);
  const offeredAtMs = tasks.find(({ sid }) => sid === transfer?.transferTaskSid)?.createdAtMs ?? 0;
  const lateMs = nowMs - (offeredAtMs + ANSWER_SECONDS * 1000 + SLACK_MS);
  if (transfer?.state === 'offered' && lateMs > 0) {
    throw fault(7, `transfer ${transfer.id} is still offered ${lateMs} ms after its deadline`);
  }
  const due = ledger.outbox.filter(({ unconfirmedUntil = 0 }) => unconfirmedUntil <= nowMs);
  if (due.length > 0) throw fault(7, `${due.map(({ effect }) => effect.id).join(', ')} was not done`);

  checkPromises(ledger, scenario.requests);
  checkAgents(scenario, chat, ledger, fault);
}

type Fault = (invariant: number, what: string) => Error;

/** 8: who is in the chat is who the ledger says, and nobody is kept who is done. */
function checkAgents(
  { world }: Scenario,
  { conversationSid }: PlayedChat,
  ledger: Ledger,
  fault: Fault,
): void {
  const known = [...new Set(agentsInChat(ledger).map(({ identity }) => identity))].sort();
  const agents = world.agents(conversationSid);
  if (known.join() !== agents.join()) {
    throw fault(
      8,
      `in the chat are ${agents.join() || 'no agents'}, in the ledger ${known.join() || 'none'}`,
    );
  }
  const leftOver = world.leftOver(conversationSid);
  if (leftOver.length > 0) throw fault(8, `the interaction still has ${leftOver.join()}`);
}

const isOpen = ({ status }: TaskSnapshot) => ['pending', 'reserved', 'assigned'].includes(status);
const describe = (tasks: readonly TaskSnapshot[]) =>
  tasks.map(({ sid, status }) => `${sid} (${status})`).join(', ');

/** TaskRouter's status of a task in each state of the ledger. */
const STATUSES: Readonly<Record<Ledger['tasks'][keyof Ledger['tasks']]['state'], readonly string[]>> = {
  waiting: ['pending', 'reserved'],
  active: ['assigned'],
  left: ['wrapping'],
  closed: ['completed', 'canceled', 'gone'],
};

function checkTasks(ledger: Ledger, tasks: readonly TaskSnapshot[], fault: Fault): void {
  const known = new Map<string, string>(tasksOf(ledger).map(([sid, { state }]) => [sid, state]));
  for (const { sid } of tasks) if (!known.has(sid)) throw fault(8, `the ledger does not know ${sid}`);
  for (const [sid, { state }] of tasksOf(ledger)) {
    const status = tasks.find((task) => task.sid === sid)?.status ?? 'gone';
    if (!STATUSES[state].includes(status)) throw fault(8, `${sid} is ${status}, and ${state} in the ledger`);
  }
}

/**
 * The notices that what the ledger knows must have led to. What agents do after the customer has ended the chat is not
 * told; nor need be who took a task that was over when that was heard of: then both or neither.
 */
function expectedNotices(
  ledger: Ledger,
  said: ReadonlySet<string>,
  { endedFirst, adopted, leftUnheard }: Scenario,
): string[] {
  const { ended } = ledger;
  if (ended?.by === 'customer') return ['customer-left', 'chat-ended'];
  const ofTasks = tasksOf(ledger).flatMap(([sid, { state, worker }]) => {
    const [joined, left] = [`agent-joined:${sid}`, `agent-left:${sid}`];
    if (worker === undefined || (endedFirst.has(sid) && !said.has(joined) && !said.has(left))) return [];
    const isLeftUntold = state === 'active' || leftUnheard.has(sid);
    return [...(adopted.has(sid) ? [] : [joined]), ...(isLeftUntold ? [] : [left])];
  });
  return [...ofTasks, ...(ended === undefined ? [] : ['chat-ended'])];
}
