/** The sizes and rates that TaskRouter refuses, for Twilio's helper library and the worker SDK. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTaskRouterFixture, type TaskRouterFixture } from './task-router-fixture.js';

let fixture: TaskRouterFixture;
beforeEach(async () => {
  fixture = await startTaskRouterFixture();
});
afterEach(() => fixture.close());

/** JSON of exactly this many characters. Each of them is three bytes in UTF-8, except for the key. */
const attributesOf = (length: number) => JSON.stringify({ k: '字'.repeat(length - '{"k":""}'.length) });

const refusal = { status: 400, code: 20001 };

describe('the attributes of a task', () => {
  it('may have 4,096 characters', async () => {
    const { sid } = await fixture.rest.tasks.create({ attributes: attributesOf(4096) });
    const task = await fixture.rest.tasks(sid).update({ attributes: attributesOf(4096) });
    expect(task.attributes).toBe(attributesOf(4096));
  });

  it('are refused with 400/20001 over 4,096 characters when the task is created', async () => {
    const created = fixture.rest.tasks.create({ attributes: attributesOf(4097) });
    await expect(created).rejects.toMatchObject(refusal);
    expect(await fixture.rest.tasks.list()).toEqual([]);
  });

  it('are refused with 400/20001 over 4,096 characters when the task is updated', async () => {
    const { sid } = await fixture.rest.tasks.create({ attributes: '{"n":1}' });
    const update = fixture.rest.tasks(sid).update({ attributes: attributesOf(4097), priority: 5 });
    await expect(update).rejects.toMatchObject(refusal);
    expect(await fixture.rest.tasks(sid).fetch()).toMatchObject({ attributes: '{"n":1}', priority: 0 });
  });

  it('are refused in the worker SDK, and the task keeps its attributes', async () => {
    const alice = fixture.addWorker('alice');
    const { sid } = await fixture.addTask({ n: 1 });
    await fixture.answerOffer(alice, 'accepted');
    const [reservation] = (await fixture.connect(alice)).reservations.values();
    const update = reservation?.task.setAttributes(JSON.parse(attributesOf(4097)));
    await expect(update).rejects.toThrow();
    expect((await fixture.rest.tasks(sid).fetch()).attributes).toBe('{"n":1}');
  });

  it('are refused in a task that the worker SDK creates', async () => {
    const worker = await fixture.connect(fixture.addWorker('alice'));
    const created = worker.createTask('customer', 'alice', fixture.workflow.sid, fixture.queue.sid, {
      attributes: JSON.parse(attributesOf(4097)),
      taskChannelUniqueName: 'chat',
    });
    await expect(created).rejects.toThrow();
    expect(await fixture.rest.tasks.list()).toEqual([]);
  });
});

describe('an expression that is invalid', () => {
  it.each([
    ['Tasks', () => fixture.rest.tasks.list({ evaluateTaskAttributes: 'a ==' })],
    ['Workers', () => fixture.rest.workers.list({ targetWorkersExpression: 'a ==' })],
    ['TaskQueues', () => fixture.rest.taskQueues.list({ evaluateWorkerAttributes: 'a ==' })],
    ['a new queue', () => fixture.rest.taskQueues.create({ friendlyName: 'x', targetWorkers: 'a ==' })],
  ])('is refused with 400/20001: %s', async (_, request) => {
    await expect(request()).rejects.toMatchObject(refusal);
  });
});

describe('a list that is filtered by an expression', () => {
  const readTasks = () => fixture.rest.tasks.list({ evaluateTaskAttributes: 'n == 1' });
  const readWorkers = () => fixture.rest.workers.list({ targetWorkersExpression: 'n == 1' });
  const readQueues = () => fixture.rest.taskQueues.list({ evaluateWorkerAttributes: 'n == 1' });

  it.each([
    ['Tasks', readTasks],
    ['Workers', readWorkers],
    ['TaskQueues', readQueues],
  ])('is answered three times a second: %s', async (_, read) => {
    for (let second = 0; second < 2; second += 1) {
      await Promise.all([read(), read(), read()]);
      await expect(read()).rejects.toMatchObject({ status: 429, code: 20429 });
      fixture.sandbox.clock.advance(1_000);
    }
  });

  it('does not limit the other lists', async () => {
    await Promise.all([readTasks(), readTasks(), readTasks(), readWorkers(), readQueues()]);
    for (let count = 0; count < 5; count += 1) await fixture.rest.tasks.list();
  });
});

describe('a list of queues', () => {
  it('has those whose workers match EvaluateWorkerAttributes', async () => {
    fixture.addQueue('Spanish', "language == 'es'");
    fixture.addWorker('alice', { attributes: { language: 'es', level: 3 } });
    fixture.addWorker('bob', { attributes: { language: 'en', level: 9 } });
    const find = async (evaluateWorkerAttributes: string) =>
      (await fixture.rest.taskQueues.list({ evaluateWorkerAttributes })).map(
        ({ friendlyName }) => friendlyName,
      );
    expect(await find('level == 3')).toEqual(['Everyone', 'Spanish']);
    expect(await find('level == 9')).toEqual(['Everyone']);
  });
});
