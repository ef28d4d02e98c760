/**
 * The state of one scenario: the chats, the requests and their answers. It acts as Flex, customers and TaskRouter do,
 * and does not depend on how the functions decide. Rule numbers are those of "What always holds" in
 * docs/architecture.md.
 */
import { authorKeyOf, LANDING_MS } from '@chat-transfer/transfer-core';
import type { TaskRouterCallback } from '../support/callback-queue';
import {
  AFTER_CLAIMS_MS,
  type Chat,
  type FunctionsFixture,
  type RunOn,
  type TaskSnapshot,
} from '../support/functions-fixture';
import { IN_ORDER } from '../support/interleaving-scheduler';
import type { FunctionAnswer } from '../support/twilio-runtime';
import {
  checkFailure,
  checkLog,
  checkSameAnswer,
  describeAnswer,
  describeRequest,
  type SentRequest,
} from './answer';
import { buildFault, type ScenarioFault } from './scenario-fault';

/** A chat, and what happened to it outside the functions. */
export interface ScenarioChat extends Chat {
  /** A task was closed outside the functions, so Flex may have closed the chat. The functions open it again. */
  mayBeClosed: boolean;
}

/** A task on one of the chats that an agent has, or that is offered to them. */
export interface Assignment {
  readonly task: TaskSnapshot;
  readonly agent: string;
}

export type Scenario = ReturnType<typeof createScenario>;

