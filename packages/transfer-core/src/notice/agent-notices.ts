/**
 * Notices that only agents are to see. A customer who texts would get a message of the conversation as a text; so what
 * must not be texted is kept in the conversation's attributes, which no client of theirs could read. Even so it holds
 * nothing a customer may not know: it is the same notice.
 */
import * as v from 'valibot';
import { type Notice, NoticeSchema } from './notice';

/** Conversation attributes may hold 16 KB of everybody's, a notice up to 4: https://www.twilio.com/docs/conversations-classic/attributes */
const MAX_AGENT_NOTICES = 20;

const KEY = 'chatTransfer';

const AgentNoticesSchema = v.object({ [KEY]: v.object({ notices: v.array(v.unknown()) }) });

type Attributes = Readonly<Record<string, unknown>>;

/** Of a conversation's attributes, oldest first; those that this reader does not understand are left out. */
export function parseAgentNotices(attributes: unknown): readonly Notice[] {
  const parsed = v.safeParse(AgentNoticesSchema, attributes);
  if (!parsed.success) return [];
  return parsed.output[KEY].notices.flatMap((value) => {
    const notice = v.safeParse(NoticeSchema, value);
    return notice.success ? [notice.output] : [];
  });
}

/** The attributes with one more notice; the same attributes when it is there. */
export function withAgentNotice(attributes: Attributes, notice: Notice): Attributes {
  if (parseAgentNotices(attributes).some(({ id }) => id === notice.id)) return attributes;
  // Also those of a newer version of ours.
  const kept = v.safeParse(AgentNoticesSchema, attributes);
  const notices = kept.success ? kept.output[KEY].notices : [];
  return { ...attributes, [KEY]: { notices: [...notices, notice].slice(-MAX_AGENT_NOTICES) } };
}
