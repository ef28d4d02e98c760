import { aliceArcher, aliceInChat, bobBaker } from './pages/chat';
import { type BelievedTask, readTasks } from './pages/desktop';
import { expect, test, type World } from './world';

test('after every step, Flex’s desktops and Twilio’s helper library agree on who is in the chat and how it stands', async ({
  world,
}) => {
  const { alice, bob, conversationSid } = await aliceInChat(world);
  const pages = { alice: alice.page, bob: bob.page };
  const agreed = async (step: string) => {
    await expect(async () => {
      const twilio = await readTwilio(world, conversationSid);
      for (const [worker, page] of Object.entries(pages)) {
        const believed = await readTasks(page, conversationSid);
        expect(statuses(believed), `${worker}, ${step}`).toEqual(twilio.reservations[worker] ?? {});
        // Whoever has left is told nothing more, and sees the chat as it was.
        if (!twilio.participants.includes(worker)) continue;
        for (const task of believed.filter(({ status }) => status === 'accepted')) {
          expect([...(task.participants ?? [])].sort(), `${worker}, ${step}`).toEqual(twilio.participants);
          expect(task.state, `${worker}, ${step}`).toBe(twilio.state);
          expect(task.agentTasks && [...task.agentTasks].sort(), `${worker}, ${step}`).toEqual(
            twilio.agentTasks,
          );
        }
      }
    }).toPass({ timeout: 15_000 });
  };

  await agreed('Alice has accepted');
  await alice.transfer(bobBaker, 'warm');
  await agreed('Alice has invited Bob');
  await bob.accept();
  await agreed('Bob has accepted');
  await alice.leave();
  await expect(alice.inWrapUp()).toBeVisible();
  await agreed('Alice has left');
  await bob.transfer(aliceArcher, 'warm');
  await alice.accept();
  await agreed('Alice is back');
  await alice.completeEarlierTask();
  await agreed('Alice has completed her first task');
  await bob.leave();
  await bob.complete();
  await expect(bob.tasks()).toHaveCount(0);
  await agreed('Bob has completed');
  await alice.leave();
  await expect(alice.inWrapUp()).toBeVisible();
  await agreed('Alice has left as the last one');
});

const statuses = (tasks: readonly BelievedTask[]) =>
  Object.fromEntries(tasks.map(({ taskSid, status }) => [taskSid, status]));

interface TwilioSays {
  /** Worker → task → the status of their live reservation. */
  readonly reservations: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Identities, sorted. */
  readonly participants: readonly string[];
  readonly state: string;
  /** Tasks by which agents take part in the interaction, sorted; `undefined` where there is none. */
  readonly agentTasks: readonly string[] | undefined;
}

/** Everything through Twilio's own helper library. */
async function readTwilio({ twilio, demo }: World, conversationSid: string): Promise<TwilioSays> {
  const [workspace] = await twilio.taskrouter.v1.workspaces.list({ limit: 1 });
  const { tasks } = twilio.taskrouter.v1.workspaces(workspace?.sid ?? '');
  const ofChat = (await tasks.list()).filter(({ attributes }) => attributes.includes(conversationSid));
  const reservations: Record<string, Record<string, string>> = {};
  for (const { sid } of ofChat) {
    for (const { workerName, reservationStatus } of await tasks(sid).reservations.list()) {
      if (!['pending', 'accepted', 'wrapping'].includes(reservationStatus)) continue;
      reservations[workerName] = { ...reservations[workerName], [sid]: reservationStatus };
    }
  }
  const conversation = twilio.conversations.v1
    .services(demo.sandbox.account.chatServiceSid)
    .conversations(conversationSid);
  const { flexInteractionSid, flexInteractionChannelSid } = JSON.parse(ofChat[0]?.attributes ?? '{}');
  const inInteraction =
    flexInteractionSid &&
    (await twilio.flexApi.v1
      .interaction(flexInteractionSid)
      .channels(flexInteractionChannelSid)
      .participants.list());
  return {
    reservations,
    participants: (await conversation.participants.list()).map(({ identity }) => identity).sort(),
    state: (await conversation.fetch()).state,
    agentTasks: inInteraction
      ?.filter(({ type }: { type: string }) => type === 'agent')
      .map(({ routingProperties }: { routingProperties: { task_sid: string } }) => routingProperties.task_sid)
      .sort(),
  };
}
