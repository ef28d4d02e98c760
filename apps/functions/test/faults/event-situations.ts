/** What TaskRouter tells of. */
import type { FunctionsFixture } from '../support/functions-fixture';
import {
  acceptedByBob,
  aliceInChat,
  aliceTakesItBack,
  bothInChat,
  deliver,
  endedAtTaskRouter,
  event,
  type Moment,
  rejectedByBob,
  type Situation,
  transferred,
  unanswered,
} from './situation';

const told = (name: string, prepare: Situation['prepare']): Situation => ({
  endpoint: '/task-router/events',
  name,
  prepare,
});

/** Alice goes to wrap-up by a button that is not ours. */
async function wrapsUp(world: FunctionsFixture, { taskSid, conversationSid }: WrappingChat): Promise<Moment> {
  await world.answer('alice', taskSid, 'wrapping');
  return event(world, conversationSid, 'reservation.wrapup', taskSid);
}
type WrappingChat = Readonly<Record<'taskSid' | 'conversationSid', string>>;

/** The task of a transfer is cancelled by hand. */
async function transferTaskCancelled(world: FunctionsFixture, mode: 'warm' | 'cold'): Promise<Moment> {
  const { chat, transferTaskSid } = await transferred(world, mode);
  return endedAtTaskRouter(world, { ...chat, taskSid: transferTaskSid }, 'canceled');
}

export const EVENT_SITUATIONS: readonly Situation[] = [
  told('task.created', async (world) => {
    const { conversationSid, taskSid } = await world.startChat();
    return event(world, conversationSid, 'task.created', taskSid);
  }),
  told('reservation.accepted, first task', async (world) => {
    const { conversationSid, taskSid } = await world.startChat();
    await deliver(world);
    await world.accept('alice', taskSid);
    return event(world, conversationSid, 'reservation.accepted', taskSid);
  }),
  told('reservation.accepted, warm transfer', async (world) =>
    acceptedByBob(world, await transferred(world, 'warm')),
  ),
  told('reservation.accepted, cold transfer', async (world) =>
    acceptedByBob(world, await transferred(world, 'cold')),
  ),
  {
    ...told('reservation.accepted, release on accept', async (world) =>
      acceptedByBob(world, await transferred(world, 'cold')),
    ),
    release: 'on-accept',
  },
  told('reservation.accepted by the agent it came back to', async (world) => {
    const { chat, transferTaskSid } = await transferred(world, 'cold');
    await world.answer('bob', transferTaskSid, 'rejected');
    await deliver(world);
    await world.accept('alice', transferTaskSid);
    return event(world, chat.conversationSid, 'reservation.accepted', transferTaskSid);
  }),
  told('reservation.rejected, agent in the chat', async (world) =>
    rejectedByBob(world, await transferred(world, 'warm')),
  ),
  told('reservation.rejected, nobody in the chat', async (world) => {
    const cold = await transferred(world, 'cold');
    return aliceTakesItBack(world, cold, await rejectedByBob(world, cold));
  }),
  told('task-queue.timeout, agent in the chat', async (world) =>
    unanswered(world, await transferred(world, 'warm')),
  ),
  told('task-queue.timeout, nobody in the chat', async (world) => {
    const cold = await transferred(world, 'cold');
    return aliceTakesItBack(world, cold, await unanswered(world, cold));
  }),
  told('reservation.wrapup by another page, others stay', async (world) =>
    wrapsUp(world, (await bothInChat(world)).chat),
  ),
  told('reservation.wrapup by another page, last', async (world) => wrapsUp(world, await aliceInChat(world))),
  told('task.completed by a supervisor, others stay', async (world) =>
    endedAtTaskRouter(world, (await bothInChat(world)).chat, 'completed'),
  ),
  told('task.completed by a supervisor, last', async (world) =>
    endedAtTaskRouter(world, await aliceInChat(world), 'completed'),
  ),
  told('task.canceled, first task', async (world) => {
    const chat = await world.startChat();
    await deliver(world);
    return endedAtTaskRouter(world, chat, 'canceled');
  }),
  told('task.canceled, transfer task, agent in the chat', (world) => transferTaskCancelled(world, 'warm')),
  told('task.canceled, transfer task, nobody in the chat', (world) => transferTaskCancelled(world, 'cold')),
];
