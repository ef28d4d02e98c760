/**
 * Twilio's identifiers: a two-letter prefix and 32 hexadecimal digits.
 * With a seed the same run makes the same SIDs, so that a failing property test can be replayed.
 */
import { createHash, randomBytes } from 'node:crypto';

/** Makes the next SID with this prefix, such as `WT` for a task. */
export type Sids = (prefix: string) => string;

/** A seed that is a function is asked for each SID. */
export function createSids(seed?: string | (() => string)): Sids {
  // Counted per kind: the SID of a workflow must not depend on how many users came by before it was made.
  const made = new Map<string, number>();
  return (prefix) => {
    const count = made.get(prefix) ?? 0;
    made.set(prefix, count + 1);
    const digits =
      seed === undefined
        ? randomBytes(16).toString('hex')
        : createHash('md5')
            .update(`${typeof seed === 'string' ? seed : seed()}:${prefix}:${count}`)
            .digest('hex');
    return prefix + digits;
  };
}
