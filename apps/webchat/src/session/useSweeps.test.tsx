// @vitest-environment jsdom
import { fail, type Result, type SweepAnswer, succeed } from '@chat-transfer/transfer-core';
import { cleanup, render } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useSweeps } from './useSweeps';
import type { ApiFailure } from './webchat-api';

let answers: Result<SweepAnswer, ApiFailure>[] = [];
let sweeps = 0;
const sweep = async () => {
  sweeps += 1;
  return answers.shift() ?? succeed({ ok: true as const, nextInMs: 60_000 });
};

function Page({ isWaiting }: { readonly isWaiting: boolean }) {
  useSweeps(sweep, isWaiting);
  return null;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  answers = [];
  sweeps = 0;
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** How many sweeps the page asks for in this time. */
async function countSweeps(seconds: number): Promise<number> {
  const before = sweeps;
  await vi.advanceTimersByTimeAsync(seconds * 1_000);
  return sweeps - before;
}

describe('useSweeps', () => {
  it('asks after half a minute of waiting, and then when the functions say', async () => {
    answers = [succeed({ ok: true, nextInMs: 20_000 })];
    render(<Page isWaiting />);
    expect(await countSweeps(29)).toBe(0);
    expect(await countSweeps(1)).toBe(1);
    expect(await countSweeps(19)).toBe(0);
    expect(await countSweeps(1)).toBe(1);
    expect(await countSweeps(59)).toBe(0);
  });

  it('slows down while requests fail', async () => {
    answers = [fail({ code: 'unreachable' }), fail({ code: 'unreachable' })];
    render(<Page isWaiting />);
    expect(await countSweeps(30)).toBe(1);
    expect(await countSweeps(60)).toBe(1);
    expect(await countSweeps(119)).toBe(0);
    expect(await countSweeps(1)).toBe(1);
  });

  it('asks for nothing while an agent is in the chat', async () => {
    const page = render(<Page isWaiting={false} />);
    expect(await countSweeps(600)).toBe(0);
    page.rerender(<Page isWaiting />);
    expect(await countSweeps(30)).toBe(1);
    page.rerender(<Page isWaiting={false} />);
    expect(await countSweeps(600)).toBe(0);
  });

  it('stops when the page closes during a request', async () => {
    const page = render(<Page isWaiting />);
    vi.advanceTimersByTime(30_000);
    page.unmount();
    expect(sweeps).toBe(1);
    expect(await countSweeps(600)).toBe(0);
  });
});
