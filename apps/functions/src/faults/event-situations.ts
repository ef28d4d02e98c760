/** What TaskRouter tells of. */
import {
  acceptedByBob,
  aliceInChat,
  aliceTakesItBack,
  bothInChat,
  deliver,
  endedAtTaskRouter,
  event,
  rejectedByBob,
  type Situation,
  transferred,
  unanswered,
} from './situation';

export const EVENT_SITUATIONS: readonly Situation[] = [
  {
    endpoint: '/task-router/events',
    name: 'task.created',
    async prepare(world) {
      const { conversationSid, taskSid } = await world.startChat();
      return event(world, conversationSid, 'task.created', taskSid);
    },
  },
  {
    endpoint: '/task-router/events',
    name: 'reservation.accepted, first task',
    async prepare(world) {
      const { conversationSid, taskSid } = await world.startChat();
      await deliver(world);
      await world.accept('alice', taskSid);
      return event(world, conversationSid, 'reservation.accepted', taskSid);
    },
  },
  {
    endpoint: '/task-router/events',
    name: 'reservation.accepted, warm transfer',
    prepare: async (world) => acceptedByBob(world, await transferred(world, 'warm')),
  },
  {
    endpoint: '/task-router/events',
    name: 'reservation.accepted, cold transfer',
    prepare: async (world) => acceptedByBob(world, await transferred(world, 'cold')),
  },
  {
    endpoint: '/task-router/events',
    name: 'reservation.accepted, release on accept',
    release: 'on-accept',
    prepare: async (world) => acceptedByBob(world, await transferred(world, 'cold')),
  },
  {
    endpoint: '/task-router/events',
    name: 'reservation.rejected, agent in the chat',
    prepare: async (world) => rejectedByBob(world, await transferred(world, 'warm')),
  },
  {
    endpoint: '/task-router/events',
    name: 'reservation.rejected, nobody in the chat',
    async prepare(world) {
      const cold = await transferred(world, 'cold');
      return aliceTakesItBack(world, cold, await rejectedByBob(world, cold));
    },
  },
  {
    endpoint: '/task-router/events',
    name: 'task-queue.timeout, agent in the chat',
    prepare: async (world) => unanswered(world, await transferred(world, 'warm')),
  },
  {
    endpoint: '/task-router/events',
    name: 'task-queue.timeout, nobody in the chat',
    async prepare(world) {
      const cold = await transferred(world, 'cold');
      return aliceTakesItBack(world, cold, await unanswered(world, cold));
    },
  },
  {
    endpoint: '/task-router/events',
    name: 'reservation.wrapup by another page, others stay',
    async prepare(world) {
      const { chat } = await bothInChat(world);
      await world.answer('alice', chat.taskSid, 'wrapping');
      return event(world, chat.conversationSid, 'reservation.wrapup', chat.taskSid);
    },
  },
  {
    endpoint: '/task-router/events',
    name: 'reservation.wrapup by another page, last',
    async prepare(world) {
      const chat = await aliceInChat(world);
      await world.answer('alice', chat.taskSid, 'wrapping');
      return event(world, chat.conversationSid, 'reservation.wrapup', chat.taskSid);
    },
  },
  {
    endpoint: '/task-router/events',
    name: 'task.completed by a supervisor, others stay',
    prepare: async (world) => endedAtTaskRouter(world, (await bothInChat(world)).chat, 'completed'),
  },
  {
    endpoint: '/task-router/events',
    name: 'task.completed by a supervisor, last',
    prepare: async (world) => endedAtTaskRouter(world, await aliceInChat(world), 'completed'),
  },
  {
    endpoint: '/task-router/events',
    name: 'task.canceled, first task',
    async prepare(world) {
      const chat = await world.startChat();
      await deliver(world);
      return endedAtTaskRouter(world, chat, 'canceled');
    },
  },
  {
    endpoint: '/task-router/events',
    name: 'task.canceled, transfer task, agent in the chat',
    async prepare(world) {
      const { chat, transferTaskSid } = await transferred(world, 'warm');
      return endedAtTaskRouter(world, { ...chat, taskSid: transferTaskSid }, 'canceled');
    },
  },
  {
    endpoint: '/task-router/events',
    name: 'task.canceled, transfer task, nobody in the chat',
    async prepare(world) {
      const { chat, transferTaskSid } = await transferred(world, 'cold');
      return endedAtTaskRouter(world, { ...chat, taskSid: transferTaskSid }, 'canceled');
    },
  },
];
