/**
 * TaskRouter's calls to the customer's server: the event callback of a workspace, and the assignment callback of a
 * workflow. Both are form POSTs with a signature that `twilio.validateRequest` accepts, and are sent once.
 *
 * Twilio promises no order. Here a workspace's events are sent one after another, so that a run can be repeated.
 */
import { createHmac } from 'node:crypto';
import { asJsonObject } from '../json.js';
import type { Core } from './core.js';
import { updateReservation } from './reservations.js';
import type { Reservation, TaskRouterEvent } from './state.js';

type Form = Readonly<Record<string, string>>;

/** Twilio waits this long for an answer to an event, and a third of it for one to an assignment. */
const EVENT_TIMEOUT_MS = 15_000;
const ASSIGNMENT_TIMEOUT_MS = 5_000;

/** The value of X-Twilio-Signature: https://www.twilio.com/docs/usage/security#validating-requests */
function signForm(authToken: string, url: string, form: Form): string {
  const sorted = Object.entries(form).sort(([a], [b]) => (a < b ? -1 : 1));
  const signed = url + sorted.map(([name, value]) => name + value).join('');
  return createHmac('sha1', authToken).update(signed, 'utf8').digest('base64');
}

/** Starts to send callbacks. One that fails is reported and lost, as with Twilio. */
export function sendCallbacks(core: Core): void {
  const { account } = core.sandbox;
  const ended = new AbortController();
  core.sandbox.onEnd(() => ended.abort());

  const post = (url: string, form: Form, timeoutMs: number) =>
    fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'x-twilio-signature': signForm(account.authToken, url, form),
        'user-agent': 'TwilioProxy/1.1',
      },
      body: new URLSearchParams(form),
      signal: AbortSignal.any([ended.signal, AbortSignal.timeout(timeoutMs)]),
    });

  const queues = new Map<string, Promise<void>>();
  core.onEvent((event) => {
    const { workspace } = event;
    const url = workspace.eventCallbackUrl;
    if (url !== '' && wants(workspace.eventsFilter, event.type)) {
      const send = async () => {
        if (ended.signal.aborted) return;
        await post(url, event.data, EVENT_TIMEOUT_MS).then((response) => response.arrayBuffer());
      };
      const before = queues.get(workspace.sid) ?? Promise.resolve();
      queues.set(workspace.sid, before.then(send).catch(reportFailure(ended.signal, url)));
    }
    if (event.type === 'reservation.created' && event.reservation !== undefined) {
      askAssignment(event.reservation, event);
    }
  });

  function askAssignment(reservation: Reservation, event: TaskRouterEvent): void {
    const url = reservation.task.workflow?.assignmentCallbackUrl;
    if (!url) return;
    post(url, assignmentForm(event), ASSIGNMENT_TIMEOUT_MS)
      .then(async (response) => {
        if (response.status === 200) obey(reservation, await response.json());
      })
      .catch(reportFailure(ended.signal, url));
  }

  function obey(reservation: Reservation, answer: unknown): void {
    if (reservation.status !== 'pending') return;
    const { instruction, activity_sid } = asJsonObject(answer) ?? {};
    if (instruction === 'accept') updateReservation(core, reservation, { reservationStatus: 'accepted' });
    if (instruction === 'reject') {
      const workerActivitySid = typeof activity_sid === 'string' ? activity_sid : undefined;
      updateReservation(core, reservation, { reservationStatus: 'rejected', workerActivitySid });
    }
  }
}

function wants(filter: string | null, type: string): boolean {
  return filter === null || filter.split(',').some((wanted) => wanted.trim() === type);
}

const ASSIGNMENT_FIELDS = [
  'AccountSid',
  'WorkspaceSid',
  'WorkflowSid',
  'ReservationSid',
  'TaskQueueSid',
  'TaskSid',
  'TaskAge',
  'TaskPriority',
  'TaskAttributes',
  'WorkerSid',
  'WorkerName',
  'WorkerAttributes',
];

function assignmentForm({ data }: TaskRouterEvent): Form {
  return Object.fromEntries(ASSIGNMENT_FIELDS.map((name) => [name, data[name] ?? '']));
}

const reportFailure = (ended: AbortSignal, url: string) => (error: unknown) => {
  if (!ended.aborted) console.error(`Failed to send a TaskRouter callback to ${url}:`, error);
};
