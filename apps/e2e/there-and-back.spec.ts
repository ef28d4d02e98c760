import type { Agent } from './pages/agent';
import { aliceArcher, aliceInChat, bobBaker } from './pages/chat';
import { expectSameNotices } from './pages/notices';
import { expect, test } from './world';

const TIMES = [1, 2, 3];
/** On Programmable Chat Flex puts an agent in by itself, and takes this answer for what it is: we may have been faster. */
const IN_ALREADY = 'Failed to load resource: the server responded with a status of 409 (Conflict)';

for (const first of ['has completed', 'still wraps up'] as const) {
  test(`a chat goes there and back three times, to an agent who ${first}, and nothing is lost or told twice`, async ({
    world,
    backend,
  }) => {
    const { alice, bob, customer } = await aliceInChat(world);
    const said: string[] = [];
    const say = async (who: Pick<Agent, 'say'>, text: string) => {
      await who.say(text);
      said.push(text);
    };

    for (const time of TIMES) {
      await say(customer, `Question ${time}`);
      await handOver(alice, bob, bobBaker);
      await say(bob, `Bob's answer ${time}`);
      await say(customer, `Thank you, Bob, ${time}`);
      await handOver(bob, alice, aliceArcher);
      await say(alice, `Alice again ${time}`);
    }

    await alice.scrollToBeginning();
    for (const text of said) {
      await expect(alice.message(text), `${text}, for Alice`).toHaveCount(1);
      await expect(customer.message(text), `${text}, for the customer`).toHaveCount(1);
    }
    const leg = ['transfer-started', 'agent-left', 'agent-joined'];
    await expectSameNotices(alice.page, customer.page, [
      'agent-joined',
      ...TIMES.flatMap(() => [...leg, ...leg]),
    ]);
    await expect(customer.notice('agent-joined')).toHaveText([
      'Alice joined the chat',
      ...TIMES.flatMap(() => ['Bob joined the chat', 'Alice joined the chat']),
    ]);
    const expected = backend === 'programmable-chat' ? [IN_ALREADY] : [];
    const errors = world.consoleLines('error').filter((line) => !expected.includes(line));
    expect(errors, 'errors in the consoles of the pages').toEqual([]);
  });

  async function handOver(from: Agent, to: Agent, target: { kind: 'agent'; name: string }): Promise<void> {
    await from.transfer(target, 'cold');
    await expect(from.inWrapUp()).toBeVisible();
    if (first === 'has completed') {
      await from.complete();
      await expect(from.tasks()).toHaveCount(0);
    }
    await to.accept();
    if (first === 'still wraps up') await to.completeEarlierTask();
    await expect(to.transferButton()).toBeEnabled();
  }
}
