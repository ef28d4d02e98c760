/** How a chat is at the end of a run, in lines that are the same in every run: without SIDs, times and random ids. */
import { agentsInChat, authorKeyOf, findTransfer, type Ledger } from '@chat-transfer/transfer-core';
import { findUntruths } from '../support/chat-truth';
import type { FunctionsFixture, TaskSnapshot } from '../support/functions-fixture';
import { findNoticeProblem } from '../support/notice-order';

export interface Outcome {
  /** One fact a line. */
  readonly lines: readonly string[];
  /** What is wrong whatever happened before. */
  readonly problems: readonly string[];
  /** Whether the transfer of the trigger failed as it should: with a corrected notice, and its agent in the chat. */
  readonly hasFailed: boolean;
}

/** Their names are their chat identities. */
const WORKERS = ['alice', 'bob', 'carol'];

export async function readOutcome(
  fixture: FunctionsFixture,
  conversationSid: string,
  transferId = '',
): Promise<Outcome> {
  const tasks = fixture.tasks(conversationSid);
  const channel = fixture.channel(conversationSid);
  const ledger = await fixture.ledger(conversationSid);
  const agents = fixture.agents(conversationSid);
  const taskSids = listTasksByAge(ledger, tasks);
  const names = new Map<string, string>([
    [conversationSid, 'the chat'],
    ...taskSids.map((sid, index): [string, string] => [sid, `task ${index + 1}`]),
    ...[...fixture.queues()].map(([name, sid]): [string, string] => [sid, name]),
    ...WORKERS.map((name): [string, string] => [fixture.workerSid(name), name]),
    ...WORKERS.map((name): [string, string] => [authorKeyOf(conversationSid, name), `key of ${name}`]),
  ]);
  const formatLine = (subject: string, value: unknown) =>
    renameIds(
      `${subject}: ${JSON.stringify(removeTimes(JSON.parse(renameIds(JSON.stringify(value), names))))}`,
      names,
    );

  const notices = fixture.notices(conversationSid);
  const extras = ledger === undefined ? new Set<string>() : findExtraTasks(ledger);
  const lines = [
    // TaskRouter deletes a closed task after five minutes.
    ...tasks.filter(isNotClosed).map(({ sid, status, attributes, reservations }) =>
      formatLine(`${names.get(sid)} at TaskRouter`, {
        status,
        attributes: withoutWithdrawals(attributes),
        reservations: reservations.map((live) => `${live.workerName} ${live.status}`),
      }),
    ),
    formatLine('agents in the chat', agents),
    formatLine('the customer is in the chat', fixture.hasCustomer(conversationSid)),
    formatLine('the chat', fixture.isOpen(conversationSid) ? 'open' : 'ended'),
    formatLine('chat attributes', withoutTasks(withoutSignature(channel.attributes), extras)),
    formatLine('texts', readTexts(fixture, conversationSid)),
    ...notices.map((notice, index) => formatLine(`notice ${index + 1}`, notice)),
    ...(ledger === undefined ? ['no ledger'] : ledgerLines(ledger, extras, formatLine)),
  ];

  const noticeProblem = findNoticeProblem(notices);
  const transferIds = tasks.filter(isNotClosed).flatMap(({ attributes }) => attributes.chatTransferId ?? []);
  const inLedger =
    ledger === undefined ? [] : [...new Set(agentsInChat(ledger).map(({ identity }) => identity))].sort();
  const isAlone = agents.length === 0 && tasks.every(({ status }) => !OPEN.includes(status));
  return {
    lines,
    problems: [
      ...(ledger === undefined && noticeProblem !== undefined ? [noticeProblem] : []),
      ...(ledger === undefined ? [] : findUntruths(fixture, ledger)),
      ...(new Set(transferIds).size < transferIds.length ? ['a transfer has two open tasks'] : []),
      ...(fixture.isHalfClosed(conversationSid)
        ? ['only one of conversation and interaction is closed']
        : []),
      ...fixture.leftoverAgents(conversationSid).map((agent) => `the interaction still has ${agent}`),
      ...(ledger?.outbox ?? []).map(({ effect }) => `the effect ${effect.kind} is still in the outbox`),
      ...(ledger !== undefined && agents.join() !== inLedger.join()
        ? [`agents in the chat: ${agents.join()}; in the ledger: ${inLedger.join()}`]
        : []),
      ...(ledger !== undefined && isAlone && ledger.ended === undefined
        ? ['the customer is alone in an open chat']
        : []),
    ],
    hasFailed: ledger !== undefined && hasFailed(fixture, ledger, transferId),
  };
}

