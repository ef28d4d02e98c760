/**
 * Whole journeys, from an agent's click to what a user sees, as in the measurement of the original: with the latencies
 * of browsers and pushes, and without thinking time.
 */
import { randomUUID } from 'node:crypto';
import type { BenchFixture, Chat } from './bench-fixture';
import { depthOf, depthTo, type Invocation } from './calls';
import { EVENTS_PATH, waitUntil } from './host';
import { buildTransfer, findInvocation, measureAccept, measureStart } from './requests';
import {
  buildNoticeStep,
  COMPLETE_TASK,
  callsUntilAnswer,
  countCalls,
  depthToStep,
  findCall,
  type Sample,
  WRAP_RESERVATION,
} from './sample';

/** `end`: where a journey ends and its calls are counted. The steps before have only a time and a chain. */
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

const POST_STARTED_NOTICE = buildNoticeStep('transfer-started');

/** Measures every journey once. Every transfer is accepted: an offer would expire during a later measurement. */
export async function measureJourneys(fixture: BenchFixture): Promise<Record<JourneyId, Sample>> {
  return {
    ...(await measureWarmTransfer(fixture)),
    ...(await measureColdTransfer(fixture)),
    ...(await measureColdTransferUntilJoined(fixture)),
    ...(await measureLeaving(fixture)),
  };
}

async function measureWarmTransfer(fixture: BenchFixture) {
  const started = await measureStart(fixture, await fixture.startChatWithAlice(), 'warm');
  const { trip, invocation, allInvocations } = started;
  await fixture.accept('bob', started.target);
  const notice = findCall(invocation.calls, POST_STARTED_NOTICE);
  return {
    'warm-transfer-notice': buildJourney({
      requests: [invocation],
      allInvocations,
      depth: depthToStep(invocation.calls, POST_STARTED_NOTICE),
      wallMs: notice.doneMs - trip.startMs,
    }),
    'warm-transfer-answered': buildJourney({
      requests: [invocation],
      allInvocations,
      depth: depthOf(callsUntilAnswer(invocation)),
      wallMs: trip.endMs - trip.startMs,
    }),
  };
}

/** Alice transfers the chat to a queue and completes her task. No agent accepts meanwhile. */
async function measureColdTransfer(fixture: BenchFixture) {
  const chat = await fixture.startChatWithAlice();
  const values = { ...buildTransfer(fixture, 'cold'), transferId: randomUUID() };
  const { first, wrapUp, completed, startMs, body } = await measureRelease(
    fixture,
    chat,
    '/transfer/start',
    values,
  );
  await fixture.accept('bob', { ...chat, taskSid: String(body.transferTaskSid) });
  const notice = findCall(first.calls, POST_STARTED_NOTICE);
  return {
    'cold-transfer-notice': {
      ...wrapUp,
      ...countChain(1, depthToStep(first.calls, POST_STARTED_NOTICE)),
      wallMs: notice.doneMs - startMs,
    },
    'cold-transfer-wrapup': wrapUp,
    'cold-transfer-completed': completed,
  };
}

/** After Bob has accepted a warm transfer, Alice leaves and completes her task. */
async function measureLeaving(fixture: BenchFixture) {
  const chat = await fixture.startChatWithAlice();
  const { target } = await measureStart(fixture, chat, 'warm');
  await measureAccept(fixture, target);
  const { wrapUp, completed } = await measureRelease(fixture, chat, '/conversation/leave');
  return { 'leaving-wrapup': wrapUp, 'leaving-completed': completed };
}

