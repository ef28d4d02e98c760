/**
 * One scenario while it is played: the customers' chats, what has been asked for so far, and what became of it. It acts
 * as Flex, customers and TaskRouter do, and knows nothing of how the functions decide.
 */
import type { TaskRouterCallback } from '../support/callback-queue';
import type { Chat, TaskSnapshot } from '../support/functions-fixture';
import type { FunctionAnswer } from '../support/twilio-runtime';
import {
  checkLog,
  checkSameAnswer,
  checkTrouble,
  describeAnswer,
  describeRequest,
  type SentRequest,
} from './answer';
import type { Stage } from './environment';
import type { Mishap } from './step';

/** A chat, and what has happened to it that the functions did not do. */
export interface PlayedChat extends Chat {
  /** The customer has asked for the end. */
  customerEnded: boolean;
  /** A task ended at TaskRouter by itself or by somebody's hand: Flex may have closed the chat, and we heal that. */
  mayBeClosed: boolean;
}

/** A task on one of the chats that an agent has taken, or is offered. */
export interface Seat {
  readonly task: TaskSnapshot;
  readonly agent: string;
}

/** Longer than any lease. */
export const LEASES_RUN_OUT_MS = 12_000;

export type Scenario = ReturnType<typeof createScenario>;

export function createScenario({ world, turnstile, badLuck, watched }: Stage) {
  const chats: PlayedChat[] = [];
  const requests: SentRequest[] = [];
  /** What happened, for whoever reads why a scenario failed. */
  const trace: string[] = [];
  /** Who has ever accepted which task: `bob WT…`. */
  const takers = new Set<string>();
  /** Tasks whose end was known before anybody was known to have taken them. */
  const endedFirst = new Set<string>();
  /** Tasks that were taken before the functions heard of their chat: nobody need be told who joined … */
  const adopted = new Set<string>();
  /** … and those that their agents had left again, too: nor who left. */
  const leftUnheard = new Set<string>();
  /** Until then a run that something went wrong with may hold the outbox. */
  let busyUntil = 0;

  const tasks = () => chats.flatMap(({ conversationSid }) => world.tasks(conversationSid));

  const scenario = {
    world,
    turnstile,
    watched,
    chats,
    requests,
    trace,
    takers,
    /** For ids that are the same in every run. */
    counts: { transfers: 0 },
    endedFirst,
    adopted,
    leftUnheard,
    /** The tasks of all chats. */
    tasks,

    seats: (...statuses: readonly string[]): Seat[] =>
      tasks().flatMap((task) =>
        task.reservations
          .filter(({ status }) => statuses.includes(status))
          .map(({ workerName: agent }) => ({ task, agent })),
      ),

    async begin(name: string): Promise<void> {
      const chat = await world.startChat(name);
      chats.push({ ...chat, customerEnded: false, mayBeClosed: false });
    },

    /** Something went wrong: for a while others may find the outbox held. */
    expectTrouble(): void {
      busyUntil = world.clock.nowMs() + LEASES_RUN_OUT_MS;
    },

    /** What may fail at this moment without anything being wrong with the functions. */
    allowed: (): readonly string[] => (world.clock.nowMs() < busyUntil ? ['busy'] : []),

    async withMishap<T>(mishap: Mishap | undefined, run: () => Promise<T>): Promise<T> {
      if (mishap === undefined) return run();
      try {
        return await badLuck.strike(mishap, run);
      } finally {
        scenario.expectTrouble();
      }
    },

    /** Before the functions are called: what they have not heard of, and so cannot tell. */
    async noteUnheard(): Promise<void> {
      for (const chat of chats) {
        const ledger = await world.ledger(chat.conversationSid);
        for (const [sid, { state, worker }] of Object.entries(ledger?.tasks ?? {})) {
          if (state === 'closed' && worker === undefined) endedFirst.add(sid);
        }
        if (ledger !== undefined) continue;
        for (const { sid, status } of world.tasks(chat.conversationSid)) {
          if (!['pending', 'reserved'].includes(status)) adopted.add(sid);
          if (['wrapping', 'completed'].includes(status)) leftUnheard.add(sid);
        }
      }
    },

    noteAnswer(request: SentRequest, answer: FunctionAnswer | undefined, allowed: readonly string[]): void {
      request.answers.push(answer);
      trace.push(`  ${describeRequest(request)} → ${describeAnswer(answer)}`);
      if (answer === undefined) return;
      checkLog(answer, request);
      checkTrouble(answer, request.path, allowed);
      checkSameAnswer(request);
    },

    noteDelivery(
      { type, taskSid = '' }: TaskRouterCallback,
      answer: FunctionAnswer | undefined,
      allowed: readonly string[],
    ): void {
      trace.push(`  ${type} ${taskSid} → ${describeAnswer(answer)}`);
      if (answer !== undefined) checkTrouble(answer, `the event ${type}`, allowed);
    },

    /** Sends a request, for the first time or again, with nothing going wrong. */
    async send(request: SentRequest): Promise<void> {
      await scenario.noteUnheard();
      const allowed = scenario.allowed();
      scenario.noteAnswer(request, await world.post(request.path, request.fields), allowed);
    },

    /** Delivers everything in TaskRouter's order, what follows from it too. */
    async deliverAll(): Promise<void> {
      for (;;) {
        await world.settle();
        const callback = world.waiting.shift();
        if (callback === undefined) return;
        await scenario.noteUnheard();
        const allowed = scenario.allowed();
        scenario.noteDelivery(callback, await world.deliver(callback), allowed);
      }
    },

    async setPresence(agent: string, available: boolean): Promise<void> {
      const workspace = world.workspace();
      const name = available ? 'Available' : 'Offline';
      const [activity] = await workspace.activities.list({ friendlyName: name });
      if (activity === undefined) throw new Error(`There is no activity ${name}`);
      await workspace.workers(world.workerSid(agent)).update({ activitySid: activity.sid });
    },

    /** Changes at TaskRouter that we did not ask for; they may close a chat behind our back. */
    async atTaskRouter(change: () => Promise<unknown>): Promise<void> {
      const open = chats.filter(({ conversationSid }) => world.isOpen(conversationSid));
      await change();
      await world.settle();
      for (const chat of open) chat.mayBeClosed ||= !world.isOpen(chat.conversationSid);
    },
  };
  return scenario;
}
