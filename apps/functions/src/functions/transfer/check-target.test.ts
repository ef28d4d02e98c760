import { randomUUID } from 'node:crypto';
import { GRACE_SECONDS, mergeWorkflow, parseQueueSid } from '@chat-transfer/transfer-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { required } from '../../../test/support/account';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../../test/support/functions-fixture';
import { BACKENDS } from '../../../test/support/twilio-chats';

const ANSWER_SECONDS = 60;

/** Bob and Carol are available, unless a test says otherwise. */
describe.each(BACKENDS)('a start on %s', (backend) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend, sharesProcess: true });
  });
  beforeEach(async () => {
    await fixture.reset();
    await fixture.setActivity('carol', 'Available');
  });
  afterAll(() => fixture?.close());

  const start = async (chat: Chat, targetSid: string, values: object = {}) => {
    const { status, body } = await fixture.post('/transfer/start', {
      token: await fixture.tokenOf('alice'),
      taskSid: chat.taskSid,
      conversationSid: chat.conversationSid,
      transferId: randomUUID(),
      targetSid,
      mode: 'warm',
      ...values,
    });
    return { status, body };
  };
  const bob = () => fixture.workerSid('bob');
  const setChannel = (values: object, taskChannel = 'chat') =>
    fixture.workspace().workers(bob()).workerChannels(taskChannel).update(values);
  const occupy = async (worker: string, chats: number) => {
    for (let number = 0; number < chats; number += 1) {
      await fixture.workspace().tasks.create({
        workflowSid: fixture.transferWorkflowSid(),
        taskChannel: 'chat',
        attributes: JSON.stringify({
          chatTransferTargetType: 'worker',
          chatTransferTargetSid: fixture.workerSid(worker),
        }),
      });
    }
    fixture.clock.advance(0);
  };

  describe('to an agent', () => {
    it.each(['Offline', 'Break'])('is refused when they are in the activity %s', async (activity) => {
      const chat = await fixture.startChatWithAlice();
      await fixture.setActivity('bob', activity);

      expect(await start(chat, bob())).toMatchObject({
        status: 409,
        body: { code: 'target-unavailable', retryable: false },
      });
      expect((await fixture.ledger(chat.conversationSid))?.transfer).toBeUndefined();
      expect(fixture.tasks(chat.conversationSid)).toHaveLength(1);
      expect(fixture.notices(chat.conversationSid).map(({ kind }) => kind)).toEqual(['agent-joined']);
    });

    it('is refused when they have as many chats as they can take, pending offers included', async () => {
      const chat = await fixture.startChatWithAlice();
      await setChannel({ capacity: 2 });
      await occupy('bob', 2);

      expect(await start(chat, bob())).toMatchObject({ status: 409, body: { code: 'target-at-capacity' } });
    });

    it('is refused when they take no chats', async () => {
      const chat = await fixture.startChatWithAlice();
      await setChannel({ available: false });
      expect((await start(chat, bob())).body.code).toBe('target-at-capacity');

      await setChannel({ available: true, capacity: 0 });
      expect((await start(chat, bob())).body.code).toBe('target-at-capacity');
    });

    it('starts when they have other chats and room for one more', async () => {
      const chat = await fixture.startChatWithAlice();
      await setChannel({ capacity: 3 });
      await occupy('bob', 2);
      expect((await start(chat, bob())).body.ok).toBe(true);
    });

    it('starts when only another task channel is full', async () => {
      const chat = await fixture.startChatWithAlice();
      await setChannel({ capacity: 0 }, 'voice');
      expect((await start(chat, bob())).body.ok).toBe(true);
    });

    it('is refused as their own chat before anything else', async () => {
      const chat = await fixture.startChatWithAlice();
      await fixture.setActivity('alice', 'Offline');
      expect((await start(chat, fixture.workerSid('alice'))).body.code).toBe('target-is-self');
    });

    it('gets the same answer again when they went offline after the first one', async () => {
      const chat = await fixture.startChatWithAlice();
      const transferId = randomUUID();
      const first = await start(chat, bob(), { transferId });
      await fixture.setActivity('bob', 'Offline');
      const again = await start(chat, bob(), { transferId });

      expect(first.body.ok).toBe(true);
      expect(again.body.transferTaskSid).toBe(first.body.transferTaskSid);
    });

    it('starts when Twilio does not tell their capacity, and ends in time if they have none', async () => {
      const chat = await fixture.startChatWithAlice();
      await setChannel({ capacity: 0 });
      await fixture.addSandboxFault({ path: '/Workers/WK\\w+/Channels$', times: null, status: 503 });
      const { body } = await start(chat, bob());
      await fixture.clearSandboxFaults();
      expect(body.ok).toBe(true);

      fixture.clock.advance((ANSWER_SECONDS + 1) * 1000);
      await fixture.deliverAll();
      const [past] = (await fixture.ledger(chat.conversationSid))?.past ?? [];
      expect(past).toMatchObject({ state: 'returned', untakenReason: 'unanswered' });
    });

    it('ends in time, back with its agent, when they go offline right after', async () => {
      const chat = await fixture.startChatWithAlice();
      const transferId = randomUUID();
      await fixture.addSandboxFault({ ...fixture.callPatterns.newTask, times: null, status: 503 });
      await start(chat, bob(), { transferId, mode: 'cold' });
      await fixture.clearSandboxFaults();
      await fixture.setActivity('bob', 'Offline');
      const { body } = await start(chat, bob(), { transferId, mode: 'cold' });
      const taskSid = String(body.transferTaskSid);
      await fixture.deliverAll();

      fixture.clock.advance((ANSWER_SECONDS + 1) * 1000);
      await fixture.deliverAll();
      expect(fixture.reservation('alice', taskSid)?.status).toBe('pending');
      await fixture.accept('alice', taskSid);
      await fixture.deliverAll();
      expect(fixture.agents(chat.conversationSid)).toEqual(['alice']);
    });
  });

  describe('to a queue', () => {
    const vip = async () => {
      const queue = await fixture
        .workspace()
        .taskQueues.create({ friendlyName: 'VIP', targetWorkers: "routing.skills HAS 'billing'" });
      return required(parseQueueSid(queue.sid), 'VIP');
    };
    const workflow = () => fixture.workspace().workflows(fixture.transferWorkflowSid());
    const addRules = async (added: Awaited<ReturnType<typeof vip>>) => {
      const queues = [...fixture.queues()].map(([name, sid]) => ({
        sid: required(parseQueueSid(sid), name),
        name,
      }));
      const everyoneQueueSid = required(parseQueueSid(fixture.queueSid('Everyone')), 'Everyone');
      const merged = mergeWorkflow(await workflow().fetch(), [...queues, { sid: added, name: 'VIP' }], {
        everyoneQueueSid,
      });
      await workflow().update(merged);
    };

    it('is refused when the queue was created after the workflow', async () => {
      const chat = await fixture.startChatWithAlice();
      expect(await start(chat, await vip())).toMatchObject({
        status: 422,
        body: { code: 'queue-without-rule', retryable: false },
      });
      expect(fixture.tasks(chat.conversationSid)).toHaveLength(1);
    });

    it('starts as soon as the workflow has a rule for it', async () => {
      const chat = await fixture.startChatWithAlice();
      const queueSid = await vip();
      expect((await start(chat, queueSid)).body.code).toBe('queue-without-rule');
      await addRules(queueSid);

      const { body } = await start(chat, queueSid);
      expect(fixture.task(String(body.transferTaskSid))?.queueName).toBe('VIP');
    });

    it('starts when the account has a rule of its own for it', async () => {
      const chat = await fixture.startChatWithAlice();
      const queueSid = await vip();
      const { configuration } = await workflow().fetch();
      const { task_routing } = JSON.parse(configuration);
      const own = {
        filter_friendly_name: 'VIP customers',
        expression: "chatTransferTargetType == 'queue' AND vip == true",
        targets: [{ queue: queueSid }],
      };
      await workflow().update({
        configuration: JSON.stringify({
          task_routing: { ...task_routing, filters: [own, ...task_routing.filters] },
        }),
      });
      expect((await start(chat, queueSid)).body.ok).toBe(true);
    });

    it('starts when none of its agents is available: the chat waits', async () => {
      const chat = await fixture.startChatWithAlice();
      await fixture.setActivity('bob', 'Offline');
      const { body } = await start(chat, fixture.queueSid('Billing'));
      expect(fixture.task(String(body.transferTaskSid))?.status).toBe('pending');
    });

    it('is refused as not found when the queue does not exist', async () => {
      const chat = await fixture.startChatWithAlice();
      expect((await start(chat, `WQ${'0'.repeat(32)}`)).body.code).toBe('target-not-found');
    });

    it('reads the workflow once a minute', async () => {
      const chat = await fixture.startChatWithAlice();
      const reads = () => fixture.calls().filter(({ path }) => /\/Workflows\/WW/.test(path)).length;
      const before = reads();
      for (const seconds of [0, 30, 29]) {
        fixture.clock.advance(seconds * 1000);
        await start(chat, fixture.queueSid('Billing'));
      }
      expect(reads() - before).toBe(1);
      fixture.clock.advance(2_000);
      await start(chat, fixture.queueSid('Billing'));
      expect(reads() - before).toBe(2);
    });

    it('starts when the workflow cannot be read, and rings no agent in the chat before its time is over', async () => {
      const chat = await fixture.startChatWithAlice();
      for (const agent of ['bob', 'carol']) await fixture.setActivity(agent, 'Offline');
      const queueSid = await vip();
      await fixture.addSandboxFault({ path: '/Workflows/WW\\w+$', times: null, status: 503 });
      const { body } = await start(chat, queueSid);
      await fixture.clearSandboxFaults();
      const taskSid = String(body.transferTaskSid);
      expect(fixture.task(taskSid)?.reservations).toEqual([]);
      await fixture.deliverAll();

      fixture.clock.advance((ANSWER_SECONDS + GRACE_SECONDS - 1) * 1000);
      expect(fixture.task(taskSid)?.reservations).toEqual([]);
      await fixture.deliverAll();
      expect(fixture.task(taskSid)?.status).toBe('canceled');
      const [past] = (await fixture.ledger(chat.conversationSid))?.past ?? [];
      expect(past).toMatchObject({ state: 'returned', untakenReason: 'unanswered' });
    });

    it('ends in time when the queue has no rule and every event about it is lost', async () => {
      const chat = await fixture.startChatWithAlice();
      const queueSid = await vip();
      await fixture.addSandboxFault({ path: '/Workflows/WW\\w+$', times: null, status: 503 });
      const { body } = await start(chat, queueSid, { mode: 'cold' });
      await fixture.clearSandboxFaults();
      await fixture.deliverAll();
      fixture.clock.advance(5 * 60_000);
      await fixture.settle();
      fixture.undelivered.length = 0;

      await fixture.sweepAsAdmin();
      const { transfer } = (await fixture.ledger(chat.conversationSid)) ?? {};
      expect(transfer).toMatchObject({ state: 'unanswered' });
      expect(fixture.task(String(body.transferTaskSid))?.attributes.chatTransferTargetType).toBe('return');
    });
  });

  it('ends in time when the chosen agent is not in the queue in which the workflow looks for them (40152)', async () => {
    const chat = await fixture.startChatWithAlice();
    await fixture
      .workspace()
      .taskQueues(fixture.queueSid('Everyone'))
      .update({ targetWorkers: `worker.sid != '${bob()}'` });
    const { body } = await start(chat, bob());
    await fixture.deliverAll();
    const taskSid = String(body.transferTaskSid);
    expect(fixture.task(taskSid)?.reservations).toEqual([]);
    const alerts = await fixture.rest.monitor.v1.alerts.list();
    expect(alerts).toMatchObject([{ errorCode: '40152', resourceSid: taskSid }]);

    fixture.clock.advance((ANSWER_SECONDS + 1) * 1000);
    await fixture.deliverAll();
    expect(fixture.task(taskSid)?.status).toBe('canceled');
    const [past] = (await fixture.ledger(chat.conversationSid))?.past ?? [];
    expect(past).toMatchObject({ state: 'returned', untakenReason: 'unanswered' });
  });
});
