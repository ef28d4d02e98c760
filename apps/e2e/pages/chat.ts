/** The first steps of most journeys: Alice, Bob and a customer open their pages, and a chat starts. */
import { expect, type Journey } from '../journey';
import type { Agent } from './agent';
import type { Customer } from './customer';

export interface ChatPages {
  readonly alice: Agent;
  readonly bob: Agent;
  readonly customer: Customer;
  readonly conversationSid: string;
}

export const bobBaker = { kind: 'agent', name: 'Bob Baker' } as const;
export const aliceArcher = { kind: 'agent', name: 'Alice Archer' } as const;

/** The customer Robin starts a chat, and Alice accepts it. */
export async function startChatWithAlice(journey: Journey): Promise<ChatPages> {
  const [alice, bob, customer] = await Promise.all([
    journey.openAgent('alice'),
    journey.openAgent('bob'),
    journey.openCustomer(),
  ]);
  const { conversationSid } = await customer.start('Robin');
  await alice.accept();
  return { alice, bob, customer, conversationSid };
}

/** Robin starts a chat, Alice accepts it and invites Bob, and Bob accepts. */
export async function startChatWithBoth(journey: Journey): Promise<ChatPages> {
  const chat = await startChatWithAlice(journey);
  await chat.customer.send('My router keeps dropping');
  await chat.alice.transfer(bobBaker, 'warm');
  await expect(chat.customer.notice('transfer-started')).toHaveText('Alice is inviting Bob to the chat');
  await chat.bob.accept();
  await expect(chat.customer.notice('agent-joined')).toHaveText([
    'Alice joined the chat',
    'Bob joined the chat',
  ]);
  return chat;
}
