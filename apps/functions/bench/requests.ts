/** Single requests, each measured alone: from its coming in at the function to the answer, with everybody at rest before. */
import { randomUUID } from 'node:crypto';
import { LEASE_MS } from '@chat-transfer/transfer-core';
import type { Invocation } from './calls';
import { EVENTS_PATH, until } from './host';
import { type Sample, sampleOf } from './sample';
import type { BenchWorld, Chat, Trip } from './bench-fixture';

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
  /** Everything that ran, the callbacks too. */
  readonly everything: readonly Invocation[];
  readonly sample: Sample;
}

/** A request of Alice about her task. */
async function measureRequest(
  world: BenchWorld,
  path: string,
  chat: Chat,
  values: Readonly<Record<string, string>> = {},
): Promise<MeasuredRequest> {
  const request = { ...(await world.requestOf('alice', chat)), ...values };
  const { result: trip, invocations: everything } = await world.measure(chat, () =>
    world.post(path, request),
  );
  const invocation = invocationOf(everything, path);
  return { trip, invocation, everything, sample: sampleOf(invocation, everything) };
}

interface StartedTransfer extends MeasuredRequest {
  readonly transferId: string;
  /** The chat as the target will know it. */
  readonly target: Chat;
}

export async function measureStart(
  world: BenchWorld,
  chat: Chat,
  mode: 'warm' | 'cold',
): Promise<StartedTransfer> {
  const transferId = randomUUID();
  const values = { ...transferOf(world, mode), transferId };
  const measured = await measureRequest(world, '/transfer/start', chat, values);
  const target = { ...chat, taskSid: String(measured.trip.body.transferTaskSid) };
  return { ...measured, transferId, target };
}

/** As the original was measured: warm to Bob, cold to a queue. */
export const transferOf = (world: BenchWorld, mode: 'warm' | 'cold') => ({
  mode,
  targetSid: mode === 'warm' ? world.workerSid('bob') : world.queueSid('Billing'),
});

/** Bob accepts what is offered to him; measured is what the functions do about it. */
export async function measureAccept(world: BenchWorld, chat: Chat): Promise<Sample> {
  const reservationSid = await world.offered('bob', chat.taskSid);
  const { invocations } = await world.measure(chat, async () => {
    const heard = world.host.nextEvent(
      ({ EventType, TaskSid }) => EventType === 'reservation.accepted' && TaskSid === chat.taskSid,
    );
    await world.accept('bob', chat, reservationSid);
    await heard;
  });
  return sampleOf(invocationOf(invocations, EVENTS_PATH, 'reservation.accepted'), invocations);
}

/** The only run of a function; of TaskRouter's events, of this type. */
export function invocationOf(
  invocations: readonly Invocation[],
  path: string,
  eventType?: string,
): Invocation {
  const [found, second] = invocations.filter(
    (invocation) =>
      invocation.path === path && (eventType === undefined || invocation.event.EventType === eventType),
  );
  if (found === undefined || second !== undefined)
    throw new Error(`${path} ${eventType ?? ''} ran ${found === undefined ? 'not at all' : 'twice'}.`);
  return found;
}

/** One run of every request. */
export async function runRequests(
  world: BenchWorld,
): Promise<Record<Exclude<RequestId, 'accept-late'>, Sample>> {
  const warm = await world.aChatWithAlice();
  const startWarm = await measureStart(world, warm, 'warm');
  await measureAccept(world, startWarm.target);
  const leave = await measureRequest(world, '/conversation/leave', warm);
  const complete = await measureRequest(world, '/conversation/complete', warm);

  const startCold = await measureStart(world, await world.aChatWithAlice(), 'cold');
  const accept = await measureAccept(world, startCold.target);

  const other = await world.aChatWithAlice();
  const { transferId } = await measureStart(world, other, 'warm');
  const cancel = await measureRequest(world, '/transfer/cancel', other, { transferId });

  return {
    'start-warm': startWarm.sample,
    'start-cold': startCold.sample,
    accept,
    leave: leave.sample,
    complete: complete.sample,
    cancel: cancel.sample,
  };
}

/** What a run was trusted with is over by then, and whoever comes next looks whether it was done. */
const LATE_MS = LEASE_MS + 1_000;

/** Hands a chat over; what it answers has Bob accept it, once that is late. Other things may be measured meanwhile. */
export async function prepareLateAccept(world: BenchWorld): Promise<() => Promise<Sample>> {
  const { target } = await measureStart(world, await world.aChatWithAlice(), 'cold');
  const lateMs = performance.now() + LATE_MS;
  return async () => {
    await until(lateMs);
    return measureAccept(world, target);
  };
}
