/**
 * One entry of the outbox: an effect that is decided and not acknowledged, and the state of its execution. Only the files of
 * this folder read the state.
 */
import * as v from 'valibot';
import { EffectSchema } from '../effects';

/**
 * Longer than a function works (9 s), so the run that has an expired claim makes no more calls. Twilio's time is known to the
 * second, so two hosts may differ by a little more than two seconds.
 */
export const CLAIM_MS = 13_000;

/** How long a call that got no answer may still take effect at Twilio. */
export const LANDING_MS = 45_000;

/**
 * - `pending`: no run executes it.
 * - `claimed`: the run `by` executes it. No other run does before `until`.
 * - `unconfirmed`: a run has executed it, and its result is not known to the ledger. From `until` on, the next run checks it.
 */
const EntryStateSchema = v.variant('kind', [
  v.object({ kind: v.literal('pending') }),
  v.object({ kind: v.literal('claimed'), by: v.string(), until: v.number() }),
  v.object({ kind: v.literal('unconfirmed'), until: v.number() }),
]);
export type EntryState = v.InferOutput<typeof EntryStateSchema>;

export const OutboxEntrySchema = v.object({
  /** Unique in the outbox: the id of the effect, with a number if an earlier copy of the effect is in the outbox. */
  id: v.string(),
  effect: EffectSchema,
  /** How often a run has claimed it. A second attempt first checks whether an earlier one succeeded. */
  attempts: v.number(),
  /** When the first run claimed it (ms since 1970). What that run made at Twilio is not older. */
  firstAttemptAt: v.exactOptional(v.number()),
  /**
   * Until when an attempt that Twilio did not answer may still take effect (ms since 1970). Until then, a run looks for a
   * transfer task and creates no other one. Any other effect is executed again, and checked later.
   */
  mayLandUntil: v.exactOptional(v.number()),
  state: EntryStateSchema,
});
export type OutboxEntry = v.InferOutput<typeof OutboxEntrySchema>;

export type Outbox = readonly OutboxEntry[];
