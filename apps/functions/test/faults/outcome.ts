/** How a chat is at the end of a run, in lines that are the same in every run: without SIDs, times and random ids. */
import { agentsInChat, authorKeyOf, type Ledger, planOutbox } from '@chat-transfer/transfer-core';
import type { FunctionsFixture } from '../support/functions-fixture';
import { findNoticeProblem } from '../support/notice-order';

export interface Outcome {
  /** One fact a line. */
  readonly lines: readonly string[];
  /** What is wrong whatever happened before. */
  readonly problems: readonly string[];
}

/** Their names are their chat identities. */
const WORKERS = ['alice', 'bob', 'carol'];

export async function readOutcome(fixture: FunctionsFixture, conversationSid: string): Promise<Outcome> {
  const tasks = fixture.tasks(conversationSid);
  const channel = fixture.channel(conversationSid);
  const ledger = await fixture.ledger(conversationSid);
  const agents = fixture.agents(conversationSid);
  const names = new Map<string, string>([
    [conversationSid, 'the chat'],
    ...tasks.map(({ sid }, index): [string, string] => [sid, `task ${index + 1}`]),
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
  const lines = [
    ...tasks.map(({ sid, status, attributes, reservations }) =>
      formatLine(`${names.get(sid)} at TaskRouter`, {
        status,
        attributes,
        reservations: reservations.map((live) => `${live.workerName} ${live.status}`),
      }),
    ),
    formatLine('agents in the chat', agents),
    formatLine('the customer is in the chat', fixture.hasCustomer(conversationSid)),
    formatLine('the chat', fixture.isOpen(conversationSid) ? 'open' : 'ended'),
    formatLine('chat attributes', withoutSignature(channel.attributes)),
    formatLine('texts', readTexts(fixture, conversationSid)),
    ...notices.map((notice, index) => formatLine(`notice ${index + 1}`, notice)),
    ...(ledger === undefined ? ['no ledger'] : ledgerLines(ledger, formatLine)),
  ];

  const noticeProblem = findNoticeProblem(notices);
  const transferIds = tasks.flatMap(({ attributes }) => attributes.transferId ?? []);
  const due = ledger === undefined ? [] : listDueEffects(ledger, fixture.clock.nowMs());
  const inLedger =
    ledger === undefined ? [] : [...new Set(agentsInChat(ledger).map(({ identity }) => identity))].sort();
  const isAlone = agents.length === 0 && tasks.every(({ status }) => !OPEN.includes(status));
  return {
    lines,
    problems: [
      ...(noticeProblem === undefined ? [] : [noticeProblem]),
      ...(new Set(transferIds).size < transferIds.length ? ['a transfer has two tasks'] : []),
      ...(fixture.isHalfClosed(conversationSid)
        ? ['only one of conversation and interaction is closed']
        : []),
      ...fixture.leftoverAgents(conversationSid).map((agent) => `the interaction still has ${agent}`),
      ...due.map((id) => `the effect ${id} is not done`),
      ...(ledger !== undefined && agents.join() !== inLedger.join()
        ? [`agents in the chat: ${agents.join()}; in the ledger: ${inLedger.join()}`]
        : []),
      ...(ledger !== undefined && isAlone && ledger.ended === undefined
        ? ['the customer is alone in an open chat']
        : []),
    ],
  };
}

/** The texts that the customer received. */
const readTexts = ({ sandbox }: FunctionsFixture, chat: string) =>
  sandbox.texts().flatMap(({ conversationSid, body }) => (conversationSid === chat ? body : []));

const OPEN: readonly string[] = ['pending', 'reserved', 'assigned'];

function ledgerLines(
  { tasks, transfer, past, ended }: Ledger,
  formatLine: (subject: string, value: unknown) => string,
) {
  return [
    ...Object.entries(tasks)
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

/** Without times, and with members in alphabetical order. */
function removeTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(removeTimes);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => !/At$|^answerBy$/.test(key))
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

/** The ids of the effects that the next run would execute or wait for. */
function listDueEffects(ledger: Ledger, nowMs: number): string[] {
  const plan = planOutbox(ledger, 'test', nowMs);
  switch (plan.step) {
    case 'nothing':
      return [];
    case 'wait':
      return ['claimed by another run'];
    case 'run':
      return [...plan.claims];
  }
}
