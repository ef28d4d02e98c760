import {
  type CancelTransferAnswer,
  parseConversationSid,
  parseTaskSid,
  type StartTransferAnswer,
  type StartTransferForm,
  type TaskAnswer,
  type TransferTarget,
} from '@chat-transfer/transfer-core';
import { describe, expect, it, vi } from 'vitest';
import type { ChatTask } from '../chat-task';
import type { RequestFailure } from '../failure-notification';
import type { ApiResult } from '../transfer-api';
import type { AgentNotifications } from './call-functions';
import { createTransferCanceller } from './cancel-transfer';
import { createCompleteTask } from './complete-task';
import { createTransferTask } from './transfer-task';
import { createWrapupTask } from './wrapup-task';

function aChat(digit: string): ChatTask {
  const taskSid = parseTaskSid(`WT${digit.repeat(32)}`);
  const conversationSid = parseConversationSid(`CH${digit.repeat(32)}`);
  if (taskSid === undefined || conversationSid === undefined) {
    throw new Error('Failed to build a chat: the digit gives no valid SID. Use a hexadecimal digit.');
  }
  return { taskSid, conversationSid };
}
const chat = aChat('1');
const workerSid = `WK${'3'.repeat(32)}`;
const queueSid = `WQ${'4'.repeat(32)}`;

/** Notifications that record what the agent sees, in order. */
function recordNotifications() {
  const seen: string[] = [];
  let isShown = false;
  const notifications: AgentNotifications = {
    setStillTrying: (isTrying) => {
      // Hiding a notification that is already hidden changes nothing for the agent.
      if (isTrying !== isShown) seen.push(isTrying ? 'still trying' : 'hidden: still trying');
      isShown = isTrying;
    },
    showTransferCancelled: () => seen.push('cancelled'),
    showNoticesPending: () => seen.push('notices pending'),
    showFailure: (outcome, { code }) => seen.push(`${outcome}: ${code}`),
    dismissFailures: () => seen.push('dismissed'),
  };
  return { seen, notifications };
}

const failWith = (code: RequestFailure['code']): ApiResult<never> => ({
  ok: false,
  failure: { code, message: 'no' },
});

