/** Runs one step of a scenario. */
import { byOrder } from '../support/interleaving-scheduler';
import { buildFields, buildTransferId, type PreparedAction, pick, prepareAction } from './actions';
import { describeAnswer } from './answer';
import { attack } from './attack';
import type { Scenario, ScenarioChat } from './scenario';
import type { Action, Agent, Endpoint, Step } from './steps';

/** With more chats, a scenario has too few steps for each. */
const MAX_CHATS = 4;

/** Twilio's dates have a precision of one second, so steps are at least that far apart. */
const STEP_MS = 1_000;

export async function runStep(scenario: Scenario, step: Step): Promise<void> {
  if (step.do === 'nothing') return;
  scenario.trace.push(JSON.stringify(step));
  await scenario.changeAtTaskRouter(async () => scenario.fixture.clock.advance(STEP_MS));
  await runKind(scenario, step);
  await scenario.fixture.settle();
}

async function runKind(scenario: Scenario, step: Step): Promise<void> {
  const { fixture, chats, trace } = scenario;
  switch (step.do) {
    case 'nothing':
    case 'check-liveness':
      return;
    case 'interleave':
      return runInterleaved(scenario, step);
    case 'deliver-all':
      return scenario.deliverAll();
    case 'wait':
      return scenario.changeAtTaskRouter(async () => fixture.clock.advance(step.seconds * 1000));
    case 'close-task': {
      const open = scenario.tasks().filter(({ status }) => !['completed', 'canceled'].includes(status));
      const task = pick(open, step.task);
      if (task === undefined) return;
      const assignmentStatus = ['pending', 'reserved'].includes(task.status) ? 'canceled' : 'completed';
      trace.push(`  ${task.sid} is ${assignmentStatus} at TaskRouter`);
      return scenario.changeAtTaskRouter(() =>
        fixture.workspace().tasks(task.sid).update({ assignmentStatus }),
      );
    }
    case 'wrap-up': {
      const assignment = pick(scenario.assignments('accepted'), step.assignment);
      if (assignment === undefined) return;
      const { agent, task } = assignment;
      trace.push(`  ${agent} moves to wrap-up on ${task.sid} at TaskRouter`);
      return fixture.updateReservation(agent, task.sid, 'wrapping');
    }
    case 'start-chat':
      return chats.length < MAX_CHATS ? scenario.startChat(`Customer ${chats.length + 1}`) : undefined;
    case 'set-presence':
      return scenario.setPresence(step.agent, step.available);
    case 'messages':
      return postMessages(scenario, step.chat, step.count);
    case 'lose-event':
      return loseEvent(scenario, step.event);
    case 'attack':
      return attack(scenario, step);
    case 'request-without-right':
      return requestWithoutRight(scenario, step.agent, step.task, step.path);
    default:
      return runAction(scenario, step);
  }
}

/** Ordinary messages of the customer, while the chat is open. */
async function postMessages({ fixture, chats }: Scenario, index: number, count: number): Promise<void> {
  const chat = pick(chats, index);
  if (chat === undefined || fixture.isClosed(chat.conversationSid)) return;
  const { conversationSid, identity } = chat;
  for (let number = 1; number <= count; number += 1) {
    await fixture.postMessage(conversationSid, identity, `Message ${number}`);
  }
}

function loseEvent(scenario: Scenario, index: number): void {
  const { undelivered } = scenario.fixture;
  const callback = pick(undelivered, index);
  if (callback === undefined) return;
  undelivered.splice(undelivered.indexOf(callback), 1);
  scenario.recordLostEvent();
  scenario.trace.push(`  ${callback.type} ${callback.taskSid} is lost`);
}

