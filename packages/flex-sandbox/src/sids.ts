/**
 * Creates SIDs: a two-letter prefix and 32 hexadecimal digits.
 * With a seed, the same run creates the same SIDs, so that a failing property test can be repeated.
 */
import { createHash, randomBytes } from 'node:crypto';

/** Creates the next SID with this prefix, such as `WT` for a task. */
export type Sids = (prefix: string) => string;

/** Without a seed, SIDs are random. A seed function is called for each SID. */
export function createSids(seed?: string | (() => string)): Sids {
  // Each prefix has its own count: the SID of a workflow must not depend on how many users exist.
  const counts = new Map<string, number>();
  return (prefix) => {
    const count = counts.get(prefix) ?? 0;
    counts.set(prefix, count + 1);
    const digits =
      seed === undefined
        ? randomBytes(16).toString('hex')
        : createHash('md5')
            .update(`${typeof seed === 'string' ? seed : seed()}:${prefix}:${count}`)
            .digest('hex');
    return prefix + digits;
  };
}
