/**
 * Whether what the functions say is true: their notices against who is in the chat, and their data against Twilio's limits.
 * Everything is read from the chat itself, over all its messages. Call it when no effect is left to run.
 */
import type { Ledger, Notice } from '@chat-transfer/transfer-core';
import type { FunctionsFixture } from './functions-fixture';
import { findNoticeProblem } from './notice-order';

/** What the functions could not know. */
export interface UnknownFacts {
  /** Tasks whose agent was in the chat before it had a ledger: no notice says that they joined. */
  readonly adoptedTasks?: ReadonlySet<string>;
  /** The author keys of the agents who were in this chat before it had a ledger. */
  readonly adoptedKeys?: ReadonlySet<string>;
  /** Who accepted a task that TaskRouter has deleted meanwhile. */
  readonly agentOf?: (taskSid: string) => string | undefined;
}

/** `[]` when everything is true. */
export function findUntruths(
  fixture: FunctionsFixture,
  ledger: Ledger,
  { adoptedTasks = new Set(), adoptedKeys = new Set(), agentOf = () => undefined }: UnknownFacts = {},
): string[] {
  const { conversationSid } = ledger;
  const notices = fixture.notices(conversationSid);
  const orderProblem = findNoticeProblem(notices, { tasks: adoptedTasks, authorKeys: adoptedKeys });
  return [
    ...(orderProblem === undefined ? [] : [orderProblem]),
    ...(ledger.ended === undefined
      ? findPresenceUntruths(fixture, ledger, { notices, adoptedTasks, agentOf })
      : []),
    ...findExceededLimits(fixture, ledger),
  ];
}

/** Notices about agents: an agent announced as gone is out, and one announced as present is in. */
function findPresenceUntruths(
  fixture: FunctionsFixture,
  { conversationSid, tasks }: Ledger,
  {
    notices,
    adoptedTasks,
    agentOf,
  }: Required<Omit<UnknownFacts, 'adoptedKeys'>> & { readonly notices: readonly Notice[] },
): string[] {
  const inChat = new Set(fixture.agents(conversationSid));
  const findAgent = (taskSid: string): string | undefined =>
    fixture
      .task(taskSid)
      ?.reservations.find(({ status }) => ['accepted', 'wrapping', 'completed'].includes(status))
      ?.workerName ??
    agentOf(taskSid) ??
    Object.entries(tasks).find(([sid]) => sid === taskSid)?.[1].worker?.identity;
  const announced = readAnnouncements(notices, findAgent);
  const adopted = new Set([...adoptedTasks].flatMap((sid) => findAgent(sid) ?? []));
  const known = [...announced].filter(([agent]) => !adopted.has(agent));
  return [
    ...known.flatMap(([agent, is]) =>
      is === 'out' && inChat.has(agent)
        ? [`the last notice says that ${agent} left, and ${agent} is in the chat`]
        : [],
    ),
    ...known.flatMap(([agent, is]) =>
      is === 'in' && !inChat.has(agent)
        ? [`the last notice says that ${agent} joined, and ${agent} is not in the chat`]
        : [],
    ),
    ...[...inChat]
      .filter((agent) => !announced.has(agent) && !adopted.has(agent))
      .map((agent) => `${agent} is in the chat, and no notice says so`),
  ];
}

/** What the last notice about each agent says. */
function readAnnouncements(
  notices: readonly Notice[],
  findAgent: (taskSid: string) => string | undefined,
): ReadonlyMap<string, 'in' | 'out'> {
  const announced = new Map<string, 'in' | 'out'>();
  for (const { id, kind } of notices) {
    if (kind !== 'agent-joined' && kind !== 'agent-left') continue;
    const agent = findAgent(id.replace(`${kind}:`, ''));
    if (agent !== undefined) announced.set(agent, kind === 'agent-joined' ? 'in' : 'out');
  }
  return announced;
}

/** https://www.twilio.com/docs/sync/limits */
const MAX_DOCUMENT_BYTES = 16 * 1024;
/** https://www.twilio.com/docs/taskrouter/limits */
const MAX_TASK_ATTRIBUTES = 4096;
/** https://www.twilio.com/docs/conversations/conversations-limits */
const MAX_MESSAGE_ATTRIBUTES_BYTES = 4 * 1024;

function findExceededLimits(fixture: FunctionsFixture, ledger: Ledger): string[] {
  const { conversationSid } = ledger;
  const sizes = [
    { what: 'the ledger', size: jsonBytes(ledger), limit: MAX_DOCUMENT_BYTES },
    ...fixture.tasks(conversationSid).map(({ sid, attributes }) => ({
      what: `the attributes of ${sid}`,
      size: JSON.stringify(attributes).length,
      limit: MAX_TASK_ATTRIBUTES,
    })),
    ...fixture.channel(conversationSid).messages.map(({ attributes }) => ({
      what: 'the attributes of a message',
      size: jsonBytes(attributes),
      limit: MAX_MESSAGE_ATTRIBUTES_BYTES,
    })),
  ];
  return sizes.flatMap(({ what, size, limit }) =>
    size > limit ? [`${what} have the size ${size}, over ${limit}`] : [],
  );
}

const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value ?? null));
