/** The other requests: an agent leaves or completes, a customer comes and goes, a Studio flow tells of a task. */
import {
  agentRequest,
  aliceInChat,
  bothInChat,
  deliver,
  endRequest,
  type Situation,
  transferred,
} from './situation';

/** Alice asks for it while Bob is in the chat, and while she is alone. */
const byAlice = (endpoint: '/conversation/leave' | '/conversation/complete'): Situation[] => [
  {
    endpoint,
    name: 'others stay',
    prepare: async (world) => agentRequest(world, endpoint, (await bothInChat(world)).chat, 'alice'),
  },
  {
    endpoint,
    name: 'last',
    prepare: async (world) => agentRequest(world, endpoint, await aliceInChat(world), 'alice'),
  },
];

export const CHAT_SITUATIONS: readonly Situation[] = [
  ...byAlice('/conversation/leave'),
  ...byAlice('/conversation/complete'),
  {
    endpoint: '/conversation/complete',
    name: 'after leaving',
    async prepare(world) {
      const chat = await aliceInChat(world);
      const leave = await agentRequest(world, '/conversation/leave', chat, 'alice');
      await leave.act();
      await deliver(world);
      return agentRequest(world, '/conversation/complete', chat, 'alice');
    },
  },
  {
    endpoint: '/webchat/start',
    name: 'a new chat',
    async prepare(world) {
      let conversationSid: string | undefined;
      return {
        kind: 'request',
        conversationSid: () => conversationSid,
        async act() {
          const answer = await world.post('/webchat/start', { name: 'Customer', backend: world.backend });
          if (answer.body.ok === true) conversationSid = String(answer.body.conversationSid);
          return answer;
        },
      };
    },
  },
  {
    endpoint: '/webchat/end',
    name: 'transfer open, agent in the chat',
    prepare: async (world) => endRequest(world, (await transferred(world, 'warm')).chat),
  },
  {
    endpoint: '/webchat/end',
    name: 'transfer open, nobody in the chat',
    prepare: async (world) => endRequest(world, (await transferred(world, 'cold')).chat),
  },
  {
    endpoint: '/webchat/end',
    name: 'nothing known yet',
    prepare: async (world) => endRequest(world, await world.startChat()),
  },
  {
    endpoint: '/studio/track-task',
    name: 'the first task',
    async prepare(world) {
      const { conversationSid, taskSid } = await world.startChat();
      await world.settle();
      world.waiting.length = 0;
      return {
        kind: 'request',
        conversationSid: () => conversationSid,
        act: () => world.post('/studio/track-task', { conversationSid, taskSid }),
      };
    },
  },
];
