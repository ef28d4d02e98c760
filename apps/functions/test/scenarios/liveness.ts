/**
 * The rules that hold when faults have stopped and time has passed, with sweeps as the only help: no other request or event
 * of a chat arrives. Their numbers are those in docs/architecture.md.
 */
import { agentsInChat, type Ledger, tasksOf } from '@chat-transfer/transfer-core';
import { findUntruths } from '../support/chat-truth';
import type { TaskSnapshot } from '../support/functions-fixture';
import { mayRetry } from './answer';
import { ANSWER_SECONDS } from './environment';
import { checkExpectations } from './expectations';
import type { Scenario, ScenarioChat } from './scenario';

/** The time that TaskRouter and its events may need after an offer has expired. */
const TOLERANCE_MS = 2_000;

/** Two minutes, and the time of an offer. */
const SWEPT_AFTER_MS = 120_000 + ANSWER_SECONDS * 1000;
/** After this time, the functions have compared every open task with TaskRouter. */
const RECONCILED_AFTER_MS = 33 * 60_000;
/** How often the admin's scheduled call sweeps. */
const CRON_MS = 60_000;

/** Lets everything end that has begun, then checks every chat. */
export async function checkLiveness(scenario: Scenario): Promise<void> {
  const { chats, trace } = scenario;
  trace.push('letting everything end');
  await scenario.deliverAll();
  await retryFailedRequests(scenario);
  await passTime(scenario, scenario.hasLostEvents ? RECONCILED_AFTER_MS : SWEPT_AFTER_MS);
  scenario.hasLostEvents = false;
  scenario.hasLateCalls = false;
  for (const chat of chats) await checkChat(scenario, chat);
}

/** TaskRouter sends its events, and sweeps run. */
async function passTime(scenario: Scenario, durationMs: number): Promise<void> {
  const { fixture } = scenario;
  const untilMs = fixture.clock.nowMs() + durationMs;
  while (fixture.clock.nowMs() < untilMs) {
    await scenario.changeAtTaskRouter(async () => fixture.clock.advance(CRON_MS));
    await scenario.deliverAll();
    await fixture.sweepAsAdmin();
    await scenario.deliverAll();
  }
}

/** Rule 8: a request that failed for the moment succeeds when it is sent again. Every other page is closed by then. */
async function retryFailedRequests({ requests, send }: Scenario): Promise<void> {
  for (const [index, request] of requests.entries()) {
    if (index % 2 === 0 && mayRetry(request)) await send(request);
  }
}

type BuildError = (rule: number, what: string) => Error;

async function checkChat(scenario: Scenario, chat: ScenarioChat): Promise<void> {
  const { fixture, trace } = scenario;
  const { conversationSid } = chat;
  const ledger = await fixture.ledger(conversationSid);
  const buildError: BuildError = (rule, what) =>
    new Error(`Rule ${rule}: ${what} · ${JSON.stringify(ledger)}`);
  if (ledger === undefined && scenario.hasEverLostEvents) return;
  if (ledger === undefined) throw buildError(8, `the chat ${conversationSid} has no ledger`);
  const tasks = fixture.tasks(conversationSid);
  const noticeIds = fixture.notices(conversationSid).map(({ id }) => id);
  trace.push(`  notices at the end: ${noticeIds.join(', ')}`);

  checkEnd(scenario, chat, ledger, tasks, buildError);
  checkTruth(scenario, ledger, buildError);
  checkNotices(scenario, ledger, new Set(noticeIds), buildError);
  checkTasks(ledger, tasks, buildError);
  checkTransfer(scenario, ledger, tasks, buildError);
  checkExpectations(ledger, scenario.requests);
  checkAgents(scenario, chat, ledger, buildError);
}

/**
 * Whether the customer ended the chat. `maybe`: no answer said that the chat has ended, and the page is closed, so the request
 * is not sent again.
 */
