/** Situations: Alice starts a transfer, or cancels it. */
import { letAliceAccept, offerToBob, prepareCancel, prepareStart, type Situation } from './situation';

/** Alice transfers her chat to the queue, or else to Bob. */
const starting = (name: string, mode: 'warm' | 'cold', queue?: string): Situation => ({
  endpoint: '/transfer/start',
  name,
  async prepare(fixture) {
    const chat = await fixture.startChatWithAlice();
    const target = queue === undefined ? {} : { target: fixture.queueSid(queue) };
    const trigger = await prepareStart(fixture, chat, mode, target);
    return mode === 'cold' ? letAliceAccept(fixture, trigger) : trigger;
  },
});

export const TRANSFER_SITUATIONS: readonly Situation[] = [
  starting('warm', 'warm'),
  starting('cold', 'cold'),
  starting('cold, to a queue', 'cold', 'Billing'),
  { ...starting('cold, release on accept', 'cold'), release: 'on-accept' },
  {
    endpoint: '/transfer/start',
    name: 'cold, chat without a ledger',
    async prepare(fixture) {
      const chat = await fixture.startChat();
      await fixture.accept('alice', chat.taskSid);
      await fixture.settle();
      fixture.undelivered.length = 0;
      return letAliceAccept(fixture, await prepareStart(fixture, chat, 'cold'));
    },
  },
  {
    endpoint: '/transfer/cancel',
    name: 'agent in the chat',
    prepare: async (fixture) => prepareCancel(fixture, await offerToBob(fixture, 'warm')),
  },
  {
    endpoint: '/transfer/cancel',
    name: 'no agent in the chat',
    async prepare(fixture) {
      const offer = await offerToBob(fixture, 'cold');
      return letAliceAccept(fixture, await prepareCancel(fixture, offer));
    },
  },
];
