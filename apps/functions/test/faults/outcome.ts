/** How a chat stands in the end, in words that are the same in every run: no SID, no time, nothing that only a run has. */
import { agentsInChat, dueEntries, type Ledger } from '@chat-transfer/transfer-core';
import type { FunctionsFixture } from '../support/functions-fixture';

export interface Outcome {
  /** Everything that matters, one thing a line. */
  readonly lines: readonly string[];
  /** What is wrong in any run, whatever went before. */
  readonly problems: readonly string[];
}

export async function readOutcome(world: FunctionsFixture, conversationSid: string): Promise<Outcome> {
  const tasks = world.tasks(conversationSid);
  const channel = world.channel(conversationSid);
  const ledger = await world.ledger(conversationSid);
  const agents = world.agents(conversationSid);
  const leftOver = world.leftOver(conversationSid);
  const names = new Map<string, string>([
    [conversationSid, 'the chat'],
    ...tasks.map(({ sid }, index): [string, string] => [sid, `task ${index + 1}`]),
    ...[...world.queues()].map(([name, sid]): [string, string] => [sid, name]),
    ...['alice', 'bob', 'carol'].map((name): [string, string] => [world.workerSid(name), name]),
  ]);
  const say = (what: string, value: unknown) =>
    rename(`${what}: ${JSON.stringify(steady(JSON.parse(rename(JSON.stringify(value), names))))}`, names);

  const notices = world.notices(conversationSid);
  const lines = [
    ...tasks.map(({ sid, status, attributes, reservations }) =>
      say(`${names.get(sid)} at TaskRouter`, {
        status,
        attributes,
        reservations: reservations.map((live) => `${live.workerName} ${live.status}`),
      }),
    ),
    say('agents in the chat', agents),
    say('the chat', world.isOpen(conversationSid) ? 'open' : 'ended'),
    say('chat attributes', channel.attributes),
    say('texted', textsTo(world, conversationSid)),
    ...notices.map((notice, index) => say(`notice ${index + 1}`, notice)),
    ...(ledger === undefined ? ['no ledger'] : ledgerLines(ledger, say)),
  ];

  const ids = notices.map(({ id }) => id);
  const ofTransfer = tasks.filter(({ attributes }) => attributes.transferId !== undefined);
  const transferIds = ofTransfer.map(({ attributes }) => attributes.transferId);
  const due = ledger === undefined ? [] : dueEntries(ledger, world.clock.nowMs());
  const active =
    ledger === undefined ? [] : [...new Set(agentsInChat(ledger).map(({ identity }) => identity))].sort();
  const isAlone = agents.length === 0 && tasks.every(({ status }) => !OPEN.includes(status));
  return {
    lines,
    problems: [
      ...(new Set(ids).size < ids.length ? [`a notice is there twice: ${kinds(ids)}`] : []),
      ...(isInOrder(ids) ? [] : [`the notices are out of order: ${kinds(ids)}`]),
      ...(new Set(transferIds).size < transferIds.length ? ['a transfer has two tasks'] : []),
      ...(world.isHalfClosed(conversationSid) ? ['only half of the chat is closed'] : []),
      ...leftOver.map((agent) => `the interaction still has ${agent}`),
      ...due.map(({ effect }) => `not done: ${effect.kind}`),
      ...(ledger !== undefined && agents.join() !== active.join()
        ? [`in the chat: ${agents.join()}; in the ledger: ${active.join()}`]
        : []),
      ...(ledger !== undefined && isAlone && ledger.ended === undefined ? ['the customer is alone'] : []),
    ],
  };
}

/** What came to the phone of a customer who texts. */
const textsTo = ({ sandbox }: FunctionsFixture, chat: string) =>
  sandbox.texts().flatMap(({ conversationSid, body }) => (conversationSid === chat ? body : []));

const OPEN: readonly string[] = ['pending', 'reserved', 'assigned'];

/** Nobody leaves before joining, nothing becomes of a transfer before its start, and the end is the end. */
function isInOrder(ids: readonly string[]): boolean {
  return ids.every((id, index) => {
    const before = ids.slice(0, index);
    const [kind = '', subject] = id.split(':');
    const first =
      kind === 'agent-left' ? 'agent-joined' : kind.startsWith('transfer-') ? 'transfer-started' : kind;
    return (first === kind || before.includes(`${first}:${subject}`)) && !before.includes('chat-ended');
  });
}

const kinds = (ids: readonly string[]) => ids.map((id) => id.split(':')[0]).join(', ');

function ledgerLines(
  { tasks, transfer, past, ended }: Ledger,
  say: (what: string, value: unknown) => string,
) {
  return [
    ...Object.entries(tasks)
      .map(([sid, task]) => say(`ledger: ${sid}`, task))
      .sort(),
    say('ledger: open transfer', transfer ?? null),
    ...past.map((over) => say('ledger: past transfer', over)),
    say('ledger: ended', ended?.by ?? null),
  ];
}

/** Without times, its members in one order. */
function steady(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(steady);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => !/At$|^answerBy$/.test(key))
    .map(([key, member]): [string, unknown] => [key, steady(member)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function rename(text: string, names: ReadonlyMap<string, string>): string {
  return text
    .replace(/\b[A-Z]{2}[0-9a-f]{32}\b/g, (sid) => names.get(sid) ?? sid.slice(0, 2))
    .replace(/customer-[0-9a-f-]{36}|\+1500555\d{4}/g, 'customer')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'the transfer');
}
