import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_QUIRKS, QUIRK_NAMES, type Quirks } from './quirks.js';
import { type Sandbox, startSandbox } from './sandbox.js';
import { startTaskRouterFixture, type TaskRouterFixture } from './task-router/task-router-fixture.js';

const closing: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describe('/_sandbox/quirks', () => {
  async function aSandbox(quirks: Partial<Quirks> = {}): Promise<Sandbox> {
    const sandbox = await startSandbox({ account: { quirks } });
    closing.push(() => sandbox.close());
    return sandbox;
  }
  const send = (sandbox: Sandbox, method: string, body?: unknown) =>
    fetch(`${sandbox.url}/_sandbox/quirks`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });

  it('has the defaults, and changes of the seed', async () => {
    const sandbox = await aSandbox({ flexMultiTabSupport: true });
    expect(await (await send(sandbox, 'GET')).json()).toEqual({
      ...DEFAULT_QUIRKS,
      flexMultiTabSupport: true,
    });
  });

  it.each(QUIRK_NAMES)('changes %s at once, and keeps it after a reset', async (name) => {
    const sandbox = await aSandbox();
    const value = !DEFAULT_QUIRKS[name];
    await send(sandbox, 'POST', { [name]: value });
    expect(sandbox.state().quirks[name]).toBe(value);
    await sandbox.reset();
    expect(sandbox.state().quirks).toEqual({ ...DEFAULT_QUIRKS, [name]: value });
  });

  it.each([{ unknown: true }, { flexMultiTabSupport: 'yes' }])('refuses %j', async (quirks) => {
    const sandbox = await aSandbox();
    expect((await send(sandbox, 'POST', quirks)).status).toBe(400);
    expect(sandbox.state().quirks).toEqual(DEFAULT_QUIRKS);
  });

  it('turns the feature flags of Flex UI on', async () => {
    const sandbox = await aSandbox({ removeParticipantOnTaskCompletion: true });
    const { features } = await (await fetch(`${sandbox.url}/flex.twilio.com/api/v1/Session`)).json();
    const ids = features.map(({ id }: { id: string }) => id);
    expect(ids).toContain('remove-participant-on-task-completion');
    expect(ids).not.toContain('flex-multi-tab-support');
  });
});

describe('a pending reservation', () => {
  /** Alice is offered a task by a target that ends after 10 s; the reservation ends after 30 s. Bob is next. */
  async function anOffer(quirks: Partial<Quirks>) {
    const fixture: TaskRouterFixture = await startTaskRouterFixture();
    closing.push(fixture.close);
    fixture.sandbox.setQuirks(quirks);
    const names = fixture.taskRouter.createTaskQueue(fixture.workspace, {
      friendlyName: 'Alice',
      targetWorkers: "name == 'alice'",
    });
    const workflow = fixture.taskRouter.createWorkflow(fixture.workspace, {
      friendlyName: 'Two targets',
      taskReservationTimeout: 30,
      configuration: {
        task_routing: {
          filters: [
            {
              expression: 'returning == true',
              targets: [{ queue: fixture.queue.sid, known_worker_friendly_name: 'bob' }],
            },
            {
              expression: '1==1',
              targets: [{ queue: names.sid, timeout: 10 }, { queue: fixture.queue.sid }],
            },
          ],
        },
      },
    });
    fixture.addWorker('alice', { attributes: { name: 'alice' } });
    fixture.addWorker('bob', { attributes: { name: 'bob' } });
    const task = await fixture.addTask({}, { workflowSid: workflow.sid });
    const { clock } = fixture.sandbox;
    clock.advance(0);
    return { fixture, task, clock, events: () => fixture.workspace.events.map(({ type }) => type) };
  }

  it('is cancelled when the time of its target is over', async () => {
    const { fixture, task, clock } = await anOffer({ targetTimeoutCancelsOffer: true });
    clock.advance(10_000);
    clock.advance(0);
    expect(await fixture.reservations(task.sid)).toEqual(['alice canceled', 'bob pending']);
  });

  it('goes on after the time of its target, and the workflow goes on when it ends', async () => {
    const { fixture, task, clock, events } = await anOffer({ targetTimeoutCancelsOffer: false });
    clock.advance(20_000);
    expect(await fixture.reservations(task.sid)).toEqual(['alice pending']);
    expect(events()).not.toContain('task-queue.timeout');
    clock.advance(10_000);
    clock.advance(0);
    expect(await fixture.reservations(task.sid)).toEqual(['alice timeout', 'bob pending']);
    expect(events().indexOf('task-queue.timeout')).toBeGreaterThan(events().indexOf('reservation.timeout'));
  });

  it.each([
    [false, ['alice pending']],
    [true, ['alice canceled', 'bob pending']],
  ])('is routed again after a change of the attributes: %s', async (reservedTaskIsRoutedAgain, expected) => {
    const { fixture, task, clock } = await anOffer({ reservedTaskIsRoutedAgain });
    await fixture.rest.tasks(task.sid).update({ attributes: '{"returning":true}' });
    clock.advance(0);
    expect(await fixture.reservations(task.sid)).toEqual(expected);
  });
});
