/** Starting a transfer and taking it back. */
import {
  aliceInChat,
  aliceTakesItBack,
  cancelRequest,
  type Situation,
  startRequest,
  transferred,
} from './situation';

/** Alice hands her chat over, to Bob if not to a queue. */
const started = (name: string, mode: 'warm' | 'cold', queue?: string): Situation => ({
  endpoint: '/transfer/start',
  name,
  prepare: async (world) =>
    startRequest(
      world,
      await aliceInChat(world),
      mode,
      queue === undefined ? undefined : world.queueSid(queue),
    ),
});

export const TRANSFER_SITUATIONS: readonly Situation[] = [
  started('warm', 'warm'),
  started('cold', 'cold'),
  started('cold, to a queue', 'cold', 'Billing'),
  { ...started('cold, release on accept', 'cold'), release: 'on-accept' },
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
