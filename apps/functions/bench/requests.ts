/** Single requests, each measured alone, from its arrival at the function to the answer. No function runs before it. */
import { randomUUID } from 'node:crypto';
import { CLAIM_MS } from '@chat-transfer/transfer-core';
import type { BenchFixture, Chat, Trip } from './bench-fixture';
import type { Invocation } from './calls';
import { EVENTS_PATH, waitUntil } from './host';
import { buildSample, type Sample } from './sample';

export const REQUESTS = [
  { id: 'start-warm', title: 'Start, warm, to an agent' },
  { id: 'start-cold', title: 'Start, cold, to a queue' },
  { id: 'accept', title: 'The target accepts at once (callback)' },
  { id: 'accept-late', title: 'The target accepts after 12 s (callback)' },
  { id: 'leave', title: 'Leave; the other agent stays' },
  { id: 'complete', title: 'Complete, after leaving' },
  { id: 'cancel', title: 'Cancel, while offered' },
] as const;

export type RequestId = (typeof REQUESTS)[number]['id'];

interface MeasuredRequest {
  readonly trip: Trip;
  readonly invocation: Invocation;
  /** All invocations, the callbacks too. */
  readonly allInvocations: readonly Invocation[];
  readonly sample: Sample;
}

/** Alice sends a request about her task. */
async function measureRequest(
  fixture: BenchFixture,
  path: string,
  chat: Chat,
  values: Readonly<Record<string, string>> = {},
): Promise<MeasuredRequest> {
  const request = { ...(await fixture.taskRequest('alice', chat)), ...values };
  const { result: trip, invocations: allInvocations } = await fixture.measure(chat, () =>
    fixture.post(path, request),
  );
  const invocation = findInvocation(allInvocations, path);
  return { trip, invocation, allInvocations, sample: buildSample(invocation, allInvocations) };
}

interface StartedTransfer extends MeasuredRequest {
  readonly transferId: string;
  /** The chat with the transfer task. */
  readonly target: Chat;
}

export async function measureStart(
  fixture: BenchFixture,
  chat: Chat,
  mode: 'warm' | 'cold',
): Promise<StartedTransfer> {
  const transferId = randomUUID();
  const values = { ...buildTransfer(fixture, mode), transferId };
  const measured = await measureRequest(fixture, '/transfer/start', chat, values);
  const target = { ...chat, taskSid: String(measured.trip.body.transferTaskSid) };
  return { ...measured, transferId, target };
}

/** As in the measurement of the original: warm to Bob, cold to a queue. */
export const buildTransfer = (fixture: BenchFixture, mode: 'warm' | 'cold') => ({
  mode,
  targetSid: mode === 'warm' ? fixture.workerSid('bob') : fixture.queueSid('Billing'),
});

/** Bob accepts the offer. Measures how the functions handle the event. */
export async function measureAccept(fixture: BenchFixture, chat: Chat): Promise<Sample> {
  const reservationSid = await fixture.waitForOffer('bob', chat.taskSid);
  const { invocations } = await fixture.measure(chat, async () => {
    const event = fixture.host.nextEvent(
      ({ EventType, TaskSid }) => EventType === 'reservation.accepted' && TaskSid === chat.taskSid,
    );
    await fixture.accept('bob', chat, reservationSid);
    await event;
  });
  return buildSample(findInvocation(invocations, EVENTS_PATH, 'reservation.accepted'), invocations);
}

/** The only invocation of a function; for TaskRouter's events, of one type. */
export function findInvocation(
  invocations: readonly Invocation[],
  path: string,
  eventType?: string,
): Invocation {
  const [found, second] = invocations.filter(
    (invocation) =>
      invocation.path === path && (eventType === undefined || invocation.event.EventType === eventType),
  );
  if (found === undefined || second !== undefined)
    throw new Error(`${path} ${eventType ?? ''} ran ${found === undefined ? 'never' : 'twice'}.`);
  return found;
}

/** Measures every request once. */
export async function measureRequests(
  fixture: BenchFixture,
): Promise<Record<Exclude<RequestId, 'accept-late'>, Sample>> {
  const warm = await fixture.startChatWithAlice();
  const startWarm = await measureStart(fixture, warm, 'warm');
  await measureAccept(fixture, startWarm.target);
  const leave = await measureRequest(fixture, '/conversation/leave', warm);
  const complete = await measureRequest(fixture, '/conversation/complete', warm);

  const startCold = await measureStart(fixture, await fixture.startChatWithAlice(), 'cold');
  const accept = await measureAccept(fixture, startCold.target);

  const other = await fixture.startChatWithAlice();
  const { transferId } = await measureStart(fixture, other, 'warm');
  const cancel = await measureRequest(fixture, '/transfer/cancel', other, { transferId });

  return {
    'start-warm': startWarm.sample,
    'start-cold': startCold.sample,
    accept,
    leave: leave.sample,
    complete: complete.sample,
    cancel: cancel.sample,
  };
}

/** After this time no effect is unconfirmed any more: the next run checks which of them are done. */
const AFTER_CLAIMS_MS = CLAIM_MS + 1_000;

/**
 * Measures an acceptance that comes late. Nothing else is measured meanwhile: on a slow machine that could take longer
 * than Bob has to answer.
 */
export async function measureLateAccept(fixture: BenchFixture): Promise<Sample> {
  const { target } = await measureStart(fixture, await fixture.startChatWithAlice(), 'cold');
  await waitUntil(performance.now() + AFTER_CLAIMS_MS);
  return measureAccept(fixture, target);
}
