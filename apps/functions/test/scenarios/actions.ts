/** Actions of people and TaskRouter, prepared to run alone or interleaved with another one. */
import type { TaskRouterCallback } from '../support/callback-queue';
import { readConversationSid } from '../support/twilio-chats';
import type { FunctionAnswer } from '../support/twilio-runtime';
import type { SentRequest } from './answer';
import type { Assignment, Scenario } from './scenario';
import type { ScenarioFault } from './scenario-fault';
import { type Action, AGENTS, type RequestStep } from './steps';

export interface PreparedAction {
  readonly fault: ScenarioFault | undefined;
  /** Whether a function runs, which may crash. */
  readonly mayCrash: boolean;
  /** The event that it delivers. */
  readonly callback?: TaskRouterCallback;
  run(): Promise<FunctionAnswer | undefined>;
  /** Records and checks the result; `undefined` from a function that crashed, and from what no function does. */
  check(answer: FunctionAnswer | undefined, allowed: readonly string[]): void;
}

/** The item that a step's number means. */
export function pick<T>(items: readonly T[], index: number): T | undefined {
  return items.length === 0 ? undefined : items[index % items.length];
}

/** `undefined` if the action is not possible at the moment. */
export async function prepareAction(scenario: Scenario, action: Action): Promise<PreparedAction | undefined> {
  const { fixture, chats, requests } = scenario;
  switch (action.do) {
    case 'start':
    case 'cancel':
    case 'leave':
    case 'complete': {
      const request = await buildRequest(scenario, action);
      if (request === undefined) return undefined;
      requests.push(request);
      return prepareRequest(scenario, request, action.fault);
    }
    case 'resend': {
      const request = pick(requests, action.request);
      return request && prepareRequest(scenario, request, action.fault);
    }
    case 'customer-ends': {
      const chat = pick(chats, action.chat);
      if (chat === undefined) return undefined;
      const request = { path: '/webchat/end', fields: { session: chat.session }, answers: [] };
      requests.push(request);
      return prepareRequest(scenario, request, action.fault);
    }
    case 'deliver': {
      const callback = pick(fixture.undelivered, action.event);
      return callback && prepareDelivery(scenario, callback, action.keep, action.fault);
    }
    case 'accept':
    case 'decline': {
      const offer = pick(scenario.assignments('pending'), action.offer);
      return offer && prepareReservationChange(scenario, offer, action.do);
    }
  }
}

function prepareRequest(
  { fixture, checkAnswer, nextHost }: Scenario,
  request: SentRequest,
  fault?: ScenarioFault,
): PreparedAction {
  return {
    fault,
    mayCrash: true,
    run: () => fixture.post(request.path, request.fields, undefined, nextHost()),
    check: (answer, allowed) => checkAnswer(request, answer, allowed),
  };
}

function prepareDelivery(
  scenario: Scenario,
  callback: TaskRouterCallback,
  keep: boolean,
  fault?: ScenarioFault,
): PreparedAction {
  const { fixture, checkDelivery, nextHost } = scenario;
  return {
    fault,
    mayCrash: true,
    callback,
    run: () => fixture.deliver(callback, nextHost()),
    check(answer, allowed) {
      const index = fixture.undelivered.indexOf(callback);
      if (!keep && index >= 0) fixture.undelivered.splice(index, 1);
      if (answer?.status !== 200) scenario.recordLostEvent();
      checkDelivery(callback, answer, allowed);
    },
  };
}

/** An agent accepts or declines an offer, unless another agent is faster. */
function prepareReservationChange(
  { fixture, trace, acceptances }: Scenario,
  { agent, task }: Assignment,
  change: 'accept' | 'decline',
): PreparedAction {
  let result = `${change}s`;
  return {
    fault: undefined,
    mayCrash: false,
    async run() {
      try {
        if (change === 'accept') await fixture.accept(agent, task.sid);
        else await fixture.updateReservation(agent, task.sid, 'rejected');
      } catch {
        result = `is too late to ${change}`;
        return undefined;
      }
      if (change === 'accept') acceptances.add(`${agent} ${task.sid}`);
      return undefined;
    },
    check() {
      trace.push(`  ${agent} ${result} ${task.sid}`);
    },
  };
}

async function buildRequest(scenario: Scenario, step: RequestStep): Promise<SentRequest | undefined> {
  const { fixture, requests } = scenario;
  const starts = requests.filter(({ path }) => path === '/transfer/start');
  if (step.do === 'cancel') {
    const start = pick(starts, step.transfer);
    if (start === undefined) return undefined;
    const { taskSid = '', conversationSid = '', transferId = '' } = start.fields;
    const token = step.bySupervisor ? await fixture.tokenOf('carol') : (start.fields.token ?? '');
    return {
      path: '/transfer/cancel',
      fields: { token, taskSid, conversationSid, transferId },
      answers: [],
    };
  }
  const statuses = step.do === 'complete' ? ['accepted', 'wrapping'] : ['accepted'];
  const assignment = pick(scenario.assignments(...statuses), step.assignment);
  if (assignment === undefined) return undefined;
  const fields = await buildFields(scenario, step.bySupervisor ? 'carol' : assignment.agent, assignment);
  if (step.do !== 'start') return { path: `/conversation/${step.do}`, fields, answers: [] };

  const { target, mode } = step;
  const isAgent = AGENTS.some((agent) => agent === target);
  scenario.counts.transfers += 1;
  const startFields = {
    transferId: buildTransferId(scenario.counts.transfers),
    targetSid: isAgent ? fixture.workerSid(target) : fixture.queueSid(target),
    mode,
    note: `secret-note ${scenario.counts.transfers}`,
  };
  return { path: '/transfer/start', fields: { ...fields, ...startFields }, answers: [] };
}

/** The fields of every request about a task. */
export async function buildFields({ fixture }: Scenario, agent: string, { task }: Pick<Assignment, 'task'>) {
  return {
    token: await fixture.tokenOf(agent),
    taskSid: task.sid,
    conversationSid: readConversationSid(task.attributes),
  };
}

/** The same in every run, so that a scenario can be repeated. */
export const buildTransferId = (number: number) =>
  `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
