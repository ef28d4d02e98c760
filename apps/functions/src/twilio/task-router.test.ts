/** Twilio's refusals do not say why. The functions read the task again, and claim no success that Twilio did not confirm. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Chat,
  type FunctionsFixture,
  startFunctionsFixture,
} from '../../test/support/functions-fixture';

let fixture: FunctionsFixture;
beforeAll(async () => {
  fixture = await startFunctionsFixture({ backend: 'programmable-chat' });
});
beforeEach(() => fixture.reset());
afterAll(() => fixture?.close());

const REFUSALS = [
  { status: 400, code: 20001 },
  { status: 404, code: 20404 },
  { status: 409, code: 20409 },
];
const ALWAYS = 50;

async function refuse(path: string, values: object): Promise<void> {
  await fixture.addSandboxFault({ host: 'taskrouter.twilio.com', method: 'POST', path, ...values });
}

const ask = async (path: string, worker: string, chat: Chat, values: object = {}) => {
  const { taskSid, conversationSid } = chat;
  const request = { token: await fixture.tokenOf(worker), taskSid, conversationSid, ...values };
  const { body } = await fixture.post(path, request);
  await fixture.clearSandboxFaults();
  return body;
};

const writesOf = (pattern: RegExp) =>
  fixture.calls().filter(({ method, path }) => method === 'POST' && pattern.test(path)).length;

describe.each(REFUSALS)('a write that Twilio refuses with $status/$code', (refusal) => {
  it('completes the task when it is refused once and the task is still open', async () => {
    const chat = await fixture.startChatWithAlice();
    await refuse(`/Tasks/${chat.taskSid}$`, { ...refusal, times: 1 });
    expect(await ask('/conversation/complete', 'alice', chat)).toMatchObject({ ok: true });
    expect(fixture.task(chat.taskSid)?.status).toBe('completed');
  });

  it('is no success when the open task cannot be completed', async () => {
    const chat = await fixture.startChatWithAlice();
    await refuse(`/Tasks/${chat.taskSid}$`, { ...refusal, times: ALWAYS });
    expect(await ask('/conversation/complete', 'alice', chat)).toMatchObject({
      ok: false,
      code: 'twilio-failed',
    });
    expect(fixture.task(chat.taskSid)?.status).toBe('assigned');
    expect(await ask('/conversation/complete', 'alice', chat)).toMatchObject({ ok: true });
    expect(fixture.task(chat.taskSid)?.status).toBe('completed');
  });

  it('is repeated a few times, not for ever', async () => {
    const chat = await fixture.startChatWithAlice();
    const path = new RegExp(`/Tasks/${chat.taskSid}$`);
    const before = writesOf(path);
    await refuse(`/Tasks/${chat.taskSid}$`, { ...refusal, times: ALWAYS });
    await ask('/conversation/complete', 'alice', chat);
    expect(writesOf(path) - before).toBeGreaterThan(0);
    expect(writesOf(path) - before).toBeLessThanOrEqual(4);
  });

  it('wraps the reservation up when it is refused once and the reservation is still accepted', async () => {
    const chat = await fixture.startChatWithAlice();
    await refuse('/Reservations/', { ...refusal, times: 1 });
    expect(await ask('/conversation/leave', 'alice', chat)).toMatchObject({ ok: true });
    expect(fixture.reservation('alice', chat.taskSid)?.status).toBe('wrapping');
  });

  it('is no success when the accepted reservation cannot be wrapped up', async () => {
    const chat = await fixture.startChatWithAlice();
    await refuse('/Reservations/', { ...refusal, times: ALWAYS });
    expect(await ask('/conversation/leave', 'alice', chat)).toMatchObject({
      ok: false,
      code: 'twilio-failed',
    });
    expect(await ask('/conversation/leave', 'alice', chat)).toMatchObject({ ok: true });
    expect(fixture.reservation('alice', chat.taskSid)?.status).toBe('wrapping');
  });

  it('cancels a transfer when it is refused once and its task still waits', async () => {
    const chat = await fixture.startChatWithAlice();
    const transferId = randomUUID();
    const target = { targetSid: fixture.workerSid('bob'), mode: 'warm' };
    const { transferTaskSid } = await ask('/transfer/start', 'alice', chat, { transferId, ...target });
    await fixture.deliverAll();
    await refuse(`/Tasks/${transferTaskSid}$`, { ...refusal, times: 1 });
    expect(await ask('/transfer/cancel', 'alice', chat, { transferId })).toMatchObject({
      ok: true,
      state: 'cancelled',
    });
    expect(fixture.task(String(transferTaskSid))?.status).toBe('canceled');
  });
});

describe('a returning task that other programs have filled', () => {
  it('goes on to the agent who transferred by the workflow alone', async () => {
    const chat = await fixture.startChatWithAlice();
    const target = { targetSid: fixture.workerSid('bob'), mode: 'cold' };
    const { transferTaskSid } = await ask('/transfer/start', 'alice', chat, {
      transferId: randomUUID(),
      ...target,
    });
    await fixture.deliverAll();
    const taskSid = String(transferTaskSid);
    const attributes = { ...fixture.task(taskSid)?.attributes, crm: '' };
    const crm = 'x'.repeat(4_096 - JSON.stringify(attributes).length);
    await fixture
      .workspace()
      .tasks(taskSid)
      .update({ attributes: JSON.stringify({ ...attributes, crm }) });

    await fixture.updateReservation('bob', taskSid, 'rejected');
    await fixture.deliverAll();
    expect(fixture.task(taskSid)?.attributes).toMatchObject({ crm });
    expect(JSON.stringify(fixture.task(taskSid)?.attributes).length).toBeLessThanOrEqual(4_096);
    fixture.clock.advance(70_000);
    await fixture.deliverAll();

    await fixture.accept('alice', taskSid);
    await fixture.deliverAll();
    expect(fixture.agents(chat.conversationSid)).toEqual(['alice']);
    expect((await fixture.ledger(chat.conversationSid))?.past.at(-1)).toMatchObject({ state: 'returned' });
  });
});
