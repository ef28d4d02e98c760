import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BACKENDS } from './twilio-chats';
import { type FunctionsFixture, startFunctionsFixture } from './functions-fixture';

describe.each(BACKENDS)('the functions in this process, on %s', (backend) => {
  let world: FunctionsFixture;
  beforeAll(async () => {
    world = await startFunctionsFixture({ backend });
  });
  beforeEach(() => world.reset());
  afterAll(() => world?.close());

  async function startRequest(chat: { taskSid: string; conversationSid: string }) {
    return {
      token: await world.tokenOf('alice'),
      taskSid: chat.taskSid,
      conversationSid: chat.conversationSid,
      transferId: randomUUID(),
      targetSid: world.workerSid('bob'),
      mode: 'cold',
    };
  }

  it('take a chat over a transfer, and learn of it only when the test delivers it', async () => {
    const chat = await world.startChatWithAlice();

    const { status, body } = await world.post('/transfer/start', await startRequest(chat));
    await world.deliverAll();
    await world.accept('bob', String(body.transferTaskSid));
    await world.settle();

    expect({ status, ...body }).toMatchObject({ status: 200, ok: true, released: true });
    const joined = () =>
      world.notices(chat.conversationSid).filter(({ kind }) => kind === 'agent-joined').length;
    expect(world.waiting.map(({ type }) => type)).toEqual(['reservation.accepted']);
    expect(joined()).toBe(1);
    await world.deliverAll();
    expect(joined()).toBe(2);
    expect(world.members(chat.conversationSid)).toEqual([chat.identity, 'bob']);
    expect((await world.ledger(chat.conversationSid))?.tasks).toHaveProperty(String(body.transferTaskSid));
  });

  it('share their time with TaskRouter', async () => {
    const chat = await world.startChatWithAlice();
    const { body } = await world.post('/transfer/start', await startRequest(chat));
    await world.settle();
    const before = world.clock.nowMs();
    expect(world.reservation('bob', String(body.transferTaskSid))?.status).toBe('pending');

    world.clock.advance(61_000);
    await world.settle();

    expect(world.clock.nowMs() - before).toBeGreaterThanOrEqual(61_000);
    expect(world.waiting.map(({ type }) => type)).toContain('task-queue.timeout');
  });

  it('hear of failing calls as the helper library tells them', async () => {
    const chat = await world.startChatWithAlice();
    await world.addFault({ ...world.calls.newTask, times: 1, status: 400, code: 20001 });

    const { status, body, log } = await world.post('/transfer/start', await startRequest(chat));

    expect({ status, ...body }).toMatchObject({ status: 502, code: 'twilio-failed' });
    expect(log.join()).toContain('create the transfer task');
  });
});