export function createScenario(fixture: FunctionsFixture) {
  const chats: ScenarioChat[] = [];
  const requests: SentRequest[] = [];
  /** What happened, for the message of a failure. */
  const trace: string[] = [];
  /** Which agent has accepted which task: `bob WT…`. */
  const acceptances = new Set<string>();
  /** Tasks that were closed before the functions learned who had accepted them. */
  const closedFirst = new Set<string>();
  /** Tasks that were accepted before their chat had a ledger: no notice need say that the agent joined … */
  const adoptedTasks = new Set<string>();
  /** … and those that the agent had left by then: no notice need say that either. */
  const leftBeforeLedger = new Set<string>();
  /** The author keys of the agents of adopted tasks, by conversation. */
  const adoptedKeys = new Map<string, Set<string>>();
  /** Until then a run that had a fault may hold a claim. */
  let busyUntilMs = 0;
  /** Until then a call that was given up may take effect, and runs wait for that instead of making it again. */
  let landingUntilMs = 0;
  let calls = 0;

  const tasks = () => chats.flatMap(({ conversationSid }) => fixture.tasks(conversationSid));

  const scenario = {
    fixture,
    chats,
    requests,
    trace,
    acceptances,
    /** For transfer ids that are the same in every run. */
    counts: { transfers: 0 },
    /** Whether an event was lost since the functions have compared every task with TaskRouter. */
    hasLostEvents: false,
    /** Whether an event was lost at any time. The functions cannot know of a chat whose events are all lost. */
    hasEverLostEvents: false,
    /** Whether a call was given up since then. It may still take effect. */
    hasLateCalls: false,
    /** Whether a call was given up at any time. */
    hasEverLateCalls: false,
    /** The functions run on both hosts in turn. */
    nextHost(): RunOn {
      calls += 1;
      return { host: calls % 2 === 0 ? 'a' : 'b' };
    },
    closedFirst,
    adoptedTasks,
    leftBeforeLedger,
    adoptedKeys,
    /** The tasks of all chats. */
    tasks,

    /** Those whose reservation has one of the statuses. */
    assignments: (...statuses: readonly string[]): Assignment[] =>
      tasks().flatMap((task) =>
        task.reservations
          .filter(({ status }) => statuses.includes(status))
          .map(({ workerName: agent }) => ({ task, agent })),
      ),

    async startChat(name: string): Promise<void> {
      const chat = await fixture.startChat(name);
      chats.push({ ...chat, mayBeClosed: false });
    },

    /** After a fault: for a while other requests may answer `busy`. */
    allowBusy(): void {
      busyUntilMs = fixture.clock.nowMs() + AFTER_CLAIMS_MS;
    },

    /** Failures that have a cause at the moment. */
    allowedFailures(): readonly string[] {
      const nowMs = fixture.clock.nowMs();
      return [...(nowMs < busyUntilMs ? ['busy'] : []), ...(nowMs < landingUntilMs ? ['twilio-failed'] : [])];
    },

    async runWithFault<T>(fault: ScenarioFault | undefined, run: () => Promise<T>): Promise<T | undefined> {
      if (fault === undefined) return run();
      const isLate = /hangs|late/.test(fault.kind);
      scenario.hasLateCalls ||= isLate;
      scenario.hasEverLateCalls ||= isLate;
      try {
        const runFaulty = () => fixture.runWithFault(buildFault(fixture.backend, fault), run);
        // Time goes on while a call hangs.
        const [result] = await fixture.runInterleaved(IN_ORDER, [runFaulty]);
        return result?.answer;
      } finally {
        scenario.allowBusy();
        if (isLate) landingUntilMs = fixture.clock.nowMs() + LANDING_MS;
      }
    },

    /** Records what the functions cannot know. Call it before every call of a function. */
    async recordUnknownFacts(): Promise<void> {
      for (const chat of chats) {
        const ledger = await fixture.ledger(chat.conversationSid);
        for (const [sid, { state, worker }] of Object.entries(ledger?.tasks ?? {})) {
          if (state === 'closed' && worker === undefined) closedFirst.add(sid);
        }
        if (ledger !== undefined) continue;
        const keys = adoptedKeys.get(chat.conversationSid) ?? new Set();
        adoptedKeys.set(chat.conversationSid, keys);
        for (const { sid, status, reservations } of fixture.tasks(chat.conversationSid)) {
          if (!['pending', 'reserved'].includes(status)) {
            adoptedTasks.add(sid);
            for (const { workerName } of reservations)
              keys.add(authorKeyOf(chat.conversationSid, workerName));
          }
          if (['wrapping', 'completed'].includes(status)) leftBeforeLedger.add(sid);
        }
      }
    },

    /** Records and checks an answer. `allowed`: the failures that have a cause. */
    checkAnswer(request: SentRequest, answer: FunctionAnswer | undefined, allowed: readonly string[]): void {
      request.answers.push(answer);
      trace.push(`  ${describeRequest(request)} → ${describeAnswer(answer)}`);
      if (answer === undefined) return;
      checkLog(answer, request);
      checkFailure(answer, request.path, allowed);
      checkSameAnswer(request);
    },

    /** Records and checks the answer to an event. */
    checkDelivery(
      { type, taskSid = '' }: TaskRouterCallback,
      answer: FunctionAnswer | undefined,
      allowed: readonly string[],
    ): void {
      trace.push(`  ${type} ${taskSid} → ${describeAnswer(answer)}`);
      if (answer !== undefined) checkFailure(answer, `the event ${type}`, allowed);
    },

    /** Sends a request without a fault, for the first time or again. */
    async send(request: SentRequest): Promise<void> {
      await scenario.recordUnknownFacts();
      const allowed = scenario.allowedFailures();
      const answer = await fixture.post(request.path, request.fields, undefined, scenario.nextHost());
      scenario.checkAnswer(request, answer, allowed);
    },

    /** Delivers all events in TaskRouter's order, also those that follow from them. */
    async deliverAll(): Promise<void> {
      for (;;) {
        await fixture.settle();
        const callback = fixture.undelivered.shift();
        if (callback === undefined) return;
        await scenario.recordUnknownFacts();
        const allowed = scenario.allowedFailures();
        scenario.checkDelivery(callback, await fixture.deliver(callback, scenario.nextHost()), allowed);
      }
    },

    /** TaskRouter does not send an event again. */
    recordLostEvent(): void {
      scenario.hasLostEvents = true;
      scenario.hasEverLostEvents = true;
    },

    setPresence: (agent: string, available: boolean) =>
      fixture.setActivity(agent, available ? 'Available' : 'Offline'),

    /** Makes a change at TaskRouter that the functions did not ask for. Flex may close a chat after it. */
    async changeAtTaskRouter(change: () => Promise<unknown>): Promise<void> {
      const open = chats.filter(({ conversationSid }) => fixture.isOpen(conversationSid));
      await change();
      await fixture.settle();
      for (const chat of open) chat.mayBeClosed ||= !fixture.isOpen(chat.conversationSid);
    },
  };
  return scenario;
}
