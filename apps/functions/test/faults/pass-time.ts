/**
 * Time passes after the trigger, and only what acts by itself helps: TaskRouter sends its events (unless the fault is in
 * them), agents go on, and sweeps run. No other event of the chat arrives.
 */
import type { TaskRouterCallback } from '../support/callback-queue';
import type { FunctionsFixture } from '../support/functions-fixture';
import type { Page } from './cell';
import type { Trigger } from './situation';

/** What happens to TaskRouter's events. */
export type Delivery =
  | { readonly kind: 'in time' }
  | { readonly kind: 'lost' }
  /** Events until this time are delivered then, the latest first. */
  | { readonly kind: 'late'; readonly untilMs: number };

export interface PassingTime {
  readonly delivery: Delivery;
  readonly page: Page;
  readonly afterwards: Trigger['afterwards'];
}

/** Short enough that events are delivered soon after TaskRouter has sent them. Later, hardly any events are left. */
const STEP_MS = 10_000;
const LATER_STEP_MS = 60_000;
const LATER_AFTER_MS = 10 * 60_000;
/** How often the admin's scheduled call sweeps. */
const CRON_MS = 60_000;

export async function passTime(
  fixture: FunctionsFixture,
  untilMs: number,
  { delivery, page, afterwards }: PassingTime,
): Promise<void> {
  const startMs = fixture.clock.nowMs();
  let cronAtMs = startMs + CRON_MS;
  let pageAtMs = startMs;
  for (;;) {
    await deliver(fixture, delivery);
    if (afterwards !== undefined) {
      await afterwards();
      await deliver(fixture, delivery);
    }
    const nowMs = fixture.clock.nowMs();
    if (page === 'open' && nowMs >= pageAtMs) {
      const { body } = await fixture.sweepAsPage();
      pageAtMs = nowMs + Number(body.nextInMs ?? CRON_MS);
    }
    if (nowMs >= cronAtMs) {
      await fixture.sweepAsAdmin();
      cronAtMs += CRON_MS;
    }
    const leftMs = untilMs - fixture.clock.nowMs();
    if (leftMs <= 0) return;
    const stepMs = nowMs - startMs < LATER_AFTER_MS ? STEP_MS : LATER_STEP_MS;
    fixture.clock.advance(Math.min(stepMs, leftMs));
  }
}

async function deliver(fixture: FunctionsFixture, delivery: Delivery): Promise<void> {
  await fixture.settle();
  const { undelivered } = fixture;
  if (delivery.kind === 'lost') {
    undelivered.length = 0;
    return;
  }
  if (delivery.kind === 'late') {
    if (fixture.clock.nowMs() < delivery.untilMs) return;
    undelivered.reverse();
  }
  for (let next = takeNext(undelivered); next !== undefined; next = takeNext(undelivered)) {
    await fixture.deliver(next, { host: 'b' });
    await fixture.settle();
  }
}

const takeNext = (undelivered: TaskRouterCallback[]): TaskRouterCallback | undefined => undelivered.shift();
