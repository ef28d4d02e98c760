/** Situations: an agent leaves or completes, a customer starts or ends a chat, a Studio flow tracks a task. */
import { offerToBob, prepareAgentRequest, prepareEnd, type Situation, startSharedChat } from './situation';

/** Alice sends the request while Bob is in the chat, and while she is the only agent. */
const byAlice = (endpoint: '/conversation/leave' | '/conversation/complete'): Situation[] => [
  {
    endpoint,
    name: 'another agent stays',
    prepare: async (fixture) =>
      prepareAgentRequest(fixture, endpoint, (await startSharedChat(fixture)).chat, 'alice'),
  },
  {
    endpoint,
    name: 'last agent',
    prepare: async (fixture) =>
      prepareAgentRequest(fixture, endpoint, await fixture.startChatWithAlice(), 'alice'),
  },
];

export const CHAT_SITUATIONS: readonly Situation[] = [
  ...byAlice('/conversation/leave'),
  ...byAlice('/conversation/complete'),
  {
    endpoint: '/conversation/complete',
    name: 'after leaving',
    async prepare(fixture) {
      const chat = await fixture.startChatWithAlice();
      const leave = await prepareAgentRequest(fixture, '/conversation/leave', chat, 'alice');
      await leave.send();
      await fixture.deliverAll();
      return prepareAgentRequest(fixture, '/conversation/complete', chat, 'alice');
    },
  },
  {
    endpoint: '/webchat/start',
    name: 'new chat',
    async prepare(fixture) {
      let conversationSid: string | undefined;
      return {
        kind: 'request',
        needsNoLedger: true,
        conversationSid: () => conversationSid,
        async send(on) {
          const fields = { name: 'Customer', backend: fixture.backend };
          const answer = await fixture.post('/webchat/start', fields, undefined, on);
          if (answer.body.ok === true) conversationSid = String(answer.body.conversationSid);
          return answer;
        },
      };
    },
  },
  {
    endpoint: '/webchat/end',
    name: 'open transfer, agent in the chat',
    prepare: async (fixture) => prepareEnd(fixture, (await offerToBob(fixture, 'warm')).chat),
  },
  {
    endpoint: '/webchat/end',
    name: 'open transfer, no agent in the chat',
    prepare: async (fixture) => prepareEnd(fixture, (await offerToBob(fixture, 'cold')).chat),
  },
  {
    endpoint: '/webchat/end',
    name: 'chat without a ledger',
    prepare: async (fixture) => prepareEnd(fixture, await fixture.startChat()),
  },
  {
    endpoint: '/studio/track-task',
    name: 'first task',
    async prepare(fixture) {
      const { conversationSid, taskSid } = await fixture.startChat();
      await fixture.settle();
      fixture.undelivered.length = 0;
      return {
        kind: 'request',
        conversationSid: () => conversationSid,
        send: (on) => fixture.post('/studio/track-task', { conversationSid, taskSid }, undefined, on),
      };
    },
  },
];
