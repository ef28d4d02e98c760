import { expect, type Journey, test } from './journey';
import { aliceArcher, bobBaker, startChatWithAlice } from './pages/chat';
import { readFlexTasks, type TaskInFlex } from './pages/flex-tasks';

test('after every step, Flex has the tasks, participants and state that Twilio’s REST API returns', async ({
  journey,
}) => {
  const { alice, bob, conversationSid } = await startChatWithAlice(journey);
  const pages = { alice: alice.page, bob: bob.page };
  const expectSameState = async (step: string) => {
    await expect(async () => {
      const twilio = await readTwilio(journey, conversationSid);
      for (const [worker, page] of Object.entries(pages)) {
        const tasks = await readFlexTasks(page, conversationSid);
        expect(statuses(tasks), `${worker}, ${step}`).toEqual(twilio.reservations[worker] ?? {});
        // Twilio sends an agent who has left no more changes, so Flex keeps the last state.
        if (!twilio.participants.includes(worker)) continue;
        for (const task of tasks.filter(({ status }) => status === 'accepted')) {
          expect([...(task.participants ?? [])].sort(), `${worker}, ${step}`).toEqual(twilio.participants);
          expect(task.state, `${worker}, ${step}`).toBe(twilio.state);
          expect(task.agentTasks && [...task.agentTasks].sort(), `${worker}, ${step}`).toEqual(
            twilio.agentTasks,
          );
        }
      }
    }).toPass({ timeout: 60_000 });
  };

  await expectSameState('Alice has accepted');
  await alice.transfer(bobBaker, 'warm');
  await expectSameState('Alice has invited Bob');
  await bob.accept();
  await expectSameState('Bob has accepted');
  await alice.leave();
  await expect(alice.inWrapUp()).toBeVisible();
  await expectSameState('Alice has left');
  await bob.transfer(aliceArcher, 'warm');
  await alice.accept();
  await expectSameState('Alice is back');
  await alice.completeEarlierTask();
  await expectSameState('Alice has completed her first task');
  await bob.leave();
  await bob.complete();
  await expect(bob.tasks()).toHaveCount(0);
  await expectSameState('Bob has completed');
  await alice.leave();
  await expect(alice.inWrapUp()).toBeVisible();
  await expectSameState('Alice has left as the last one');
});

const statuses = (tasks: readonly TaskInFlex[]) =>
  Object.fromEntries(tasks.map(({ taskSid, status }) => [taskSid, status]));

interface TwilioState {
  /** Worker → task → status of the live reservation. */
  readonly reservations: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Identities, sorted. */
  readonly participants: readonly string[];
  readonly state: string;
  /** Tasks of the interaction's agent participants, sorted; `undefined` if the tasks have no interaction. */
  readonly agentTasks: readonly string[] | undefined;
}

/** Reads the state through Twilio's own helper library. */
async function readTwilio({ twilio, demo }: Journey, conversationSid: string): Promise<TwilioState> {
  const [workspace] = await twilio.taskrouter.v1.workspaces.list({ limit: 1 });
  const { tasks } = twilio.taskrouter.v1.workspaces(workspace?.sid ?? '');
  const tasksOfChat = (await tasks.list()).filter(({ attributes }) => attributes.includes(conversationSid));
  const reservations: Record<string, Record<string, string>> = {};
  for (const { sid } of tasksOfChat) {
    for (const { workerName, reservationStatus } of await tasks(sid).reservations.list()) {
      if (!['pending', 'accepted', 'wrapping'].includes(reservationStatus)) continue;
      reservations[workerName] = { ...reservations[workerName], [sid]: reservationStatus };
    }
  }
  const conversation = twilio.conversations.v1
    .services(demo.sandbox.account.chatServiceSid)
    .conversations(conversationSid);
  const { flexInteractionSid, flexInteractionChannelSid } = JSON.parse(tasksOfChat[0]?.attributes ?? '{}');
  const interactionParticipants =
    flexInteractionSid &&
    (await twilio.flexApi.v1
      .interaction(flexInteractionSid)
      .channels(flexInteractionChannelSid)
      .participants.list());
  return {
    reservations,
    participants: (await conversation.participants.list()).map(({ identity }) => identity).sort(),
    state: (await conversation.fetch()).state,
    agentTasks: interactionParticipants
      ?.filter(({ type }: { type: string }) => type === 'agent')
      .map(({ routingProperties }: { routingProperties: { task_sid: string } }) => routingProperties.task_sid)
      .sort(),
  };
}
