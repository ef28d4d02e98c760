/** What must hold after every single step, whatever is still on its way. The numbers are those in docs/architecture.md. */
import type { Notice } from '@chat-transfer/transfer-core';
import type { FunctionsFixture } from '../support/functions-fixture';
import type { PlayedChat, Scenario } from './scenario';
import { SECRETS } from './environment';

/** Tasks by transfer that were ever seen at TaskRouter, which forgets them after five minutes. */
export type SeenTransferTasks = Map<string, Set<string>>;

export async function checkSafety(scenario: Scenario, seen: SeenTransferTasks): Promise<void> {
  const { world, chats } = scenario;
  for (const chat of chats) {
    checkClosing(scenario, chat);
    checkTransferTasks(world, chat, seen);
    checkNotices(world.notices(chat.conversationSid), scenario.adopted);
    checkWhatCustomersRead(world, chat);
    await checkNotClosedByUs(world, chat);
  }
}

/** 2: at most one task per transfer. */
function checkTransferTasks(
  world: FunctionsFixture,
  { conversationSid }: PlayedChat,
  seen: SeenTransferTasks,
) {
  for (const { sid, attributes } of world.tasks(conversationSid)) {
    if (typeof attributes.transferId !== 'string') continue;
    const tasks = seen.get(attributes.transferId) ?? new Set();
    seen.set(attributes.transferId, tasks.add(sid));
    if (tasks.size > 1) {
      throw new Error(
        `Invariant 2: transfer ${attributes.transferId} has the tasks ${[...tasks].join(', ')}`,
      );
    }
  }
}

const TRANSFER_KINDS: readonly Notice['kind'][] = [
  'transfer-declined',
  'transfer-unanswered',
  'transfer-cancelled',
];

/** 4: every notice once; nobody leaves before joining, nothing becomes of a transfer before its start, the end is the end. */
function checkNotices(notices: readonly Notice[], adopted: ReadonlySet<string>): void {
  const said = notices.map(({ id }) => id);
  const fault = (what: string) => new Error(`Invariant 4: ${what} in ${said.join(', ')}`);
  const before = new Set<string>();
  for (const { id, kind } of notices) {
    if (before.has(id)) throw fault(`${id} is there twice`);
    if (before.has('chat-ended')) throw fault(`${id} comes after the end`);
    const hasJoined = before.has(id.replace('agent-left', 'agent-joined'));
    if (kind === 'agent-left' && !hasJoined && !adopted.has(id.replace('agent-left:', ''))) {
      throw fault(`${id} comes before joining`);
    }
    if (TRANSFER_KINDS.includes(kind) && !before.has(id.replace(kind, 'transfer-started'))) {
      throw fault(`${id} comes before its start`);
    }
    before.add(id);
  }
}

/** 6: no note, full name, SID of a worker or queue, or internal name of a queue. */
function checkWhatCustomersRead(world: FunctionsFixture, { conversationSid }: PlayedChat): void {
  const readable = JSON.stringify(world.channel(conversationSid));
  const [leak] = SECRETS.exec(readable) ?? [];
  if (leak !== undefined) throw new Error(`Invariant 6: the customer can read ${leak} in ${readable}`);
}

/** 3, on Flex Conversations, where closed is final: once, and when everybody has been told. */
function checkClosing({ world, watched }: Scenario, { conversationSid }: PlayedChat): void {
  const times = watched.closings(world.interaction(conversationSid)?.sid ?? '');
  if (times > 1)
    throw new Error(`Invariant 3: the interaction of ${conversationSid} was closed ${times} times`);
  if (world.isClosed(conversationSid) && world.noticeKinds(conversationSid).at(-1) !== 'chat-ended') {
    throw new Error(`Invariant 3: the conversation ${conversationSid} was closed and nobody was told before`);
  }
}

/** 3: no request of ours ever closes a chat that goes on. */
async function checkNotClosedByUs(world: FunctionsFixture, chat: PlayedChat): Promise<void> {
  if (world.isOpen(chat.conversationSid)) {
    chat.mayBeClosed = false;
    return;
  }
  if (chat.mayBeClosed) return;
  const ledger = await world.ledger(chat.conversationSid);
  if (ledger !== undefined && ledger.ended === undefined) {
    throw new Error(`Invariant 3: the chat ${chat.conversationSid} was closed while it goes on`);
  }
}
