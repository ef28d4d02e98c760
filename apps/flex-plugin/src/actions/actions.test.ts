import { parseConversationSid, parseTaskSid, type StartTransferRequest } from '@chat-transfer/transfer-core';
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
  if (taskSid === undefined || conversationSid === undefined) throw new Error('The test made a bad SID');
  return { taskSid, conversationSid };
}
const chat = aChat('1');
const workerSid = `WK${'3'.repeat(32)}`;
const queueSid = `WQ${'4'.repeat(32)}`;

/** What the agent sees, in order. */
function agent() {
  const seen: string[] = [];
  let tried = false;
  const notifications: AgentNotifications = {
    stillTrying: (trying) => {
      // Taking back what is not shown is nothing to see.
      if (trying !== tried) seen.push(trying ? 'still trying' : 'no longer trying');
      tried = trying;
    },
    transferCancelled: () => seen.push('cancelled'),
    failed: (outcome, { code }) => seen.push(`${outcome}: ${code}`),
    dismissFailures: () => seen.push('dismissed'),
  };
  return { seen, notifications };
}

const refused = (code: RequestFailure['code']): ApiResult<never> => ({
  ok: false,
  failure: { code, message: 'no' },
});

describe('TransferTask', () => {
  const started = { ok: true, transferId: 'id', transferTaskSid: 'WT', released: false } as const;

  function page(
    answer: () => Promise<ApiResult<typeof started>> = async () => ({ ok: true, answer: started }),
  ) {
    const { seen, notifications } = agent();
    const requests: Omit<StartTransferRequest, 'token'>[] = [];
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
    });
    return { seen, requests, transferTask };
  }

  it('asks the functions, closes the directory, and leaves it to the notice to say so', async () => {
    const { seen, requests, transferTask } = page();
    await transferTask(chat, { targetSid: workerSid, options: { mode: 'COLD' } });

    expect(requests).toEqual([{ ...chat, transferId: 'click-1', targetSid: workerSid, mode: 'cold' }]);
    expect(seen).toEqual(['dismissed', 'directory closed']);
  });

  it.each([
    ['WARM', 'warm'],
    ['warm', 'warm'],
    ['COLD', 'cold'],
    [undefined, 'cold'],
    [17, 'cold'],
  ])('takes the mode %j for %s', async (mode, expected) => {
    const { requests, transferTask } = page();
    await transferTask(chat, { targetSid: queueSid, options: { mode } });
    expect(requests).toMatchObject([{ targetSid: queueSid, mode: expected }]);
  });

  it('gives every click an id of its own', async () => {
    const { requests, transferTask } = page();
    await transferTask(chat, { targetSid: workerSid });
    await transferTask(chat, { targetSid: workerSid });
    expect(requests.map(({ transferId }) => transferId)).toEqual(['click-1', 'click-2']);
  });

  it('refuses a second click while the first is on its way, and takes one afterwards', async () => {
    let answerAll: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => {
      answerAll = resolve;
    });
    const { requests, transferTask } = page(async () => {
      await answered;
      return { ok: true, answer: started };
    });
    const first = transferTask(chat, { targetSid: workerSid });
    await expect(transferTask(chat, { targetSid: queueSid })).rejects.toThrow(/being started already/);
    expect(requests).toHaveLength(1);

    answerAll();
    await first;
    await transferTask(chat, { targetSid: queueSid });
    expect(requests).toHaveLength(2);
  });

  it('does not hold up the transfer of another chat', async () => {
    const { requests, transferTask } = page(() => new Promise(() => undefined));
    void transferTask(chat, { targetSid: workerSid });
    void transferTask(aChat('2'), { targetSid: workerSid });
    expect(requests.map(({ taskSid }) => taskSid)).toEqual([chat.taskSid, aChat('2').taskSid]);
  });

  it('tells why it failed, throws for Flex, and can be tried again', async () => {
    const { seen, requests, transferTask } = page(async () => refused('target-in-chat'));
    await expect(transferTask(chat, { targetSid: workerSid })).rejects.toThrow(/target-in-chat/);
    expect(seen).toEqual(['dismissed', 'ChatTransferNotTransferred: target-in-chat']);

    await expect(transferTask(chat, { targetSid: workerSid })).rejects.toThrow();
    expect(requests).toHaveLength(2);
  });

  it('says that it is still trying when the answer takes long, and takes that back with the answer', async () => {
    vi.useFakeTimers();
    try {
      let answer: () => void = () => undefined;
      const answered = new Promise<void>((resolve) => {
        answer = resolve;
      });
      const { seen, transferTask } = page(async () => {
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
      expect(seen.filter((word) => word.endsWith('trying'))).toEqual(['still trying', 'no longer trying']);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each(['+15551234567', undefined])('does not send the target %j to the functions', async (targetSid) => {
    const { seen, requests, transferTask } = page();
    await expect(transferTask(chat, { targetSid })).rejects.toThrow();
    expect(requests).toHaveLength(0);
    expect(seen).toContain('ChatTransferNotTransferred: target-unsupported');
  });
});

describe('cancelling a transfer', () => {
  const transferId = 'transfer-1';
  const cancelled = { ok: true, answer: { ok: true, transferId, state: 'cancelled' } } as const;
  type Result = ApiResult<(typeof cancelled)['answer']>;

  function page(answer: () => Promise<Result> = async () => cancelled) {
    const { seen, notifications } = agent();
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
    canceller.subscribe(() => shown.push(canceller.progressOf(transferId)));
    return { seen, shown, requests, canceller };
  }

  it('asks the functions, and leaves it to the notice in the chat to say so', async () => {
    const { seen, shown, requests, canceller } = page();
    await canceller.cancel(chat, transferId, 'accepted');

    expect(requests).toEqual([{ ...chat, transferId }]);
    expect(shown).toEqual(['cancelling', 'over']);
    expect(seen).toEqual(['dismissed']);
  });

  it('tells an agent in wrap-up, who does not see the notice', async () => {
    const { seen, canceller } = page();
    await canceller.cancel(chat, transferId, 'wrapping');
    expect(seen).toEqual(['dismissed', 'cancelled']);
  });

  it('takes a second press for the first one', async () => {
    let answer: (result: Result) => void = () => undefined;
    const { requests, canceller } = page(
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
    'offers no second press after %s',
    async (code) => {
      const { seen, shown, canceller } = page(async () => refused(code));
      await canceller.cancel(chat, transferId, 'accepted');
      expect(shown).toEqual(['cancelling', 'over']);
      expect(seen).toEqual(['dismissed', `ChatTransferNotCancelled: ${code}`]);
    },
  );

  it('can be pressed again when it failed', async () => {
    const { seen, shown, requests, canceller } = page(async () => refused('busy'));
    await canceller.cancel(chat, transferId, 'accepted');
    expect(shown).toEqual(['cancelling', 'none']);
    expect(seen).toEqual(['dismissed', 'ChatTransferNotCancelled: busy']);
    await canceller.cancel(chat, transferId, 'accepted');
    expect(requests).toHaveLength(2);
  });

  it('calls nobody who has stopped listening', async () => {
    const { canceller } = page();
    const listener = vi.fn();
    canceller.subscribe(listener)();
    await canceller.cancel(chat, transferId, 'accepted');
    expect(listener).not.toHaveBeenCalled();
  });
});

describe('WrapupTask', () => {
  function page(result: ApiResult<{ ok: true; conversation: 'open' }>) {
    const { seen, notifications } = agent();
    const asked: ChatTask[] = [];
    const leaveConversation = async (request: ChatTask) => {
      asked.push(request);
      return result;
    };
    return { seen, asked, wrapupTask: createWrapupTask({ api: { leaveConversation }, notifications }) };
  }
  const left = { ok: true, answer: { ok: true, conversation: 'open' } } as const;

  it('asks the functions to let the agent leave', async () => {
    const { asked, wrapupTask } = page(left);
    await wrapupTask(chat, 'accepted');
    expect(asked).toEqual([chat]);
  });

  it.each(['wrapping', 'completed', 'pending'])('asks nothing when the reservation is %s', async (status) => {
    const { asked, wrapupTask } = page(left);
    await wrapupTask(chat, status);
    expect(asked).toEqual([]);
  });

  it('tells the agent that they are still in the chat when it failed, and throws for Flex', async () => {
    const { seen, wrapupTask } = page(refused('unreachable'));
    await expect(wrapupTask(chat, 'accepted')).rejects.toThrow(/unreachable/);
    expect(seen).toEqual(['dismissed', 'ChatTransferNotLeft: unreachable']);
  });
});

describe('CompleteTask', () => {
  function page(result: ApiResult<{ ok: true; conversation: 'ended' }>) {
    const { seen, notifications } = agent();
    const asked: ChatTask[] = [];
    const completeTask = async (request: ChatTask) => {
      asked.push(request);
      return result;
    };
    return { seen, asked, completeTask: createCompleteTask({ api: { completeTask }, notifications }) };
  }
  const done = { ok: true, answer: { ok: true, conversation: 'ended' } } as const;

  it.each(['wrapping', 'accepted'])('asks the functions to complete a task that is %s', async (status) => {
    const { asked, completeTask } = page(done);
    await completeTask(chat, status);
    expect(asked).toEqual([chat]);
  });

  it.each(['completed', 'canceled'])('asks nothing when the reservation is %s', async (status) => {
    const { asked, completeTask } = page(done);
    await completeTask(chat, status);
    expect(asked).toEqual([]);
  });

  it('tells the agent that the task is not completed when it failed, and throws for Flex', async () => {
    const { seen, completeTask } = page(refused('busy'));
    await expect(completeTask(chat, 'wrapping')).rejects.toThrow(/busy/);
    expect(seen).toEqual(['dismissed', 'ChatTransferNotCompleted: busy']);
  });
});
