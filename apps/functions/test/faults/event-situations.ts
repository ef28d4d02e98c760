/** Situations: TaskRouter sends an event. */
import type { Chat, FunctionsFixture } from '../support/functions-fixture';
import {
  acceptAsBob,
  closeTaskAtTaskRouter,
  letAliceAccept,
  letOfferExpire,
  offerToBob,
  prepareEvent,
  rejectAsBob,
  type Situation,
  startSharedChat,
  type Trigger,
} from './situation';

const receiving = (name: string, prepare: Situation['prepare']): Situation => ({
  endpoint: '/task-router/events',
  name,
  prepare,
});

/** Alice's reservation moves to wrap-up without a request to the functions. */
async function wrapUpAtTaskRouter(
  fixture: FunctionsFixture,
  { taskSid, conversationSid }: Chat,
): Promise<Trigger> {
  await fixture.updateReservation('alice', taskSid, 'wrapping');
  return prepareEvent(fixture, conversationSid, 'reservation.wrapup', taskSid);
}

async function cancelTransferTask(fixture: FunctionsFixture, mode: 'warm' | 'cold'): Promise<Trigger> {
  const { chat, transferTaskSid } = await offerToBob(fixture, mode);
  return closeTaskAtTaskRouter(fixture, { ...chat, taskSid: transferTaskSid }, 'canceled');
}

export const EVENT_SITUATIONS: readonly Situation[] = [
  receiving('task.created', async (fixture) => {
    const { conversationSid, taskSid } = await fixture.startChat();
    return prepareEvent(fixture, conversationSid, 'task.created', taskSid);
  }),
  receiving('reservation.accepted, first task', async (fixture) => {
    const { conversationSid, taskSid } = await fixture.startChat();
    await fixture.deliverAll();
    await fixture.accept('alice', taskSid);
    return prepareEvent(fixture, conversationSid, 'reservation.accepted', taskSid);
  }),
  receiving('reservation.accepted, warm transfer', async (fixture) =>
    acceptAsBob(fixture, await offerToBob(fixture, 'warm')),
  ),
  receiving('reservation.accepted, cold transfer', async (fixture) =>
    acceptAsBob(fixture, await offerToBob(fixture, 'cold')),
  ),
  {
    ...receiving('reservation.accepted, release on accept', async (fixture) =>
      acceptAsBob(fixture, await offerToBob(fixture, 'cold')),
    ),
    release: 'on-accept',
  },
  receiving('reservation.accepted, returned transfer', async (fixture) => {
    const { chat, transferTaskSid } = await offerToBob(fixture, 'cold');
    await fixture.updateReservation('bob', transferTaskSid, 'rejected');
    await fixture.deliverAll();
    await fixture.accept('alice', transferTaskSid);
    return prepareEvent(fixture, chat.conversationSid, 'reservation.accepted', transferTaskSid);
  }),
  receiving('reservation.rejected, agent in the chat', async (fixture) =>
    rejectAsBob(fixture, await offerToBob(fixture, 'warm')),
  ),
  receiving('reservation.rejected, no agent in the chat', async (fixture) => {
    const offer = await offerToBob(fixture, 'cold');
    return letAliceAccept(fixture, await rejectAsBob(fixture, offer));
  }),
  receiving('task-queue.timeout, agent in the chat', async (fixture) =>
    letOfferExpire(fixture, await offerToBob(fixture, 'warm')),
  ),
  receiving('task-queue.timeout, no agent in the chat', async (fixture) => {
    const offer = await offerToBob(fixture, 'cold');
    return letAliceAccept(fixture, await letOfferExpire(fixture, offer));
  }),
  receiving('reservation.wrapup outside the plugin, another agent stays', async (fixture) =>
    wrapUpAtTaskRouter(fixture, (await startSharedChat(fixture)).chat),
  ),
  receiving('reservation.wrapup outside the plugin, last agent', async (fixture) =>
    wrapUpAtTaskRouter(fixture, await fixture.startChatWithAlice()),
  ),
  receiving('task.completed by a supervisor, another agent stays', async (fixture) =>
    closeTaskAtTaskRouter(fixture, (await startSharedChat(fixture)).chat, 'completed'),
  ),
  receiving('task.completed by a supervisor, last agent', async (fixture) =>
    closeTaskAtTaskRouter(fixture, await fixture.startChatWithAlice(), 'completed'),
  ),
  receiving('task.canceled, first task', async (fixture) => {
    const chat = await fixture.startChat();
    await fixture.deliverAll();
    return closeTaskAtTaskRouter(fixture, chat, 'canceled');
  }),
  receiving('task.canceled, transfer task, agent in the chat', (fixture) =>
    cancelTransferTask(fixture, 'warm'),
  ),
  receiving('task.canceled, transfer task, no agent in the chat', (fixture) =>
    cancelTransferTask(fixture, 'cold'),
  ),
];
