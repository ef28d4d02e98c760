/** Situations of the fault matrix: a prepared chat, and the request or event whose calls get the faults. */
import { randomUUID } from 'node:crypto';
import type { TaskRouterCallback } from '../support/callback-queue';
import type { Chat, FunctionsFixture, RunOn, TaskSnapshot } from '../support/functions-fixture';
import type { FunctionAnswer } from '../support/twilio-runtime';

/** The request or event whose calls get the faults. */
export interface Trigger {
  readonly kind: 'request' | 'event';
  /** The chat that it is about; `undefined` before there is one. */
  readonly conversationSid: () => string | undefined;
  /** Sends the request, or delivers the event; each time the same. */
  readonly send: (on?: RunOn) => Promise<FunctionAnswer>;
  /** The event. */
  readonly callback?: TaskRouterCallback;
  /** The request succeeds without a ledger. An event writes it. */
  readonly needsNoLedger?: true;
  /** The transfer that the request starts. */
  readonly transferId?: string;
  /** What agents do next. Called several times; it does each thing once. */
  readonly afterwards?: () => Promise<void>;
}

export interface Situation {
  readonly endpoint: string;
  readonly name: string;
  /** Default: `immediately`. */
  readonly release?: 'on-accept';
  prepare(fixture: FunctionsFixture): Promise<Trigger>;
}

/** A transfer of Alice's chat that is offered to Bob. */
export interface Offer {
  readonly chat: Chat;
  readonly transferId: string;
  readonly transferTaskSid: string;
}

export async function offerToBob(fixture: FunctionsFixture, mode: 'warm' | 'cold'): Promise<Offer> {
  const chat = await fixture.startChatWithAlice();
  const { send } = await prepareStart(fixture, chat, mode);
  const { status, body } = await send();
  if (status !== 200) throw new Error(`Failed to prepare a transfer: ${JSON.stringify(body)}`);
  await fixture.deliverAll();
  return { chat, transferId: String(body.transferId), transferTaskSid: String(body.transferTaskSid) };
}

/** Starts a chat with Alice and Bob in it, by a warm transfer. */
export async function startSharedChat(fixture: FunctionsFixture): Promise<Offer> {
  const offer = await offerToBob(fixture, 'warm');
  await fixture.accept('bob', offer.transferTaskSid);
  await fixture.deliverAll();
  return offer;
}

/** Who transfers, and to whom. */
export interface Parties {
  /** Default: Alice. */
  readonly agent?: string;
  /** The SID of a worker or queue. Default: Bob's. */
  readonly target?: string;
}

/** An agent transfers the chat. */
export async function prepareStart(
  fixture: FunctionsFixture,
  { taskSid, conversationSid }: Chat,
  mode: 'warm' | 'cold',
  { agent = 'alice', target = fixture.workerSid('bob') }: Parties = {},
): Promise<Trigger> {
  const fields = {
    token: await fixture.tokenOf(agent),
    taskSid,
    conversationSid,
    transferId: randomUUID(),
    targetSid: target,
    mode,
    note: 'A note',
  };
  const trigger = buildRequest(fixture, conversationSid, '/transfer/start', fields);
  return { ...trigger, transferId: fields.transferId };
}

/** Alice cancels the transfer. */
export async function prepareCancel(
  fixture: FunctionsFixture,
  { chat, transferId }: Offer,
): Promise<Trigger> {
  const { taskSid, conversationSid } = chat;
  const fields = {
    token: await fixture.tokenOf('alice'),
    taskSid,
    conversationSid,
    transferId,
  };
  return buildRequest(fixture, conversationSid, '/transfer/cancel', fields);
}

export async function prepareAgentRequest(
  fixture: FunctionsFixture,
  path: '/conversation/leave' | '/conversation/complete',
  { taskSid, conversationSid }: Pick<Chat, 'taskSid' | 'conversationSid'>,
  agent: string,
): Promise<Trigger> {
  const fields = { token: await fixture.tokenOf(agent), taskSid, conversationSid };
  return buildRequest(fixture, conversationSid, path, fields);
}

/** The customer ends the chat. */
export function prepareEnd(fixture: FunctionsFixture, { conversationSid, session }: Chat): Trigger {
  return buildRequest(fixture, conversationSid, '/webchat/end', { session });
}

const buildRequest = (
  fixture: FunctionsFixture,
  conversationSid: string,
  path: string,
  fields: Readonly<Record<string, string>>,
): Trigger => ({
  kind: 'request',
  conversationSid: () => conversationSid,
  send: (on) => fixture.post(path, fields, undefined, on),
});

/** An event that TaskRouter has sent. Earlier events are delivered first; later ones stay undelivered. */
export async function prepareEvent(
  fixture: FunctionsFixture,
  conversationSid: string,
  type: string,
  taskSid: string,
): Promise<Trigger> {
  await fixture.settle();
  for (;;) {
    const callback = fixture.undelivered.shift();
    if (callback === undefined) throw new Error(`TaskRouter has not sent ${type} of ${taskSid}.`);
    if (callback.type === type && callback.taskSid === taskSid) {
      return {
        kind: 'event',
        conversationSid: () => conversationSid,
        send: (on) => fixture.deliver(callback, on),
        callback,
      };
    }
    await fixture.deliver(callback);
  }
}

export async function acceptAsBob(
  fixture: FunctionsFixture,
  { chat, transferTaskSid }: Offer,
): Promise<Trigger> {
  await fixture.accept('bob', transferTaskSid);
  return prepareEvent(fixture, chat.conversationSid, 'reservation.accepted', transferTaskSid);
}

export async function rejectAsBob(
  fixture: FunctionsFixture,
  { chat, transferTaskSid }: Offer,
): Promise<Trigger> {
  await fixture.updateReservation('bob', transferTaskSid, 'rejected');
  return prepareEvent(fixture, chat.conversationSid, 'reservation.rejected', transferTaskSid);
}

/** Longer than an offer lasts. */
const AFTER_OFFER_MS = 61_000;

export async function letOfferExpire(
  fixture: FunctionsFixture,
  { chat, transferTaskSid }: Offer,
): Promise<Trigger> {
  fixture.sandbox.state().setQuirks({ reservationTimeoutEndsTarget: false });
  fixture.clock.advance(AFTER_OFFER_MS);
  return prepareEvent(fixture, chat.conversationSid, 'task-queue.timeout', transferTaskSid);
}

/** Something else than the functions completes or cancels a task. */
export async function closeTaskAtTaskRouter(
  fixture: FunctionsFixture,
  { taskSid, conversationSid }: Pick<Chat, 'taskSid' | 'conversationSid'>,
  assignmentStatus: 'completed' | 'canceled',
): Promise<Trigger> {
  await fixture.workspace().tasks(taskSid).update({ assignmentStatus, reason: 'Closed in the Console' });
  return prepareEvent(fixture, conversationSid, `task.${assignmentStatus}`, taskSid);
}

/**
 * Alice accepts the returned task when it is offered to her, so that the time of the offer makes no difference. While she is
 * in the chat on another task, she does not.
 */
export function letAliceAccept(fixture: FunctionsFixture, trigger: Trigger): Trigger {
  const isOffered = ({ sid }: TaskSnapshot) => fixture.reservation('alice', sid)?.status === 'pending';
  return {
    ...trigger,
    async afterwards() {
      const conversationSid = trigger.conversationSid() ?? '';
      const offered = fixture.tasks(conversationSid).find(isOffered);
      if (offered !== undefined && !fixture.agents(conversationSid).includes('alice'))
        await fixture.accept('alice', offered.sid);
    },
  };
}
