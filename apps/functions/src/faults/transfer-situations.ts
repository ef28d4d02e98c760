/** Starting a transfer and taking it back. */
import {
  aliceInChat,
  aliceTakesItBack,
  cancelRequest,
  type Situation,
  startRequest,
  transferred,
} from './situation';

export const TRANSFER_SITUATIONS: readonly Situation[] = [
  {
    endpoint: '/transfer/start',
    name: 'warm',
    prepare: async (world) => startRequest(world, await aliceInChat(world), 'warm'),
  },
  {
    endpoint: '/transfer/start',
    name: 'cold',
    prepare: async (world) => startRequest(world, await aliceInChat(world), 'cold'),
  },
  {
    endpoint: '/transfer/start',
    name: 'cold, to a queue',
    prepare: async (world) =>
      startRequest(world, await aliceInChat(world), 'cold', world.queueSid('Billing')),
  },
  {
    endpoint: '/transfer/start',
    name: 'cold, release on accept',
    release: 'on-accept',
    prepare: async (world) => startRequest(world, await aliceInChat(world), 'cold'),
  },
  {
    endpoint: '/transfer/start',
    name: 'of a chat older than its ledger',
    async prepare(world) {
      const chat = await world.startChat();
      await world.accept('alice', chat.taskSid);
      await world.settle();
      world.waiting.length = 0;
      return startRequest(world, chat, 'cold');
    },
  },
  {
    endpoint: '/transfer/cancel',
    name: 'agent in the chat',
    prepare: async (world) => cancelRequest(world, await transferred(world, 'warm')),
  },
  {
    endpoint: '/transfer/cancel',
    name: 'nobody in the chat',
    async prepare(world) {
      const cold = await transferred(world, 'cold');
      return aliceTakesItBack(world, cold, await cancelRequest(world, cold));
    },
  },
];
