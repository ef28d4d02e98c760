import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORIGIN } from '../../../test/support/account';
import { type HttpFixture, startHttpFixture } from '../../../test/support/http-fixture';
import { BACKENDS, readConversationSid } from '../../../test/support/twilio-chats';
import { waitFor } from '../../../test/support/wait-for';

describe.each(BACKENDS)('on %s', (backend) => {
  let fixture: HttpFixture;
  beforeAll(async () => {
    fixture = await startHttpFixture({ backend });
  });
  afterAll(() => fixture?.close());

  describe('POST /webchat/start', () => {
    it('starts the chat through Flex, which creates the first task', async () => {
      const chat = await fixture.startChat('Robin');

      const task = await fixture.workspace.tasks(chat.taskSid).fetch();
      const attributes = JSON.parse(task.attributes);
      expect(attributes).toMatchObject({ name: 'Robin' });
      expect(readConversationSid(attributes)).toBe(chat.conversationSid);
      expect(fixture.members(chat.conversationSid)).toEqual([chat.identity]);
    });

    it('allows a page of a listed origin to read the answer', async () => {
      const { headers } = await fixture.post('/webchat/start', { name: 'Robin', backend });

      expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
    });

    it('finds the chat that Flex created when Flex’s answer is lost', async () => {
      const before = fixture.sandbox.snapshot().chat.channels.length;
      await fixture.addSandboxFault({ ...fixture.callPatterns.newChat, times: 1, drop: 'after' });

      const { status, body } = await fixture.post('/webchat/start', { name: 'Robin', backend });

      expect(status).toBe(200);
      expect(fixture.sandbox.snapshot().chat.channels).toHaveLength(before + 1);
      expect(fixture.members(String(body.conversationSid))).toEqual([body.identity]);
    });

    it.each([
      ['no name', {}],
      ['an empty name', { name: '   ' }],
      ['a name that is too long', { name: 'x'.repeat(101) }],
      ['an unknown backend', { name: 'Robin', backend: 'frontline' }],
    ])('refuses %s', async (_what, request) => {
      const { status, body } = await fixture.post('/webchat/start', request);

      expect({ status, code: body.code }).toEqual({ status: 400, code: 'bad-input' });
    });
  });

  describe('POST /webchat/end', () => {
    it('ends the chat and posts notices about it', async () => {
      const chat = await fixture.startChatWithAlice();

      expect((await fixture.post('/webchat/end', { session: chat.session })).body).toEqual({ ok: true });

      expect(fixture.noticeKinds(chat.conversationSid)).toEqual([
        'agent-joined',
        'customer-left',
        'chat-ended',
      ]);
      expect(fixture.isOpen(chat.conversationSid)).toBe(false);
    });

    it('cancels the task that waits for an agent, even before TaskRouter reports it', async () => {
      const chat = await fixture.startChat();

      await fixture.post('/webchat/end', { session: chat.session });

      await waitFor(async () => {
        const task = await fixture.workspace.tasks(chat.taskSid).fetch();
        expect(task.assignmentStatus).toBe('canceled');
      });
    });

    it('refuses a forged session and does not end the chat', async () => {
      const chat = await fixture.startChatWithAlice();
      const [payload = '', signature = ''] = chat.session.split('.');
      const other = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
      const tampered = Buffer.from(JSON.stringify({ ...other, identity: 'another-identity' })).toString(
        'base64url',
      );

      for (const session of ['nonsense', `${payload}.`, `${tampered}.${signature}`]) {
        const { status, body } = await fixture.post('/webchat/end', { session });
        expect({ status, code: body.code }).toEqual({ status: 401, code: 'session-invalid' });
      }
      expect(fixture.isOpen(chat.conversationSid)).toBe(true);
    });
  });
});
