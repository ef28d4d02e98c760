/** How long the functions wait before they try something again. */

/**
 * The wait after the given attempt (1 for the first), in milliseconds. It doubles with every attempt up to
 * `maxMs`, and half of it is random, so that functions which failed together do not retry together.
 */
export function backoffMs(
  attempt: number,
  { firstMs, maxMs = Number.POSITIVE_INFINITY }: { readonly firstMs: number; readonly maxMs?: number },
): number {
  const longestMs = Math.min(firstMs * 2 ** (attempt - 1), maxMs);
  return longestMs * (0.5 + Math.random() / 2);
}
