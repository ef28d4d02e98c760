/** The moments at which something goes wrong: what they are, and how a chat comes to be as it is then. */
import { randomUUID } from 'node:crypto';
import type { Chat, FunctionsFixture } from '../support/functions-fixture';
import type { FunctionAnswer } from '../support/twilio-runtime';

export interface Moment {
  readonly kind: 'request' | 'event';
  /** The chat that all is about; `undefined` before there is one. */
  readonly conversationSid: () => string | undefined;
  /** Sends the request, or delivers the event; the same again when called again. */
  readonly act: () => Promise<FunctionAnswer>;
  /** What people do then, once or as often as they are asked for something. */
  readonly afterwards?: () => Promise<void>;
}

export interface Situation {
  readonly endpoint: string;
  readonly name: string;
  /** Default: `immediately`. */
  readonly release?: 'on-accept';
  prepare(world: FunctionsFixture): Promise<Moment>;
}

/** A transfer that is offered to Bob. */
export interface Transferred {
  readonly chat: Chat;
  readonly transferId: string;
  readonly transferTaskSid: string;
}

export async function aliceInChat(world: FunctionsFixture): Promise<Chat> {
  const chat = await world.startChat();
  await world.accept('alice', chat.taskSid);
  await deliver(world);
  return chat;
}

export async function transferred(world: FunctionsFixture, mode: 'warm' | 'cold'): Promise<Transferred> {
  const chat = await aliceInChat(world);
  const { act } = await startRequest(world, chat, mode);
  const { status, body } = await act();
  if (status !== 200) throw new Error(`There is no transfer to begin with: ${JSON.stringify(body)}`);
  await deliver(world);
  return { chat, transferId: String(body.transferId), transferTaskSid: String(body.transferTaskSid) };
}

/** What TaskRouter has to tell by now; nothing more follows from it. */
export async function deliver(world: FunctionsFixture): Promise<void> {
  await world.settle();
  for (const callback of world.waiting.splice(0)) await world.deliver(callback);
}

/** Alice and Bob, after a warm transfer. */
export async function bothInChat(world: FunctionsFixture): Promise<Transferred> {
  const warm = await transferred(world, 'warm');
  await world.accept('bob', warm.transferTaskSid);
  await deliver(world);
  return warm;
}

export async function startRequest(
  world: FunctionsFixture,
  { taskSid, conversationSid }: Chat,
  mode: 'warm' | 'cold',
  targetSid = world.workerSid('bob'),
): Promise<Moment> {
  const fields = {
    token: await world.tokenOf('alice'),
    taskSid,
    conversationSid,
    transferId: randomUUID(),
    targetSid,
    mode,
    note: 'A note',
  };
  return request(conversationSid, () => world.post('/transfer/start', fields));
}

export async function cancelRequest(
  world: FunctionsFixture,
  { chat, transferId }: Transferred,
): Promise<Moment> {
  const { taskSid, conversationSid } = chat;
  const fields = {
    token: await world.tokenOf('alice'),
    taskSid,
    conversationSid,
    transferId,
  };
  return request(conversationSid, () => world.post('/transfer/cancel', fields));
}

export async function agentRequest(
  world: FunctionsFixture,
  path: '/conversation/leave' | '/conversation/complete',
  { taskSid, conversationSid }: Pick<Chat, 'taskSid' | 'conversationSid'>,
  agent: string,
): Promise<Moment> {
  const fields = { token: await world.tokenOf(agent), taskSid, conversationSid };
  return request(conversationSid, () => world.post(path, fields));
}

export function endRequest(world: FunctionsFixture, chat: Chat): Moment {
  return request(chat.conversationSid, () => world.endByCustomer(chat));
}

const request = (conversationSid: string, act: Moment['act']): Moment => ({
  kind: 'request',
  conversationSid: () => conversationSid,
  act,
});

/** An event that TaskRouter has sent; what it sent before is delivered first, what it sent after waits. */
export async function event(
  world: FunctionsFixture,
  conversationSid: string,
  type: string,
  taskSid: string,
): Promise<Moment> {
  await world.settle();
  for (;;) {
    const callback = world.waiting.shift();
    if (callback === undefined) throw new Error(`TaskRouter has not sent ${type}`);
    if (callback.type === type && callback.taskSid === taskSid) {
      return { kind: 'event', conversationSid: () => conversationSid, act: () => world.deliver(callback) };
    }
    await world.deliver(callback);
  }
}

export async function acceptedByBob(
  world: FunctionsFixture,
  { chat, transferTaskSid }: Transferred,
): Promise<Moment> {
  await world.accept('bob', transferTaskSid);
  return event(world, chat.conversationSid, 'reservation.accepted', transferTaskSid);
}

export async function rejectedByBob(
  world: FunctionsFixture,
  { chat, transferTaskSid }: Transferred,
): Promise<Moment> {
  await world.answer('bob', transferTaskSid, 'rejected');
  return event(world, chat.conversationSid, 'reservation.rejected', transferTaskSid);
}

const ANSWERS_OVERDUE_MS = 61_000;

export async function unanswered(
  world: FunctionsFixture,
  { chat, transferTaskSid }: Transferred,
): Promise<Moment> {
  world.clock.advance(ANSWERS_OVERDUE_MS);
  return event(world, chat.conversationSid, 'task-queue.timeout', transferTaskSid);
}

export async function endedAtTaskRouter(
  world: FunctionsFixture,
  { taskSid, conversationSid }: Chat,
  assignmentStatus: 'completed' | 'canceled',
): Promise<Moment> {
  await world.workspace().tasks(taskSid).update({ assignmentStatus, reason: 'By hand' });
  return event(world, conversationSid, `task.${assignmentStatus}`, taskSid);
}

/** A chat on its way back: Alice takes it when she is asked, so that it does not matter when that is. */
export async function aliceTakesItBack(
  world: FunctionsFixture,
  { transferTaskSid }: Transferred,
  moment: Moment,
): Promise<Moment> {
  const isAsked = () => world.reservation('alice', transferTaskSid)?.status === 'pending';
  return {
    ...moment,
    async afterwards() {
      if (isAsked()) await world.accept('alice', transferTaskSid);
    },
  };
}
