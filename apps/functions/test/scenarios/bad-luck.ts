/** Calls to Twilio that go wrong while one request is answered. */
import type { Backend } from '@chat-transfer/transfer-core';
import type { CallOptions, Line } from '../support/loopback-client';
import type { Mishap } from './step';

export type BadLuck = ReturnType<typeof createBadLuck>;

/** Which of Twilio's hosts do it, so that one script means the same on both backends. */
const HOSTS: Readonly<Record<Backend, Readonly<Record<Mishap['host'], string>>>> = {
  'programmable-chat': {
    tasks: 'taskrouter',
    release: 'taskrouter',
    chat: 'chat',
    ledger: 'sync',
    tokens: 'iam',
  },
  conversations: {
    tasks: 'taskrouter',
    release: 'flex-api',
    chat: 'conversations',
    ledger: 'sync',
    tokens: 'iam',
  },
};

export function createBadLuck(backend: Backend) {
  let current: (Mishap & { left: number }) | undefined;

  const isHit = ({ host, method, how, left }: Mishap & { left: number }, call: CallOptions): boolean => {
    const { hostname, pathname } = new URL(call.uri);
    return (
      left > 0 &&
      hostname.startsWith(`${HOSTS[backend][host]}.`) &&
      call.method.toUpperCase() === method &&
      (how !== 'denied' || pathname.endsWith('/Participants'))
    );
  };

  const line: Line = async <Answer>(call: CallOptions, pass: () => Promise<Answer>): Promise<Answer> => {
    if (current === undefined || !isHit(current, call)) return pass();
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
      case 'denied':
        await pass();
        return refusal(404, 20404) as Answer;
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
