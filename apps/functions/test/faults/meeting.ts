/**
 * Several people at the same moment: what each of them does takes its own time on the way to Twilio and back, call by
 * call. Time stands still until everybody waits, then jumps to whoever is next. Seeded, so that a meeting can be had
 * again.
 */
import type { Backend } from '@chat-transfer/transfer-core';
import type { FunctionsFixture } from '../support/functions-fixture';
import type { Line } from '../support/loopback-client';
import { createTimeline } from '../support/interleaving-scheduler';
import { type WatchedLine, watchLine } from '../support/closing-counter';
import { startDirectFixture } from '../support/direct-transport';

export interface MeetingPlace {
  readonly world: FunctionsFixture;
  readonly watched: WatchedLine;
  /** Runs all of them together, until all are done. */
  meet<T>(seed: number, ...acts: readonly ((pause: Pause) => Promise<T>)[]): Promise<T[]>;
}

/** Waits for up to so many ms. */
export type Pause = (longestMs: number) => Promise<void>;

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A meeting that is going on. */
interface Meeting {
  /** From 0 to 1. */
  readonly random: () => number;
  sleepers: readonly Sleeper[];
  now: number;
  underWay: number;
}

const LONGEST_WAY_MS = 80;
/** Turns of the event loop after which everybody who does not wait has gone on. */
const QUIET_TURNS = 6;

export async function openMeetingPlace(backend: Backend): Promise<MeetingPlace> {
  let meeting: Meeting | undefined;

  const line: Line = async (_call, pass) => {
    if (meeting === undefined) return pass();
    const { random } = meeting;
    await sleep(meeting, random() * LONGEST_WAY_MS);
    meeting.underWay += 1;
    try {
      return await pass();
    } finally {
      meeting.underWay -= 1;
      await sleep(meeting, random() * LONGEST_WAY_MS);
    }
  };
  const watched = watchLine(line);
  const world: FunctionsFixture = await startDirectFixture({
    backend,
    line: watched.line,
    async sleep(ms) {
      if (meeting === undefined) world.clock.advance(ms);
      else await sleep(meeting, ms);
    },
  });

  return {
    world,
    watched,
    async meet(seed, ...acts) {
      const here: Meeting = { random: createTimeline(seed).random, sleepers: [], now: 0, underWay: 0 };
      meeting = here;
      const pause: Pause = (longestMs) => sleep(here, here.random() * longestMs);
      let isOver = false;
      const done = Promise.all(acts.map((act) => act(pause))).finally(() => {
        isOver = true;
      });
      try {
        while (!isOver) await wakeNext(here, world);
        return await done;
      } finally {
        meeting = undefined;
      }
    },
  };
}

function sleep(meeting: Meeting, ms: number): Promise<void> {
  return new Promise((wake) => {
    meeting.sleepers = [...meeting.sleepers, { at: meeting.now + ms, wake }].sort((a, b) => a.at - b.at);
  });
}

async function wakeNext(meeting: Meeting, { clock }: FunctionsFixture): Promise<void> {
  for (let quiet = 0; quiet < QUIET_TURNS; ) {
    await new Promise<void>((turn) => setImmediate(turn));
    quiet = meeting.underWay === 0 ? quiet + 1 : 0;
  }
  const [next, ...others] = meeting.sleepers;
  if (next === undefined) return;
  clock.advance(next.at - meeting.now);
  meeting.sleepers = others;
  meeting.now = next.at;
  next.wake();
}
