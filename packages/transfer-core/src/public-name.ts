/**
 * The name of an agent that a customer may read. Full names, identities and SIDs stay inside the account.
 */
import * as v from 'valibot';

/** What a notice may hold as a name; longer ones are cut, so that a notice stays within its 4 KB. */
export const MAX_NAME_LENGTH = 100;

/** Anything but text reads as absent, so that one odd key does not hide the other. */
const NameSchema = v.fallback(v.optional(v.pipe(v.string(), v.trim())), undefined);

const WorkerNamesSchema = v.object({ public_identity: NameSchema, full_name: NameSchema });

/**
 * `public_identity`, else the first word of `full_name`, else `fallback`.
 * @param workerAttributes the attributes of a TaskRouter worker, parsed; anything unexpected counts as absent
 */
export function publicNameOf(workerAttributes: unknown, fallback: string): string {
  const parsed = v.safeParse(WorkerNamesSchema, workerAttributes);
  const names = parsed.success ? parsed.output : {};
  const name = names.public_identity || names.full_name?.split(/\s+/)[0] || fallback;
  return name.slice(0, MAX_NAME_LENGTH);
}