function findCustomerEnd({ requests }: Scenario, { session }: ScenarioChat): 'no' | 'maybe' | 'yes' {
  const ends = requests.filter(({ path, fields }) => path === '/webchat/end' && fields.session === session);
  if (ends.length === 0) return 'no';
  return ends.some(({ answers }) => answers.some((answer) => answer?.status === 200)) ? 'yes' : 'maybe';
}

/** Rules 1 and 3: the chat has ended exactly if the customer ended it or no task is open. */
function checkEnd(
  scenario: Scenario,
  chat: ScenarioChat,
  ledger: Ledger,
  tasks: readonly TaskSnapshot[],
  buildError: BuildError,
): void {
  const { fixture } = scenario;
  const { conversationSid } = chat;
  const open = tasks.filter(isOpen);
  const hasEnded = ledger.ended !== undefined;
  const customerEnd = findCustomerEnd(scenario, chat);
  const mustHaveEnded = customerEnd === 'yes' || open.length === 0;
  const mayHaveEnded = mustHaveEnded || customerEnd === 'maybe';
  if (hasEnded ? !mayHaveEnded : mustHaveEnded) {
    throw buildError(
      3,
      hasEnded ? `the chat ended too early: ${describeTasks(open)}` : 'the customer is alone in an open chat',
    );
  }
  if (fixture.isOpen(conversationSid) === hasEnded) {
    throw buildError(3, `the chat is marked ${hasEnded ? 'open after its end' : 'closed before its end'}`);
  }
  if (fixture.isHalfClosed(conversationSid)) {
    throw buildError(3, 'only one of conversation and interaction is closed');
  }
  const unassigned = open.filter(isUnassigned);
  if (ledger.ended?.by === 'customer' && unassigned.length > 0) {
    throw buildError(3, `${describeTasks(unassigned)} wait for an agent after the customer has left`);
  }
}

/** Rules 4, 8 and 9: each notice once over all messages, notices that agree with the chat, and data within its limits. */
function checkTruth(
  { fixture, adoptedTasks, adoptedKeys, acceptances }: Scenario,
  ledger: Ledger,
  buildError: BuildError,
): void {
  const agentOf = (taskSid: string) =>
    [...acceptances].find((acceptance) => acceptance.endsWith(taskSid))?.split(' ')[0];
  const keys = adoptedKeys.get(ledger.conversationSid) ?? new Set();
  const [untruth] = findUntruths(fixture, ledger, { adoptedTasks, adoptedKeys: keys, agentOf });
  if (untruth !== undefined) throw buildError(4, untruth);
}

/** Rule 4: every notice is there that must be, and none about an end that has not come. */
function checkNotices(
  scenario: Scenario,
  ledger: Ledger,
  posted: ReadonlySet<string>,
  buildError: BuildError,
): void {
  for (const id of findExpectedNotices(ledger, posted, scenario)) {
    if (!posted.has(id)) throw buildError(4, `the notice ${id} is missing`);
  }
  if (ledger.ended === undefined && posted.has('chat-ended')) {
    throw buildError(4, 'a notice says that the chat has ended');
  }
}

/**
 * The notices that must follow from the ledger. After the customer has ended the chat, no notice says what agents do. If
 * a task was closed before the functions learned who had accepted it, its two notices may both be missing.
 */
function findExpectedNotices(
  ledger: Ledger,
  posted: ReadonlySet<string>,
  { closedFirst, adoptedTasks, leftBeforeLedger }: Scenario,
): string[] {
  const { ended } = ledger;
  if (ended?.by === 'customer') return ['customer-left', 'chat-ended'];
  const ofTasks = tasksOf(ledger).flatMap(([sid, { state, worker }]) => {
    const [joined, left] = [`agent-joined:${sid}`, `agent-left:${sid}`];
    const mayMissBoth = closedFirst.has(sid) && !posted.has(joined) && !posted.has(left);
    if (worker === undefined || mayMissBoth) return [];
    // While an agent is in the chat on one task, another one causes no notice. `chat-truth.ts` compares both with the chat.
    const hasOther = tasksOf(ledger).some(
      ([other, task]) => other !== sid && task.worker?.sid === worker.sid,
    );
    const mayMissJoined = adoptedTasks.has(sid) || hasOther;
    const mayMissLeft = state === 'active' || leftBeforeLedger.has(sid) || hasOther;
    return [...(mayMissJoined ? [] : [joined]), ...(mayMissLeft ? [] : [left])];
  });
  return [...ofTasks, ...(ended === undefined ? [] : ['chat-ended'])];
}