/** Sends a request that releases Alice. She completes when her page has the answer and shows wrap-up. */
async function measureRelease(
  fixture: BenchFixture,
  chat: Chat,
  path: string,
  values: Readonly<Record<string, string>> = {},
) {
  const request = await fixture.taskRequest('alice', chat);
  const { result, invocations: allInvocations } = await fixture.measure(chat, async () => {
    const wrapUp = waitUntilShown(fixture, 'reservation.wrapup', chat);
    const completed = waitUntilShown(fixture, 'task.completed', chat);
    const { startMs, body } = await fixture.post(path, { ...request, ...values });
    const wrapUpMs = await wrapUp;
    await fixture.post('/conversation/complete', request);
    return { startMs, body, wrapUpMs, completedMs: await completed };
  });
  const { startMs, body, wrapUpMs, completedMs } = result;
  const first = findInvocation(allInvocations, path);
  const second = findInvocation(allInvocations, '/conversation/complete');
  return {
    startMs,
    body,
    first,
    wrapUp: buildJourney({
      requests: [first],
      allInvocations,
      depth: depthToStep(first.calls, WRAP_RESERVATION),
      wallMs: wrapUpMs - startMs,
    }),
    completed: buildJourney({
      requests: [first, second],
      allInvocations,
      depth: depthOf(callsUntilAnswer(first)) + depthToStep(second.calls, COMPLETE_TASK),
      wallMs: completedMs - startMs,
    }),
  };
}

/** Bob accepts when his page shows the offer. */
async function measureColdTransferUntilJoined(fixture: BenchFixture) {
  const chat = await fixture.startChatWithAlice();
  const request = { ...(await fixture.taskRequest('alice', chat)), ...buildTransfer(fixture, 'cold') };
  const { result, invocations: allInvocations } = await fixture.measure(chat, async () => {
    const offered = fixture.host.nextEvent(
      (event) =>
        event.EventType === 'reservation.created' &&
        event.WorkerSid === fixture.workerSid('bob') &&
        String(event.TaskAttributes).includes(chat.conversationSid),
    );
    const started = fixture.post('/transfer/start', { ...request, transferId: randomUUID() });
    const { event, atMs } = await offered;
    const { pushMs, browserMs } = fixture.latencies();
    const clickedMs = atMs + pushMs;
    await waitUntil(clickedMs + browserMs / 2);
    const target = { ...chat, taskSid: String(event.TaskSid) };
    await fixture.accept('bob', target, String(event.ReservationSid));
    return { start: await started, accepting: { startMs: clickedMs, endMs: clickedMs + browserMs / 2 } };
  });
  const { start, accepting } = result;
  // The run that has claimed the outbox posts it: that of the callback, or that of the start if it has not ended.
  const calls = allInvocations.flatMap((invocation) => invocation.calls);
  const joined = findCall(calls, buildNoticeStep('agent-joined'));
  const requests = [
    findInvocation(allInvocations, '/transfer/start'),
    findInvocation(allInvocations, EVENTS_PATH, 'reservation.accepted'),
  ];
  return {
    'cold-transfer-joined': {
      calls: requests.reduce((sum, request) => sum + callsUntilAnswer(request).length, 0),
      callsInAll: countCalls(allInvocations),
      functionRequests: 1,
      depth: depthTo(calls, joined),
      chain: depthTo([...calls, { startMs: start.startMs, endMs: start.arrivedMs }, accepting], joined),
      wallMs: joined.doneMs - start.startMs,
    },
  };
}

/** Waits until the agent's page shows the event. Returns the time of that. */
async function waitUntilShown(fixture: BenchFixture, eventType: string, { taskSid }: Chat): Promise<number> {
  const { atMs } = await fixture.host.nextEvent(
    (event) => event.EventType === eventType && event.TaskSid === taskSid,
  );
  const shownMs = atMs + fixture.latencies().pushMs;
  await waitUntil(shownMs);
  return shownMs;
}

interface JourneyFacts {
  /** The browser's requests, one after another. */
  readonly requests: readonly Invocation[];
  /** All invocations, the callbacks too. */
  readonly allInvocations: readonly Invocation[];
  /** Calls one after another. */
  readonly depth: number;
  readonly wallMs: number;
}

function buildJourney({ requests, allInvocations, depth, wallMs }: JourneyFacts): Sample {
  return {
    calls: requests.reduce((sum, request) => sum + callsUntilAnswer(request).length, 0),
    callsInAll: countCalls(allInvocations),
    functionRequests: requests.length,
    ...countChain(requests.length, depth),
    wallMs,
  };
}

/** The chain has the requests of browsers too. */
const countChain = (browserRequests: number, depth: number) => ({ depth, chain: browserRequests + depth });
