/** How most journeys begin: Alice, Bob and a customer at their pages, and a chat between some of them. */
import { expect, type World } from '../world';
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

/** Robin has started a chat, and Alice has accepted it. */
export async function aliceInChat(world: World): Promise<ChatPages> {
  const [alice, bob, customer] = await Promise.all([
    world.agent('alice'),
    world.agent('bob'),
    world.customer(),
  ]);
  const { conversationSid } = await customer.start('Robin');
  await alice.accept();
  return { alice, bob, customer, conversationSid };
}

/** Then she has invited Bob, who has accepted. */
export async function bothInChat(world: World): Promise<ChatPages> {
  const chat = await aliceInChat(world);
  await chat.customer.say('My router keeps dropping');
  await chat.alice.transfer(bobBaker, 'warm');
  await expect(chat.customer.notice('transfer-started')).toHaveText('Alice is inviting Bob to the chat');
  await chat.bob.accept();
  await expect(chat.customer.notice('agent-joined')).toHaveText([
    'Alice joined the chat',
    'Bob joined the chat',
  ]);
  return chat;
}
