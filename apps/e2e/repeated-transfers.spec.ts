import { expect, test } from './journey';
import type { Agent } from './pages/agent';
import { aliceArcher, bobBaker, startChatWithAlice } from './pages/chat';
import { expectSameNotices } from './pages/compare-notices';
import { sampleOne } from './tier';

const ROUNDS = [1, 2, 3];
/**
 * On Programmable Chat, Flex adds the agent who accepts to the chat. Twilio answers 409 if the functions were
 * faster, and Flex ignores that.
 */
const ALREADY_IN_CHAT = 'Failed to load resource: the server responded with a status of 409 (Conflict)';

for (const earlierTask of sampleOne(['completed', 'in wrap-up'], 'the earlier task')) {
  test(`three transfers to Bob and back lose no message and repeat no notice, with the earlier task ${earlierTask}`, async ({
    journey,
    backend,
  }) => {
    const { alice, bob, customer } = await startChatWithAlice(journey);
    const sent: string[] = [];
    const send = async (author: Pick<Agent, 'send'>, text: string) => {
      await author.send(text);
      sent.push(text);
    };

    for (const round of ROUNDS) {
      await send(customer, `Question ${round}`);
      await transferChat(alice, bob, bobBaker);
      await send(bob, `Bob's answer ${round}`);
      await send(customer, `Thank you, Bob, ${round}`);
      await transferChat(bob, alice, aliceArcher);
      await send(alice, `Alice again ${round}`);
    }

    await alice.scrollToBeginning();
    for (const text of sent) {
      await expect(alice.message(text), `${text}, for Alice`).toHaveCount(1);
      await expect(customer.message(text), `${text}, for the customer`).toHaveCount(1);
    }
    const transferNotices = ['transfer-started', 'agent-left', 'agent-joined'];
    await expectSameNotices(alice.page, customer.page, [
      'agent-joined',
      ...ROUNDS.flatMap(() => [...transferNotices, ...transferNotices]),
    ]);
    await expect(customer.notice('agent-joined')).toHaveText([
      'Alice joined the chat',
      ...ROUNDS.flatMap(() => ['Bob joined the chat', 'Alice joined the chat']),
    ]);
    const expected = backend === 'programmable-chat' ? [ALREADY_IN_CHAT] : [];
    const errors = journey.consoleLines('error').filter((line) => !expected.includes(line));
    expect(errors, 'errors in the consoles of the pages').toEqual([]);
  });

  async function transferChat(
    from: Agent,
    to: Agent,
    target: { kind: 'agent'; name: string },
  ): Promise<void> {
    await from.transfer(target, 'cold');
    await expect(from.inWrapUp()).toBeVisible();
    if (earlierTask === 'completed') {
      await from.complete();
      await expect(from.tasks()).toHaveCount(0);
    }
    await to.accept();
    if (earlierTask === 'in wrap-up') await to.completeEarlierTask();
    await expect(to.transferButton()).toBeEnabled();
  }
}
