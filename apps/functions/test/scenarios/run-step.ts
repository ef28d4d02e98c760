/** Each kind of step, taken. */
import { describeAnswer } from './answer';
import { fieldsOf, pick, readyMove, transferIdOf } from './actions';
import type { PlayedChat, Scenario } from './scenario';
import type { Agent, Endpoint, Move, Step } from './step';
import type { Meeting } from './turnstile';

/** More chats than these make the steps too thin. */
const CHATS = 4;

/** Nobody does two things within one second, which is how exactly Twilio's dates tell what came first. */
const REACTION_MS = 1_000;

export async function takeStep(scenario: Scenario, step: Step): Promise<void> {
  if (step.do === 'nothing') return;
  scenario.trace.push(JSON.stringify(step));
  await scenario.atTaskRouter(async () => scenario.world.clock.advance(REACTION_MS));
  await take(scenario, step);
  await scenario.world.settle();
}

async function take(scenario: Scenario, step: Step): Promise<void> {
  const { world, chats, trace } = scenario;
  switch (step.do) {
    case 'nothing':
    case 'come-to-rest':
      return;
    case 'together':
      return takeTogether(scenario, step.moves, step);
    case 'deliver-all':
      return scenario.deliverAll();
    case 'wait':
      return scenario.atTaskRouter(async () => world.clock.advance(step.seconds * 1000));
    case 'end-task': {
      const live = scenario.tasks().filter(({ status }) => !['completed', 'canceled'].includes(status));
      const task = pick(live, step.task);
      if (task === undefined) return;
      const assignmentStatus = ['pending', 'reserved'].includes(task.status) ? 'canceled' : 'completed';
      trace.push(`  ${task.sid} is ${assignmentStatus} at TaskRouter`);
      return scenario.atTaskRouter(() => world.workspace().tasks(task.sid).update({ assignmentStatus }));
    }
    case 'wrap-up': {
      const seat = pick(scenario.seats('accepted'), step.seat);
      if (seat === undefined) return;
      trace.push(`  ${seat.agent} wraps ${seat.task.sid} up at TaskRouter`);
      return world.answer(seat.agent, seat.task.sid, 'wrapping');
    }
    case 'customer-comes':
      return chats.length < CHATS ? scenario.begin(`Customer ${chats.length + 1}`) : undefined;
    case 'presence':
      return scenario.setPresence(step.agent, step.available);
    case 'intrude':
      return intrude(scenario, step.agent, step.task, step.path);
    default:
      return takeMove(scenario, step);
  }
}

async function takeMove(scenario: Scenario, step: Move): Promise<void> {
  const move = await readyMove(scenario, step);
  if (move === undefined) return;
  await scenario.noteUnheard();
  const allowed = move.mishap === undefined ? scenario.allowed() : ['twilio-failed', 'busy'];
  const answer = await scenario.withMishap(move.mishap, move.run);
  move.note(answer, allowed);
  // Asked for by the agent of the task or a supervisor, and nobody else did anything meanwhile.
  const hasRight = ['start', 'leave', 'complete'].includes(step.do);
  if (hasRight && answer?.body.code === 'not-allowed') {
    throw new Error(`Invariant 5: whoever had the right to ${step.do} was refused`);
  }
}

/** Nothing goes wrong with calls here; who waits for somebody else, or for somebody dead, may give up. */
async function takeTogether(scenario: Scenario, steps: readonly Move[], meeting: Meeting): Promise<void> {
  const ready = await Promise.all(steps.map((step) => readyMove(scenario, step)));
  const moves = ready.filter((move) => move !== undefined);
  await scenario.noteUnheard();
  const diesAfter = moves[0]?.mayDie ? meeting.diesAfter : undefined;
  const answers = await scenario.turnstile.meet(
    moves.map(({ run }) => run),
    { order: meeting.order, diesAfter },
  );
  if (diesAfter !== undefined) scenario.expectTrouble();
  // Told at the same time that a task was taken and that it is over: either may be known first.
  const sids = moves.map(({ callback }) => callback?.taskSid);
  const [sid] = sids;
  if (sid !== undefined && sids.every((other) => other === sid)) scenario.endedFirst.add(sid);
  for (const [index, move] of moves.entries()) move.note(answers[index], ['busy']);
}

/** 403 and nothing else: neither an effect nor a hint. */
async function intrude(scenario: Scenario, agent: Agent, index: number, path: Endpoint): Promise<void> {
  const { world, trace, takers, requests } = scenario;
  const task = pick(scenario.tasks(), index);
  // Carol may: she is a supervisor. Who has ever had the task may ask again for what they did.
  if (task === undefined || agent === 'carol' || takers.has(`${agent} ${task.sid}`)) return;
  const before = await everythingOf(scenario);
  const fields = await fieldsOf(scenario, agent, { task });
  const foreign = requests.find(
    ({ path: of, fields: { taskSid: left } }) => of === '/transfer/start' && !takers.has(`${agent} ${left}`),
  );
  const answer = await world.post(path, {
    ...fields,
    transferId: foreign?.fields.transferId ?? transferIdOf(999),
    targetSid: world.workerSid('carol'),
    mode: 'cold',
  });
  trace.push(`  ${agent} intrudes by ${path} on ${task.sid} → ${describeAnswer(answer)}`);
  if (answer.status !== 403 || answer.body.code !== 'not-allowed') {
    throw new Error(`Invariant 5: ${agent} without a right to ${task.sid} got ${describeAnswer(answer)}`);
  }
  const after = await everythingOf(scenario);
  if (before !== after) throw new Error(`Invariant 5: ${agent} changed ${before} into ${after}`);
}

/** Everything a request without the right might have changed. */
async function everythingOf({ world, chats }: Scenario): Promise<string> {
  const ofChat = async ({ conversationSid }: PlayedChat) => [
    world.channel(conversationSid),
    await world.ledger(conversationSid),
  ];
  return JSON.stringify([world.allTasks(), await Promise.all(chats.map(ofChat))]);
}
