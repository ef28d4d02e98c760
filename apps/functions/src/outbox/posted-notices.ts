/** Which notices are in the chat already. A notice that may have been posted is looked for before it is posted again. */
import type { Ledger, Notice, OutboxEntry, PlannedLane, TransferFailure } from '@chat-transfer/transfer-core';
import type { PostedNotices } from '../backend/backend';
import { TwilioCallError } from '../twilio/call';
import type { EffectPorts } from './run-effect';

export type { PostedNotices } from '../backend/backend';

/** Twilio's clocks and the `Date` of its answers may differ by this much. */
const CLOCK_MARGIN_MS = 10_000;

/**
 * Looks for the notices of a lane that may be in the chat, back to their first attempt, with one list of messages. Without
 * such notices, makes no call. Throws a transient failure while an earlier notice of another run is not in the chat: that
 * run may still post it, and later notices must come after it.
 */
export async function findPostedNotices(
  { backends }: Pick<EffectPorts, 'backends'>,
  ledger: Ledger,
  { work, after }: PlannedLane,
): Promise<PostedNotices | undefined> {
  const repeated = work.map(({ entry }) => entry).filter(({ attempts }) => attempts > 1);
  const wanted = [...after, ...repeated].flatMap(toNotice);
  if (wanted.length === 0) return undefined;
  const since = Math.min(...wanted.map(({ firstAttemptAt }) => firstAttemptAt));
  const posted = await backends[ledger.backend].findNotices(
    ledger,
    wanted.map(({ notice }) => notice),
    since - CLOCK_MARGIN_MS,
  );
  const isMissing = after.flatMap(toNotice).some(({ notice }) => !posted.ids.has(notice.id));
  if (isMissing) throw new NoticePendingError('keep the notices in order', undefined, undefined, undefined);
  return posted;
}

function toNotice({
  effect,
  firstAttemptAt = 0,
}: OutboxEntry): Array<{ notice: Notice; firstAttemptAt: number }> {
  return effect.kind === 'post-notice' ? [{ notice: effect.notice, firstAttemptAt }] : [];
}

/** Another run may be about to post a notice. If it has crashed, its notice is due when its time is over. */
class NoticePendingError extends TwilioCallError {
  override asFailure(): TransferFailure {
    return { code: 'busy' };
  }
}
