/** Retries as the plugin does: the same request up to three times, while the answer says that a retry may help. */

const MAX_ATTEMPTS = 3;
/** Before the second attempt the plugin waits 300–600 ms, before the third 900–1800 ms. */
const MIN_WAIT_MS = 300;

export interface RetryOptions<Answer> {
  readonly mayRetry: (answer: Answer) => boolean;
  readonly sleep: (ms: number) => void | Promise<void>;
  /** From 0 (the shortest wait) to 1 (the longest). */
  readonly random: () => number;
}

/** Sends the request, with retries. Returns the last answer. */
export async function sendWithRetries<Answer>(
  send: () => Promise<Answer>,
  { mayRetry, sleep, random }: RetryOptions<Answer>,
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await send();
    if (attempt === MAX_ATTEMPTS || !mayRetry(answer)) return answer;
    await sleep(MIN_WAIT_MS * 3 ** (attempt - 1) * (1 + random()));
  }
}
