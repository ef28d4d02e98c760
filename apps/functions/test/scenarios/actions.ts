/** What people and TaskRouter do that may happen at the same time, made ready to be run alone or together. */
import type { TaskRouterCallback } from '../support/callback-queue';
import { conversationOf } from '../support/twilio-chats';
import type { FunctionAnswer } from '../support/twilio-runtime';
import type { SentRequest } from './answer';
import type { Scenario, Seat } from './scenario';
import { AGENTS, type Mishap, type Move, type RequestStep } from './step';

/** One move, ready to go. */
export interface ReadyMove {
  readonly mishap: Mishap | undefined;
  /** Whether it is done by a function, which may be killed. */
  readonly mayDie: boolean;
  /** The event of TaskRouter that it tells. */
  readonly callback?: TaskRouterCallback;
  run(): Promise<FunctionAnswer | undefined>;
  /** Notes and checks what came of it; `undefined` for a function that died, and for what no function does. */
  note(answer: FunctionAnswer | undefined, allowed: readonly string[]): void;
}

/** The thing that a number means, counting round. */
export function pick<T>(things: readonly T[], index: number): T | undefined {
  return things.length === 0 ? undefined : things[index % things.length];
}

/** `undefined` when it makes no sense at this moment. */
export async function readyMove(scenario: Scenario, move: Move): Promise<ReadyMove | undefined> {
  const { world, chats, requests } = scenario;
  switch (move.do) {
    case 'start':
    case 'cancel':
    case 'leave':
    case 'complete': {
      const request = await newRequest(scenario, move);
      if (request === undefined) return undefined;
      requests.push(request);
      return readyRequest(scenario, request, move.mishap);
    }
    case 'again': {
      const request = pick(requests, move.request);
      return request && readyRequest(scenario, request, move.mishap);
    }
    case 'customer-ends': {
      const chat = pick(chats, move.chat);
      if (chat === undefined) return undefined;
      chat.customerEnded = true;
      const request = { path: '/webchat/end', fields: { session: chat.session }, answers: [] };
      requests.push(request);
      return readyRequest(scenario, request, move.mishap);
    }
    case 'deliver': {
      const callback = pick(world.waiting, move.callback);
      return callback && readyDelivery(scenario, callback, move.keep, move.mishap);
    }
    case 'accept':
    case 'decline': {
      const offer = pick(scenario.seats('pending'), move.offer);
      return offer && readyAnswer(scenario, offer, move.do);
    }
  }
}

function readyRequest({ world, noteAnswer }: Scenario, request: SentRequest, mishap?: Mishap): ReadyMove {
  return {
    mishap,
    mayDie: true,
    run: () => world.post(request.path, request.fields),
    note: (answer, allowed) => noteAnswer(request, answer, allowed),
  };
}

function readyDelivery(
  { world, noteDelivery }: Scenario,
  callback: TaskRouterCallback,
  keep: boolean,
  mishap?: Mishap,
): ReadyMove {
  return {
    mishap,
    mayDie: true,
    callback,
    run: () => world.deliver(callback),
    note(answer, allowed) {
      const at = world.waiting.indexOf(callback);
      // One that was lost is delivered again: TaskRouter would not, but then nothing could be promised.
      const isLost = answer === undefined || answer.body.code === 'twilio-failed';
      if (!keep && !isLost && at >= 0) world.waiting.splice(at, 1);
      noteDelivery(callback, answer, allowed);
    },
  };
}

/** An agent takes what they are offered, or does not. Somebody may have been faster. */
function readyAnswer(
  { world, trace, takers }: Scenario,
  { agent, task }: Seat,
  what: 'accept' | 'decline',
): ReadyMove {
  let became = `${what}s`;
  return {
    mishap: undefined,
    mayDie: false,
    async run() {
      try {
        if (what === 'accept') await world.accept(agent, task.sid);
        else await world.answer(agent, task.sid, 'rejected');
      } catch {
        became = `is too late to ${what}`;
        return undefined;
      }
      if (what === 'accept') takers.add(`${agent} ${task.sid}`);
      return undefined;
    },
    note() {
      trace.push(`  ${agent} ${became} ${task.sid}`);
    },
  };
}

async function newRequest(scenario: Scenario, step: RequestStep): Promise<SentRequest | undefined> {
  const { world, requests } = scenario;
  const starts = requests.filter(({ path }) => path === '/transfer/start');
  if (step.do === 'cancel') {
    const start = pick(starts, step.transfer);
    if (start === undefined) return undefined;
    const { taskSid = '', conversationSid = '', transferId = '', token = '' } = start.fields;
    const by = step.bySupervisor ? await world.tokenOf('carol') : token;
    return {
      path: '/transfer/cancel',
      fields: { token: by, taskSid, conversationSid, transferId },
      answers: [],
    };
  }
  const seats = step.do === 'complete' ? scenario.seats('accepted', 'wrapping') : scenario.seats('accepted');
  const seat = pick(seats, step.seat);
  if (seat === undefined) return undefined;
  const fields = await fieldsOf(scenario, step.bySupervisor ? 'carol' : seat.agent, seat);
  if (step.do !== 'start') return { path: `/conversation/${step.do}`, fields, answers: [] };

  const { target, mode } = step;
  const isAgent = AGENTS.some((agent) => agent === target);
  scenario.counts.transfers += 1;
  const more = {
    transferId: transferIdOf(scenario.counts.transfers),
    targetSid: isAgent ? world.workerSid(target) : world.queueSid(target),
    mode,
    note: `secret-note ${scenario.counts.transfers}`,
  };
  return { path: '/transfer/start', fields: { ...fields, ...more }, answers: [] };
}

export async function fieldsOf({ world }: Scenario, agent: string, { task }: Pick<Seat, 'task'>) {
  return {
    token: await world.tokenOf(agent),
    taskSid: task.sid,
    conversationSid: conversationOf(task.attributes),
  };
}

/** The same in every run, so that a scenario can be played again. */
export const transferIdOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
