/**
 * Twilio's identifiers: a two-letter prefix and 32 hexadecimal digits.
 * With a seed the same run makes the same SIDs, so that a failing property test can be replayed.
 */
import { createHash, randomBytes } from 'node:crypto';

/** Makes the next SID with this prefix, such as `WT` for a task. */
export type Sids = (prefix: string) => string;

export function createSids(seed?: string): Sids {
  let count = 0;
  return (prefix) => {
    const digits =
      seed === undefined
        ? randomBytes(16).toString('hex')
        : createHash('md5').update(`${seed}:${prefix}:${count++}`).digest('hex');
    return prefix + digits;
  };
}