describe('createTransferTask', () => {
  const started: StartTransferAnswer = {
    ok: true,
    transferId: 'id',
    transferTaskSid: 'WT',
    released: false,
    done: [],
    pending: [],
  };

  function setUp(
    answer: () => Promise<ApiResult<StartTransferAnswer>> = async () => ({ ok: true, answer: started }),
  ) {
    const { seen, notifications } = recordNotifications();
    const requests: Omit<StartTransferForm, 'token'>[] = [];
    const targets = new Map<string, TransferTarget>();
    let clicks = 0;
    const transferTask = createTransferTask({
      api: {
        startTransfer: (request) => {
          requests.push(request);
          return answer();
        },
      },
      notifications,
      closeDirectory: async () => {
        seen.push('directory closed');
      },
      createTransferId: () => `click-${++clicks}`,
      targets,
    });
    return { seen, requests, targets, transferTask };
  }

  it('starts the transfer and closes the directory without a notification', async () => {
    const { seen, requests, transferTask } = setUp();
    await transferTask(chat, { targetSid: workerSid, options: { mode: 'COLD' } });

    expect(requests).toEqual([{ ...chat, transferId: 'click-1', targetSid: workerSid, mode: 'cold' }]);
    expect(seen).toEqual(['dismissed', 'directory closed']);
  });

  it('remembers whom each transfer is for', async () => {
    const { targets, transferTask } = setUp();
    await transferTask(chat, { targetSid: workerSid });
    await transferTask(chat, { targetSid: queueSid });
    expect([...targets]).toEqual([
      ['click-1', { kind: 'worker', workerSid }],
      ['click-2', { kind: 'queue', queueSid }],
    ]);
  });

  it.each([
    ['WARM', 'warm'],
    ['warm', 'warm'],
    ['COLD', 'cold'],
    [undefined, 'cold'],
    [17, 'cold'],
  ])('reads the mode %j as %s', async (mode, expected) => {
    const { requests, transferTask } = setUp();
    await transferTask(chat, { targetSid: queueSid, options: { mode } });
    expect(requests).toMatchObject([{ targetSid: queueSid, mode: expected }]);
  });

  it.each([
    ['an object', { language: 'fr' }, 50, { attributes: '{"language":"fr"}', priority: '50' }],
    ['texts', '{"language":"fr"}', '50', { attributes: '{"language":"fr"}', priority: '50' }],
    ['the lowest priority', undefined, 0, { priority: '0' }],
    ['what the functions will refuse', '[', 'high', { attributes: '[', priority: 'high' }],
    ['nothing', undefined, undefined, {}],
    ['null', null, null, {}],
    ['empty texts', '', '', {}],
  ])('sends the attributes and the priority of its options: %s', async (_, attributes, priority, sent) => {
    const { requests, transferTask } = setUp();
    await transferTask(chat, { targetSid: workerSid, options: { attributes, priority } });
    expect(requests).toEqual([
      { ...chat, transferId: 'click-1', targetSid: workerSid, mode: 'cold', ...sent },
    ]);
  });

  it('says that the notice follows when the transfer has started without it', async () => {
    const { seen, transferTask } = setUp(async () => ({
      ok: true,
      answer: { ...started, pending: ['notices'] },
    }));
    await transferTask(chat, { targetSid: workerSid });
    expect(seen).toEqual(['dismissed', 'notices pending', 'directory closed']);
  });

  it.each(['unreachable', 'start-pending'] as const)(
    'does not say that the chat was not transferred when the answer is %s',
    async (code) => {
      const { seen, transferTask } = setUp(async () => failWith(code));
      await expect(transferTask(chat, { targetSid: workerSid })).rejects.toThrow(code);
      expect(seen).toEqual(['dismissed', `ChatTransferNotConfirmed: ${code}`]);
    },
  );

  it('sends a new transfer id for each click', async () => {
    const { requests, transferTask } = setUp();
    await transferTask(chat, { targetSid: workerSid });
    await transferTask(chat, { targetSid: workerSid });
    expect(requests.map(({ transferId }) => transferId)).toEqual(['click-1', 'click-2']);
  });

  it('refuses a second click until the first request is answered', async () => {
    let answerFirst: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => {
      answerFirst = resolve;
    });
    const { requests, transferTask } = setUp(async () => {
      await answered;
      return { ok: true, answer: started };
    });
    const first = transferTask(chat, { targetSid: workerSid });
    await expect(transferTask(chat, { targetSid: queueSid })).rejects.toThrow(/already being started/);
    expect(requests).toHaveLength(1);

    answerFirst();
    await first;
    await transferTask(chat, { targetSid: queueSid });
    expect(requests).toHaveLength(2);
  });

  it('transfers another chat while a request is in progress', async () => {
    const { requests, transferTask } = setUp(() => new Promise(() => undefined));
    void transferTask(chat, { targetSid: workerSid });
    void transferTask(aChat('2'), { targetSid: workerSid });
    expect(requests.map(({ taskSid }) => taskSid)).toEqual([chat.taskSid, aChat('2').taskSid]);
  });

  it('shows a failure, throws it to Flex, and accepts another click', async () => {
    const { seen, requests, transferTask } = setUp(async () => failWith('target-in-chat'));
    await expect(transferTask(chat, { targetSid: workerSid })).rejects.toThrow(/target-in-chat/);
    expect(seen).toEqual(['dismissed', 'ChatTransferNotTransferred: target-in-chat']);

    await expect(transferTask(chat, { targetSid: workerSid })).rejects.toThrow();
    expect(requests).toHaveLength(2);
  });

  it('shows from two seconds after the click until the answer that it is still trying', async () => {
    vi.useFakeTimers();
    try {
      let answer: () => void = () => undefined;
      const answered = new Promise<void>((resolve) => {
        answer = resolve;
      });
      const { seen, transferTask } = setUp(async () => {
        await answered;
        return { ok: true, answer: started };
      });
      const transferred = transferTask(chat, { targetSid: workerSid });
      vi.advanceTimersByTime(1_999);
      expect(seen).not.toContain('still trying');
      vi.advanceTimersByTime(1);
      expect(seen.at(-1)).toBe('still trying');

      answer();
      await transferred;
      vi.advanceTimersByTime(60_000);
      expect(seen.filter((entry) => entry.endsWith('trying'))).toEqual([
        'still trying',
        'hidden: still trying',
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each(['+15551234567', undefined])(
    'does not send the unsupported target %j to the functions',
    async (targetSid) => {
      const { seen, requests, transferTask } = setUp();
      await expect(transferTask(chat, { targetSid })).rejects.toThrow();
      expect(requests).toHaveLength(0);
      expect(seen).toContain('ChatTransferNotTransferred: target-unsupported');
    },
  );
});

describe('createTransferCanceller', () => {
  const transferId = 'transfer-1';
  type Result = ApiResult<CancelTransferAnswer>;
  const cancelled: Result = {
    ok: true,
    answer: { ok: true, transferId, state: 'cancelled', done: [], pending: [] },
  };

  function setUp(answer: () => Promise<Result> = async () => cancelled) {
    const { seen, notifications } = recordNotifications();
    const requests: unknown[] = [];
    const canceller = createTransferCanceller({
      api: {
        cancelTransfer: (request) => {
          requests.push(request);
          return answer();
        },
      },
      notifications,
    });
    const shown: string[] = [];
    canceller.subscribe(() => shown.push(canceller.getProgress(transferId)));
    return { seen, shown, requests, canceller };
  }

  it('shows no notification to an agent who sees the notice in the chat', async () => {
    const { seen, shown, requests, canceller } = setUp();
    await canceller.cancel(chat, transferId, 'accepted');

    expect(requests).toEqual([{ ...chat, transferId }]);
    expect(shown).toEqual(['cancelling', 'ended']);
    expect(seen).toEqual(['dismissed']);
  });

  it('shows a notification to an agent in wrap-up, who does not see the notice', async () => {
    const { seen, canceller } = setUp();
    await canceller.cancel(chat, transferId, 'wrapping');
    expect(seen).toEqual(['dismissed', 'cancelled']);
  });

  it('sends one request for two clicks', async () => {
    let answer: (result: Result) => void = () => undefined;
    const { requests, canceller } = setUp(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const first = canceller.cancel(chat, transferId, 'accepted');
    await canceller.cancel(chat, transferId, 'accepted');
    answer(cancelled);
    await first;
    expect(requests).toHaveLength(1);
  });

  it.each(['transfer-accepted', 'transfer-over'] as const)(
    'sets the progress to ended and shows the failure after %s',
    async (code) => {
      const { seen, shown, canceller } = setUp(async () => failWith(code));
      await canceller.cancel(chat, transferId, 'accepted');
      expect(shown).toEqual(['cancelling', 'ended']);
      expect(seen).toEqual(['dismissed', `ChatTransferNotCancelled: ${code}`]);
    },
  );

  it('accepts another click after a failure', async () => {
    const { seen, shown, requests, canceller } = setUp(async () => failWith('busy'));
    await canceller.cancel(chat, transferId, 'accepted');
    expect(shown).toEqual(['cancelling', 'none']);
    expect(seen).toEqual(['dismissed', 'ChatTransferNotCancelled: busy']);
    await canceller.cancel(chat, transferId, 'accepted');
    expect(requests).toHaveLength(2);
  });

  it('does not call a listener that has unsubscribed', async () => {
    const { canceller } = setUp();
    const listener = vi.fn();
    canceller.subscribe(listener)();
    await canceller.cancel(chat, transferId, 'accepted');
    expect(listener).not.toHaveBeenCalled();
  });
});

describe('createWrapupTask', () => {
  function setUp(result: ApiResult<TaskAnswer>) {
    const { seen, notifications } = recordNotifications();
    const requests: ChatTask[] = [];
    const leaveConversation = async (request: ChatTask) => {
      requests.push(request);
      return result;
    };
    return { seen, requests, wrapupTask: createWrapupTask({ api: { leaveConversation }, notifications }) };
  }
  const left: ApiResult<TaskAnswer> = {
    ok: true,
    answer: { ok: true, conversation: 'open', done: [], pending: [] },
  };

  it('asks the functions to release the agent from the chat', async () => {
    const { requests, wrapupTask } = setUp(left);
    await wrapupTask(chat, 'accepted');
    expect(requests).toEqual([chat]);
  });

  it.each(['wrapping', 'completed', 'pending'])('sends nothing if the reservation is %s', async (status) => {
    const { requests, wrapupTask } = setUp(left);
    await wrapupTask(chat, status);
    expect(requests).toEqual([]);
  });

  it('returns false for a task that is no part of the chat, and shows no failure', async () => {
    const { seen, wrapupTask } = setUp(failWith('not-allowed'));
    expect(await wrapupTask(chat, 'accepted')).toBe(false);
    expect(seen).toEqual(['dismissed']);
  });

  it('shows a failure to leave, and throws it to Flex', async () => {
    const { seen, wrapupTask } = setUp(failWith('unreachable'));
    await expect(wrapupTask(chat, 'accepted')).rejects.toThrow(/unreachable/);
    expect(seen).toEqual(['dismissed', 'ChatTransferLeavingNotConfirmed: unreachable']);
  });
});

describe('createCompleteTask', () => {
  function setUp(result: ApiResult<TaskAnswer>) {
    const { seen, notifications } = recordNotifications();
    const requests: ChatTask[] = [];
    const completeTask = async (request: ChatTask) => {
      requests.push(request);
      return result;
    };
    return { seen, requests, completeTask: createCompleteTask({ api: { completeTask }, notifications }) };
  }
  const done: ApiResult<TaskAnswer> = {
    ok: true,
    answer: { ok: true, conversation: 'ended', done: [], pending: [] },
  };

  it.each(['wrapping', 'accepted'])(
    'asks the functions to complete a task whose reservation is %s',
    async (status) => {
      const { requests, completeTask } = setUp(done);
      await completeTask(chat, status);
      expect(requests).toEqual([chat]);
    },
  );

  it.each(['completed', 'canceled'])('sends nothing if the reservation is %s', async (status) => {
    const { requests, completeTask } = setUp(done);
    await completeTask(chat, status);
    expect(requests).toEqual([]);
  });

  it('returns false for a task that is no part of the chat, and shows no failure', async () => {
    const { seen, completeTask } = setUp(failWith('not-allowed'));
    expect(await completeTask(chat, 'wrapping')).toBe(false);
    expect(seen).toEqual(['dismissed']);
  });

  it('shows a failure to complete, and throws it to Flex', async () => {
    const { seen, completeTask } = setUp(failWith('busy'));
    await expect(completeTask(chat, 'wrapping')).rejects.toThrow(/busy/);
    expect(seen).toEqual(['dismissed', 'ChatTransferNotCompleted: busy']);
  });
});
