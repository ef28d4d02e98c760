/** Calls to Twilio that go wrong while one request is answered. */
import type { Line } from '../testing/loopback-client';
import type { Mishap } from './step';

export type BadLuck = ReturnType<typeof createBadLuck>;

export function createBadLuck() {
  let current: (Mishap & { left: number }) | undefined;

  const line: Line = async <Answer>(
    { uri, method }: Parameters<Line>[0],
    pass: () => Promise<Answer>,
  ): Promise<Answer> => {
    const isHit =
      current !== undefined &&
      current.left > 0 &&
      new URL(uri).hostname.startsWith(`${current.host}.`) &&
      method.toUpperCase() === current.method;
    if (current === undefined || !isHit) return pass();
    current.left -= 1;
    switch (current.how) {
      case 'unavailable':
        return refusal(503, 20503) as Answer;
      case 'too-many':
        return refusal(429, 20429) as Answer;
      case 'lost-after':
        await pass();
        throw new Error('socket hang up');
      case 'lost-before':
        throw new Error('socket hang up');
    }
  };

  return {
    line,
    /** Runs something during which the mishap happens. */
    async strike<T>(mishap: Mishap, run: () => Promise<T>): Promise<T> {
      current = { ...mishap, left: mishap.times };
      try {
        return await run();
      } finally {
        current = undefined;
      }
    },
  };
}

/** As the helper library hands an answer of Twilio's on. */
const refusal = (statusCode: number, code: number) => ({
  statusCode,
  body: { status: statusCode, code, message: 'Injected' },
  headers: {},
});
