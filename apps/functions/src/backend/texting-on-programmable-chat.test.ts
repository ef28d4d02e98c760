/** On Programmable Chat, a customer who texts gets every message of the channel as a text. */
import { randomUUID } from 'node:crypto';
import { SANDBOX_ACCOUNT } from '@chat-transfer/flex-sandbox';
import { parseAgentNotices, parseNotice } from '@chat-transfer/transfer-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { required } from '../../test/support/account';
import { type FunctionsFixture, startFunctionsFixture } from '../../test/support/functions-fixture';

const KINDS = [
  'agent-joined',
  'transfer-started',
  'agent-left',
  'agent-joined',
  'agent-left',
  'chat-ended',
] as const;

describe.each([
  ['with the default settings', {}, []],
  [
    'with a setting for SMS',
    { CHAT_TRANSFER_TEXTED_NOTICES: JSON.stringify({ sms: ['agent-joined', 'chat-ended'] }) },
    ['agent-joined', 'agent-joined', 'chat-ended'],
  ],
] as const)('the notices of a customer who texts, %s,', (_settings, settings, sent) => {
  let fixture: FunctionsFixture;
  beforeAll(async () => {
    fixture = await startFunctionsFixture({ backend: 'programmable-chat', settings });
  });
  beforeEach(() => fixture.reset());
  afterAll(() => fixture?.close());

  async function startSmsChat() {
    const { sid: workspaceSid } = required(
      (await fixture.rest.taskrouter.v1.workspaces.list())[0],
      'workspace',
    );
    const workflows = await fixture.workspace().workflows.list({ friendlyName: 'Assign to Anyone' });
    const flow = await fixture.rest.flexApi.v1.flexFlow.create({
      friendlyName: 'SMS',
      chatServiceSid: SANDBOX_ACCOUNT.chatServiceSid,
      channelType: 'sms',
      integrationType: 'task',
      'integration.workspaceSid': workspaceSid,
      'integration.workflowSid': required(workflows[0], 'workflow').sid,
      'integration.channel': 'chat',
    });
    const { sid: conversationSid } = await fixture.rest.flexApi.v1.channel.create({
      flexFlowSid: flow.sid,
      identity: '+15005550009',
      chatUserFriendlyName: 'Dana',
      chatFriendlyName: 'SMS',
    });
    await fixture.deliverAll();
    return { conversationSid, taskSid: required(fixture.tasks(conversationSid)[0], 'task').sid };
  }
  const ask = async (path: string, worker: string, values: Record<string, string>) => {
    const { body } = await fixture.post(path, { token: await fixture.tokenOf(worker), ...values });
    expect(body).toMatchObject({ ok: true });
    await fixture.deliverAll();
    return body;
  };

  it('are messages for the kinds that the setting names, and all of them are in the attributes', async () => {
    const { conversationSid, taskSid } = await startSmsChat();
    await fixture.accept('alice', taskSid);
    await fixture.deliverAll();
    const target = { transferId: randomUUID(), targetSid: fixture.workerSid('bob'), mode: 'cold' };
    const started = await ask('/transfer/start', 'alice', { conversationSid, taskSid, ...target });
    const transferTaskSid = String(started.transferTaskSid);
    await fixture.accept('bob', transferTaskSid);
    await fixture.deliverAll();
    await ask('/conversation/complete', 'alice', { conversationSid, taskSid });
    await ask('/conversation/complete', 'bob', { conversationSid, taskSid: transferTaskSid });

    const { attributes, messages } = fixture.channel(conversationSid);
    expect(messages.map((message) => parseNotice(message)?.kind)).toEqual(sent);
    expect(parseAgentNotices(attributes).map(({ kind }) => kind)).toEqual(KINDS);
    expect(attributes).toMatchObject({ status: 'INACTIVE', channel_type: 'sms' });
  });
});
