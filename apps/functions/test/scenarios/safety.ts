/** The rules that hold after every step, whatever has not ended yet. Their numbers are those in docs/architecture.md. */
import type { FunctionsFixture } from '../support/functions-fixture';
import { findNoticeProblem } from '../support/notice-order';
import { SECRETS } from './environment';
import type { Scenario, ScenarioChat } from './scenario';

/** All tasks of each transfer so far. TaskRouter deletes closed tasks after five minutes. */
export type SeenTransferTasks = Map<string, Set<string>>;

export async function checkSafety(scenario: Scenario, seen: SeenTransferTasks): Promise<void> {
  const { fixture, chats } = scenario;
  for (const chat of chats) {
    checkClosings(scenario, chat);
    checkTransferTasks(fixture, chat, seen);
    checkNotices(scenario, chat);
    checkPrivacy(fixture, chat);
    await checkNotClosedByFunctions(fixture, chat);
  }
}

/** Rule 2: a transfer has at most one task. */
function checkTransferTasks(
  fixture: FunctionsFixture,
  { conversationSid }: ScenarioChat,
  seen: SeenTransferTasks,
) {
  for (const { sid, attributes } of fixture.tasks(conversationSid)) {
    if (typeof attributes.chatTransferId !== 'string') continue;
    const tasks = seen.get(attributes.chatTransferId) ?? new Set();
    seen.set(attributes.chatTransferId, tasks.add(sid));
    if (tasks.size > 1) {
      throw new Error(`Rule 2: transfer ${attributes.chatTransferId} has the tasks ${[...tasks].join(', ')}`);
    }
  }
}

/** Rule 4: every notice is posted once, in a sensible order. */
function checkNotices(
  { fixture, adoptedTasks, adoptedKeys, hasLateCalls }: Scenario,
  { conversationSid }: ScenarioChat,
): void {
  // A call that was given up may still post its notice. A later run removes the second one.
  if (hasLateCalls) return;
  const problem = findNoticeProblem(fixture.notices(conversationSid), {
    tasks: adoptedTasks,
    authorKeys: adoptedKeys.get(conversationSid) ?? new Set(),
  });
  if (problem !== undefined) throw new Error(`Rule 4: ${problem}`);
}

/** Rule 6: the customer can read no note, full name, worker or queue SID, or internal queue name. */
function checkPrivacy(fixture: FunctionsFixture, { conversationSid }: ScenarioChat): void {
  const readable = JSON.stringify(fixture.channel(conversationSid));
  const [leak] = SECRETS.exec(readable) ?? [];
  if (leak !== undefined) throw new Error(`Rule 6: the customer can read ${leak} in ${readable}`);
}

/** Rule 3: Flex Conversations close for good, so an interaction closes once, after the notice of the end. */
function checkClosings({ fixture, hasEverLateCalls }: Scenario, { conversationSid }: ScenarioChat): void {
  const times = fixture.countClosings(fixture.interaction(conversationSid)?.sid ?? '');
  // A call that was given up may still close it, after the call that replaced it.
  if (times > 1 && !hasEverLateCalls)
    throw new Error(`Rule 3: the interaction of ${conversationSid} was closed ${times} times`);
  if (fixture.isClosed(conversationSid) && fixture.noticeKinds(conversationSid).at(-1) !== 'chat-ended') {
    throw new Error(`Rule 3: the conversation ${conversationSid} was closed before the notice of its end`);
  }
}

/** Rule 3: the functions close no chat before its end. */
async function checkNotClosedByFunctions(fixture: FunctionsFixture, chat: ScenarioChat): Promise<void> {
  if (fixture.isOpen(chat.conversationSid)) {
    chat.mayBeClosed = false;
    return;
  }
  if (chat.mayBeClosed) return;
  const ledger = await fixture.ledger(chat.conversationSid);
  if (ledger !== undefined && ledger.ended === undefined) {
    throw new Error(`Rule 3: the chat ${chat.conversationSid} was closed before its end`);
  }
}
