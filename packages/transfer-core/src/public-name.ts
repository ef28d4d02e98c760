/** The public name of an agent, which customers see. Customers must not see full names, identities and SIDs. */
import * as v from 'valibot';

/** The longest name in a notice, in characters. `publicNameOf` cuts longer names, so that a notice fits into 4 KB. */
export const MAX_NAME_LENGTH = 100;

/** Parses a value that is not text as absent, so that one malformed name does not hide the other. */
const NameSchema = v.fallback(v.optional(v.pipe(v.string(), v.trim())), undefined);

const WorkerNamesSchema = v.object({ public_identity: NameSchema, full_name: NameSchema });

/**
 * Returns `public_identity`, else the first word of `full_name`, else `fallback`.
 * @param workerAttributes the parsed attributes of a TaskRouter worker
 */
export function publicNameOf(workerAttributes: unknown, fallback: string): string {
  const parsed = v.safeParse(WorkerNamesSchema, workerAttributes);
  const names = parsed.success ? parsed.output : {};
  const name = names.public_identity || names.full_name?.split(/\s+/)[0] || fallback;
  return name.slice(0, MAX_NAME_LENGTH);
}