async function runAction(scenario: Scenario, step: Action): Promise<void> {
  const action = await prepareAction(scenario, step);
  if (action === undefined) return;
  await scenario.recordUnknownFacts();
  const allowed = action.fault === undefined ? scenario.allowedFailures() : ['twilio-failed', 'busy'];
  const answer = await scenario.runWithFault(action.fault, action.run);
  action.check(answer, allowed);
  // The agent of the task or a supervisor sends these, and nothing else happens meanwhile.
  const hasRight = ['start', 'leave', 'complete'].includes(step.do);
  if (hasRight && answer?.body.code === 'not-allowed') {
    throw new Error(`Rule 5: a sender with the right to ${step.do} was refused`);
  }
}

/**
 * There are no faults here, except a crash. A run that waits for the other one may answer `busy`, and one that waits for
 * a call of an earlier step may fail.
 */
async function runInterleaved(
  scenario: Scenario,
  { actions: steps, order, crashesAfter }: Extract<Step, { do: 'interleave' }>,
): Promise<void> {
  const { fixture } = scenario;
  const prepared = await Promise.all(steps.map((step) => prepareAction(scenario, step)));
  const actions = prepared.filter((action) => action !== undefined);
  await scenario.recordUnknownFacts();
  const allowed = ['busy', ...scenario.allowedFailures()];
  const crash =
    crashesAfter !== undefined && actions[0]?.mayCrash === true
      ? { kind: 'crash before' as const, hits: ({ index }: { index: number }) => index === crashesAfter }
      : undefined;
  const results = await fixture.runInterleaved(
    byOrder(order),
    actions.map(
      ({ run }, index) =>
        () =>
          fixture.runWithFault(index === 0 ? crash : undefined, run),
    ),
  );
  if (crash !== undefined) scenario.allowBusy();
  recordClosedFirst(scenario, actions);
  for (const [index, action] of actions.entries()) action.check(results[index]?.answer, allowed);
}

/** Two events of one task at the same time: the functions may learn of its end before they learn who accepted it. */
function recordClosedFirst({ closedFirst }: Scenario, actions: readonly PreparedAction[]): void {
  const sids = actions.map(({ callback }) => callback?.taskSid);
  const [sid] = sids;
  if (sid !== undefined && sids.every((other) => other === sid)) closedFirst.add(sid);
}

/** Rule 5: the answer is 403 and nothing more, and nothing has changed. */
async function requestWithoutRight(
  scenario: Scenario,
  agent: Agent,
  index: number,
  path: Endpoint,
): Promise<void> {
  const { fixture, trace, acceptances, requests } = scenario;
  const task = pick(scenario.tasks(), index);
  // Carol is a supervisor. An agent who has accepted the task may send an earlier request again.
  if (task === undefined || agent === 'carol' || acceptances.has(`${agent} ${task.sid}`)) return;
  const before = await readState(scenario);
  const fields = await buildFields(scenario, agent, { task });
  const otherStart = requests.find(
    (request) => request.path === '/transfer/start' && !acceptances.has(`${agent} ${request.fields.taskSid}`),
  );
  const answer = await fixture.post(path, {
    ...fields,
    transferId: otherStart?.fields.transferId ?? buildTransferId(999),
    targetSid: fixture.workerSid('carol'),
    mode: 'cold',
  });
  trace.push(`  ${agent} sends ${path} without a right to ${task.sid} → ${describeAnswer(answer)}`);
  if (answer.status !== 403 || answer.body.code !== 'not-allowed') {
    throw new Error(`Rule 5: ${agent} without a right to ${task.sid} got ${describeAnswer(answer)}`);
  }
  const after = await readState(scenario);
  if (before !== after) throw new Error(`Rule 5: ${agent} changed ${before} to ${after}`);
}

/** Everything that a request could change. */
async function readState({ fixture, chats }: Scenario): Promise<string> {
  const readChat = async ({ conversationSid }: ScenarioChat) => [
    fixture.channel(conversationSid),
    await fixture.ledger(conversationSid),
  ];
  return JSON.stringify([fixture.allTasks(), await Promise.all(chats.map(readChat))]);
}
