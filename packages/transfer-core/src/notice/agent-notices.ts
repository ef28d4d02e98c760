/**
 * Notices for agents only. A customer who texts receives every message of the conversation as a text, so a notice that
 * must not be texted is stored in the conversation's attributes. Such a customer has no client that could read the
 * attributes, and a notice contains nothing that customers must not know.
 */
import * as v from 'valibot';
import { type Notice, NoticeSchema } from './notice';

/**
 * Conversation attributes hold up to 16 KB, including the keys of other code. One notice takes up to 4 KB.
 * https://www.twilio.com/docs/conversations-classic/attributes
 */
const MAX_AGENT_NOTICES = 20;

const KEY = 'chatTransfer';

const AgentNoticesSchema = v.object({ [KEY]: v.object({ notices: v.array(v.unknown()) }) });

type Attributes = Readonly<Record<string, unknown>>;

/** Whether a conversation's attributes may lack notices, because the list keeps the latest ones only. */
export const areAgentNoticesFull = (attributes: unknown): boolean =>
  parseAgentNotices(attributes).length >= MAX_AGENT_NOTICES;

/** Returns the notices in a conversation's attributes, oldest first, without those of an unknown kind or version. */
export function parseAgentNotices(attributes: unknown): readonly Notice[] {
  const parsed = v.safeParse(AgentNoticesSchema, attributes);
  if (!parsed.success) return [];
  return parsed.output[KEY].notices.flatMap((value) => {
    const notice = v.safeParse(NoticeSchema, value);
    return notice.success ? [notice.output] : [];
  });
}

/** Returns the attributes with one more notice; the same attributes if they have it already. */
export function withAgentNotice(attributes: Attributes, notice: Notice): Attributes {
  if (parseAgentNotices(attributes).some(({ id }) => id === notice.id)) return attributes;
  // The list is not parsed as notices, so that notices of a newer version stay.
  const parsed = v.safeParse(AgentNoticesSchema, attributes);
  const notices = parsed.success ? parsed.output[KEY].notices : [];
  return { ...attributes, [KEY]: { notices: [...notices, notice].slice(-MAX_AGENT_NOTICES) } };
}