/** SIDs, the oldest first. TaskRouter may have deleted a task that the ledger has, and have one that it has not. */
function listTasksByAge(ledger: Ledger | undefined, tasks: readonly TaskSnapshot[]): readonly string[] {
  const ages = new Map([
    ...Object.entries(ledger?.tasks ?? {}).map(([sid, task]): [string, number] => [sid, task.openedAt]),
    ...tasks.map(({ sid, createdAtMs }): [string, number] => [sid, createdAtMs]),
  ]);
  return [...ages].sort(([, a], [, b]) => a - b).map(([sid]) => sid);
}

/** Whether the transfer has failed and left everything as it was, but for its notices. */
function hasFailed(fixture: FunctionsFixture, ledger: Ledger, transferId: string): boolean {
  const transfer = findTransfer(ledger, transferId);
  if (transfer?.state !== 'failed') return false;
  const { conversationSid } = ledger;
  const { originalTaskSid, from } = transfer;
  const tasks = fixture.tasks(conversationSid).filter(({ status }) => OPEN.includes(status));
  const kinds = fixture.noticeKinds(conversationSid);
  const isCorrected = kinds.includes('transfer-started') === kinds.includes('transfer-failed');
  return (
    tasks.map(({ sid }) => sid).join() === originalTaskSid &&
    ledger.tasks[originalTaskSid]?.state === 'active' &&
    fixture.agents(conversationSid).includes(from.identity) &&
    !kinds.includes('agent-left') &&
    isCorrected
  );
}

/** The texts that the customer received. */
const readTexts = ({ sandbox }: FunctionsFixture, chat: string) =>
  sandbox.texts().flatMap(({ conversationSid, body }) => (conversationSid === chat ? body : []));

const OPEN: readonly string[] = ['pending', 'reserved', 'assigned'];
const isNotClosed = ({ status }: TaskSnapshot): boolean => !['completed', 'canceled'].includes(status);

/**
 * Tasks that a call created after it was given up. They are cancelled, and no agent and no customer sees them: a run with
 * them is like one without.
 */
function findExtraTasks(ledger: Ledger): ReadonlySet<string> {
  const extras = Object.entries(ledger.tasks).filter(
    ([sid, { state, worker, transferId }]) =>
      state === 'closed' &&
      worker === undefined &&
      transferId !== undefined &&
      findTransfer(ledger, transferId)?.transferTaskSid !== sid,
  );
  return new Set(extras.map(([sid]) => sid));
}

/** A later run may find nothing to withdraw, because the offer has ended meanwhile. */
function withoutWithdrawals(attributes: object): object {
  const { chatTransferWithdrawn: _withdrawn, ...rest } = { chatTransferWithdrawn: undefined, ...attributes };
  return rest;
}

/** The chat's attributes without the entries of these tasks in `associatedTasks`. */
function withoutTasks(attributes: unknown, sids: ReadonlySet<string>): unknown {
  if (typeof attributes !== 'object' || attributes === null || !('associatedTasks' in attributes))
    return attributes;
  const kept = Object.entries(attributes.associatedTasks ?? {}).filter(([sid]) => !sids.has(sid));
  return { ...attributes, associatedTasks: Object.fromEntries(kept) };
}

function ledgerLines(
  { tasks, transfer, past, ended }: Ledger,
  extras: ReadonlySet<string>,
  formatLine: (subject: string, value: unknown) => string,
) {
  return [
    ...Object.entries(tasks)
      .filter(([sid]) => !extras.has(sid))
      .map(([sid, task]) => formatLine(`ledger: ${sid}`, task))
      .sort(),
    formatLine('ledger: open transfer', transfer ?? null),
    ...past.map((transferInPast) => formatLine('ledger: past transfer', transferInPast)),
    formatLine('ledger: ended', ended?.by ?? null),
  ];
}

/** The signed list of tasks repeats `associatedTasks`. Its signature covers SIDs, which differ in every run. */
function withoutSignature(attributes: unknown): unknown {
  const { chatTransferTasks: _signed, ...rest } = Object(attributes);
  return rest;
}

/**
 * Without times, and with members in alphabetical order. `cancelledBy` is left out: an agent may have asked to cancel a
 * transfer that ended otherwise.
 */
function removeTimes(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(removeTimes);
    // A list of SIDs has the order of the SIDs, which differ in every run. By now they are names.
    return items.every((item) => typeof item === 'string') ? items.sort() : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => !/At$|^answerBy$|^cancelledBy$|^signature$/.test(key))
    .map(([key, member]): [string, unknown] => [key, removeTimes(member)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Known SIDs and keys become names, other ids their kind. */
function renameIds(text: string, names: ReadonlyMap<string, string>): string {
  return text
    .replace(/\b[A-Z]{2}[0-9a-f]{32}\b/g, (sid) => names.get(sid) ?? sid.slice(0, 2))
    .replace(/\b[0-9a-f]{16}\b/g, (key) => names.get(key) ?? key)
    .replace(/customer-[0-9a-f-]{36}|\+1500555\d{4}/g, 'customer')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'the transfer');
}
