/** Tracks which agents are in the chat, from the notices of their joining and leaving. */
import type { Notice, TextNotice } from '@chat-transfer/transfer-core';

interface PresentAgent {
  /** The public name. Two agents may have the same name. */
  readonly name: string;
  /** Notices of earlier versions have no key. */
  readonly authorKey?: string | undefined;
}

/** The agents in the chat, in the order of joining. An agent with two tasks of the chat is in the list twice. */
export type AgentsPresent = readonly PresentAgent[];

/** Returns the agents present after `notice`. */
export function applyNotice(present: AgentsPresent, notice: Notice | TextNotice): AgentsPresent {
  switch (notice.kind) {
    case 'agent-joined':
      return [...present, { name: notice.name, authorKey: notice.authorKey }];
    case 'agent-left': {
      const leaving =
        present.find(({ authorKey }) => authorKey !== undefined && authorKey === notice.authorKey) ??
        present.find(({ name }) => name === notice.name);
      return present.filter((agent) => agent !== leaving);
    }
    case 'chat-ended':
      return [];
    case 'customer-left':
    case 'transfer-started':
    case 'transfer-declined':
    case 'transfer-unanswered':
    case 'transfer-cancelled':
    case 'transfer-failed':
    case 'text':
      return present;
  }
}

/** Returns the names of the agents present. An agent who is in the list twice is named once. */
export function listNames(present: AgentsPresent): readonly string[] {
  const isFirst = ({ authorKey }: PresentAgent, index: number) =>
    authorKey === undefined || present.findIndex((agent) => agent.authorKey === authorKey) === index;
  return present.filter(isFirst).map(({ name }) => name);
}
