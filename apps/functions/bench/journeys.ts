/**
 * Whole journeys, from an agent's click to what somebody sees: with the ways of browsers and pushes in them, and with
 * people who do the next thing at the very moment they can. As the original was measured.
 */
import { randomUUID } from 'node:crypto';
import { depthOf, depthTo, type Invocation } from './calls';
import { EVENTS_PATH, until } from './host';
import { invocationOf, measureAccept, measureStart, transferOf } from './requests';
import {
  COMPLETE_TASK,
  callOf,
  countCalls,
  depthToStep,
  postNotice,
  type Sample,
  untilAnswer,
  WRAP_RESERVATION,
} from './sample';
import type { BenchWorld, Chat } from './bench-fixture';

/** `end` is where a journey's calls are counted; what is on the way there has a time only. */
export const JOURNEYS = [
  { id: 'warm-transfer-notice', end: false, title: 'Warm: click → the notice is in the chat' },
  { id: 'warm-transfer-answered', end: true, title: 'Warm: click → the agent’s page is done' },
  { id: 'cold-transfer-notice', end: false, title: 'Cold: click → the notice is in the chat' },
  { id: 'cold-transfer-wrapup', end: false, title: 'Cold: click → the agent is in wrap-up' },
  { id: 'cold-transfer-completed', end: true, title: 'Cold: click → the agent’s task is completed' },
  { id: 'cold-transfer-joined', end: true, title: 'Cold: click → the target has joined' },
  { id: 'leaving-wrapup', end: false, title: 'Leaving: click → the agent is in wrap-up' },
  { id: 'leaving-completed', end: true, title: 'Leaving: click → the agent’s task is completed' },
] as const;

export type JourneyId = (typeof JOURNEYS)[number]['id'];

const STARTED = postNotice('transfer-started');

/** One run of every journey. No transfer is left waiting: its time would run out in the midst of a later run. */
export async function runJourneys(world: BenchWorld): Promise<Record<JourneyId, Sample>> {
  return {
    ...(await warmTransfer(world)),
    ...(await coldTransfer(world)),
    ...(await coldTransferUntilJoined(world)),
    ...(await leaving(world)),
  };
}

async function warmTransfer(world: BenchWorld) {
  const started = await measureStart(world, await world.aChatWithAlice(), 'warm');
  const { trip, invocation, everything } = started;
  await world.accept('bob', started.target);
  const notice = callOf(invocation.calls, STARTED);
  return {
    'warm-transfer-notice': journey({
      requests: [invocation],
      everything,
      depth: depthToStep(invocation.calls, STARTED),
      wallMs: notice.doneMs - trip.startMs,
    }),
    'warm-transfer-answered': journey({
      requests: [invocation],
      everything,
      depth: depthOf(untilAnswer(invocation)),
      wallMs: trip.endMs - trip.startMs,
    }),
  };
}

/** Alice hands the chat to a queue and completes her task; nobody accepts meanwhile. */
async function coldTransfer(world: BenchWorld) {
  const chat = await world.aChatWithAlice();
  const values = { ...transferOf(world, 'cold'), transferId: randomUUID() };
  const { first, wrapUp, completed, startMs, body } = await letGo(world, chat, '/transfer/start', values);
  await world.accept('bob', { ...chat, taskSid: String(body.transferTaskSid) });
  const notice = callOf(first.calls, STARTED);
  return {
    'cold-transfer-notice': {
      ...wrapUp,
      ...inARow(1, depthToStep(first.calls, STARTED)),
      wallMs: notice.doneMs - startMs,
    },
    'cold-transfer-wrapup': wrapUp,
    'cold-transfer-completed': completed,
  };
}

/** Bob has accepted a warm transfer; Alice leaves and completes her task. */
async function leaving(world: BenchWorld) {
  const chat = await world.aChatWithAlice();
  const { target } = await measureStart(world, chat, 'warm');
  await measureAccept(world, target);
  const { wrapUp, completed } = await letGo(world, chat, '/conversation/leave');
  return { 'leaving-wrapup': wrapUp, 'leaving-completed': completed };
}