/** TaskRouter's statuses of a task in each state of the ledger. */
const STATUSES: Readonly<Record<Ledger['tasks'][keyof Ledger['tasks']]['state'], readonly string[]>> = {
  waiting: ['pending', 'reserved'],
  active: ['assigned'],
  left: ['wrapping'],
  closed: ['completed', 'canceled', 'gone'],
};

/** Rule 8: the ledger has the tasks that TaskRouter has, in the same state. */
function checkTasks(ledger: Ledger, tasks: readonly TaskSnapshot[], buildError: BuildError): void {
  const inLedger = new Set<string>(tasksOf(ledger).map(([sid]) => sid));
  for (const { sid } of tasks) {
    if (!inLedger.has(sid)) throw buildError(8, `the ledger does not have ${sid}`);
  }
  for (const [sid, { state }] of tasksOf(ledger)) {
    const status = tasks.find((task) => task.sid === sid)?.status ?? 'gone';
    if (!STATUSES[state].includes(status)) {
      throw buildError(8, `${sid} is ${status} at TaskRouter and ${state} in the ledger`);
    }
  }
}

/** Rules 2 and 7: one transfer is open at most, it ends within its time, and no effect is left. */
function checkTransfer(
  { fixture }: Scenario,
  { transfer, outbox }: Ledger,
  tasks: readonly TaskSnapshot[],
  buildError: BuildError,
): void {
  const transferTasks = tasks.filter(
    (task) => isOpen(task) && isUnassigned(task) && task.attributes.chatTransferId !== undefined,
  );
  if (transferTasks.length > 1) {
    throw buildError(2, `two transfers are open: ${describeTasks(transferTasks)}`);
  }
  if (transfer?.state === 'requested') throw buildError(7, `transfer ${transfer.id} was never offered`);
  const nowMs = fixture.clock.nowMs();
  const offeredAtMs = tasks.find(({ sid }) => sid === transfer?.transferTaskSid)?.createdAtMs ?? 0;
  const lateMs = nowMs - (offeredAtMs + ANSWER_SECONDS * 1000 + TOLERANCE_MS);
  if (transfer?.state === 'offered' && lateMs > 0) {
    throw buildError(7, `transfer ${transfer.id} is still offered ${lateMs} ms after its time`);
  }
  if (outbox.length > 0) throw buildError(7, `${outbox.length} effects were not done`);
}

/** Rule 8: the agents in the chat are those in the ledger, and the interaction keeps none who has completed. */
function checkAgents(
  { fixture }: Scenario,
  { conversationSid }: ScenarioChat,
  ledger: Ledger,
  buildError: BuildError,
): void {
  const inLedger = [...new Set(agentsInChat(ledger).map(({ identity }) => identity))].sort();
  const inChat = fixture.agents(conversationSid);
  if (inLedger.join() !== inChat.join()) {
    throw buildError(
      8,
      `the agents in the chat are ${inChat.join() || 'none'}, in the ledger ${inLedger.join() || 'none'}`,
    );
  }
  const leftover = fixture.leftoverAgents(conversationSid);
  if (leftover.length > 0) throw buildError(8, `the interaction still has ${leftover.join()}`);
}

const isOpen = ({ status }: TaskSnapshot) => ['pending', 'reserved', 'assigned'].includes(status);
const isUnassigned = ({ status }: TaskSnapshot) => status !== 'assigned';
const describeTasks = (tasks: readonly TaskSnapshot[]) =>
  tasks.map(({ sid, status }) => `${sid} (${status})`).join(', ');