/** A request that lets Alice go; she completes as soon as her page has the answer and shows wrap-up. */
async function letGo(
  world: BenchWorld,
  chat: Chat,
  path: string,
  values: Readonly<Record<string, string>> = {},
) {
  const request = await world.requestOf('alice', chat);
  const { result, invocations: everything } = await world.measure(chat, async () => {
    const wrapUp = shown(world, 'reservation.wrapup', chat);
    const completed = shown(world, 'task.completed', chat);
    const { startMs, body } = await world.post(path, { ...request, ...values });
    const wrapUpMs = await wrapUp;
    await world.post('/conversation/complete', request);
    return { startMs, body, wrapUpMs, completedMs: await completed };
  });
  const { startMs, body, wrapUpMs, completedMs } = result;
  const first = invocationOf(everything, path);
  const second = invocationOf(everything, '/conversation/complete');
  return {
    startMs,
    body,
    first,
    wrapUp: journey({
      requests: [first],
      everything,
      depth: depthToStep(first.calls, WRAP_RESERVATION),
      wallMs: wrapUpMs - startMs,
    }),
    completed: journey({
      requests: [first, second],
      everything,
      depth: depthOf(untilAnswer(first)) + depthToStep(second.calls, COMPLETE_TASK),
      wallMs: completedMs - startMs,
    }),
  };
}

/** Bob accepts as soon as his page shows the offer. */
async function coldTransferUntilJoined(world: BenchWorld) {
  const chat = await world.aChatWithAlice();
  const request = { ...(await world.requestOf('alice', chat)), ...transferOf(world, 'cold') };
  const { result, invocations: everything } = await world.measure(chat, async () => {
    const offered = world.host.nextEvent(
      (event) =>
        event.EventType === 'reservation.created' &&
        event.WorkerSid === world.workerSid('bob') &&
        String(event.TaskAttributes).includes(chat.conversationSid),
    );
    const started = world.post('/transfer/start', { ...request, transferId: randomUUID() });
    const { event, atMs } = await offered;
    const { pushMs, browserMs } = world.latencies();
    const clickedMs = atMs + pushMs;
    await until(clickedMs + browserMs / 2);
    const target = { ...chat, taskSid: String(event.TaskSid) };
    await world.accept('bob', target, String(event.ReservationSid));
    return { start: await started, accepting: { startMs: clickedMs, endMs: clickedMs + browserMs / 2 } };
  });
  const { start, accepting } = result;
  // Whoever works on the conversation at that moment posts it: the callback's run, or the start's that is not done yet.
  const calls = everything.flatMap((invocation) => invocation.calls);
  const joined = callOf(calls, postNotice('agent-joined'));
  const requests = [
    invocationOf(everything, '/transfer/start'),
    invocationOf(everything, EVENTS_PATH, 'reservation.accepted'),
  ];
  return {
    'cold-transfer-joined': {
      calls: requests.reduce((sum, request) => sum + untilAnswer(request).length, 0),
      callsInAll: countCalls(everything),
      functionRequests: 1,
      depth: depthTo(calls, joined),
      chain: depthTo([...calls, { startMs: start.startMs, endMs: start.arrivedMs }, accepting], joined),
      wallMs: joined.doneMs - start.startMs,
    },
  };
}

/** When the agent's page shows it: some time after it happened. */
async function shown(world: BenchWorld, eventType: string, { taskSid }: Chat): Promise<number> {
  const { atMs } = await world.host.nextEvent(
    (event) => event.EventType === eventType && event.TaskSid === taskSid,
  );
  const shownMs = atMs + world.latencies().pushMs;
  await until(shownMs);
  return shownMs;
}

interface JourneyFacts {
  /** The browser's requests up to there, one after another. */
  readonly requests: readonly Invocation[];
  readonly everything: readonly Invocation[];
  /** Calls one after another up to there. */
  readonly depth: number;
  readonly wallMs: number;
}

function journey({ requests, everything, depth, wallMs }: JourneyFacts): Sample {
  return {
    calls: requests.reduce((sum, request) => sum + untilAnswer(request).length, 0),
    callsInAll: countCalls(everything),
    functionRequests: requests.length,
    ...inARow(requests.length, depth),
    wallMs,
  };
}

const inARow = (browserRequests: number, depth: number) => ({ depth, chain: browserRequests + depth });
