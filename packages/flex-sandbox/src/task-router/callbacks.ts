/**
 * TaskRouter's calls to the application: the event callback of a workspace and the assignment callback of a
 * workflow. Both are form POSTs with a signature that `twilio.validateRequest` accepts. They are sent once,
 * without retries.
 *
 * Twilio guarantees no order. Here a workspace's events are sent one after another, so that test runs are
 * repeatable.
 */
import { createHmac } from 'node:crypto';
import { asJsonObject } from '../json.js';
import type { Core } from './core.js';
import { updateReservation } from './reservations.js';
import type { Reservation, TaskRouterEvent } from './state.js';

type Form = Readonly<Record<string, string>>;

/** How long Twilio waits for the response to an event callback and to an assignment callback. */
const EVENT_TIMEOUT_MS = 15_000;
const ASSIGNMENT_TIMEOUT_MS = 5_000;

/** The value of X-Twilio-Signature: https://www.twilio.com/docs/usage/security#validating-requests */
function signForm(authToken: string, url: string, form: Form): string {
  const sorted = Object.entries(form).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = url + sorted.map(([name, value]) => name + value).join('');
  return createHmac('sha1', authToken).update(text, 'utf8').digest('base64');
}

/** Starts to send callbacks. A failed callback is logged and lost, as with Twilio. */
export function startCallbacks(core: Core): void {
  const { account } = core.sandbox;
  const shutdown = new AbortController();
  core.sandbox.onEnd(() => shutdown.abort());

  const post = (url: string, form: Form, timeoutMs: number) =>
    fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'x-twilio-signature': signForm(account.authToken, url, form),
        'user-agent': 'TwilioProxy/1.1',
      },
      body: new URLSearchParams(form),
      signal: AbortSignal.any([shutdown.signal, AbortSignal.timeout(timeoutMs)]),
    });

  const lastSends = new Map<string, Promise<void>>();
  core.onEvent((event) => {
    const { workspace } = event;
    const url = workspace.eventCallbackUrl;
    if (url !== '' && passesFilter(workspace.eventsFilter, event.type)) {
      const send = async () => {
        if (shutdown.signal.aborted) return;
        await post(url, event.data, EVENT_TIMEOUT_MS).then((response) => response.arrayBuffer());
      };
      const previous = lastSends.get(workspace.sid) ?? Promise.resolve();
      lastSends.set(workspace.sid, previous.then(send).catch(reportFailure(shutdown.signal, url)));
    }
    if (event.type === 'reservation.created' && event.reservation !== undefined) {
      requestAssignment(event.reservation, event);
    }
  });

  function requestAssignment(reservation: Reservation, event: TaskRouterEvent): void {
    const url = reservation.task.workflow?.assignmentCallbackUrl;
    if (!url) return;
    post(url, assignmentForm(event), ASSIGNMENT_TIMEOUT_MS)
      .then(async (response) => {
        if (response.status === 200) applyInstruction(reservation, await response.json());
      })
      .catch(reportFailure(shutdown.signal, url));
  }

  function applyInstruction(reservation: Reservation, response: unknown): void {
    if (reservation.status !== 'pending') return;
    const { instruction, activity_sid } = asJsonObject(response) ?? {};
    if (instruction === 'accept') updateReservation(core, reservation, { reservationStatus: 'accepted' });
    if (instruction === 'reject') {
      const workerActivitySid = typeof activity_sid === 'string' ? activity_sid : undefined;
      updateReservation(core, reservation, { reservationStatus: 'rejected', workerActivitySid });
    }
  }
}

function passesFilter(filter: string | null, type: string): boolean {
  return filter === null || filter.split(',').some((eventType) => eventType.trim() === type);
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

const reportFailure = (shutdown: AbortSignal, url: string) => (error: unknown) => {
  if (!shutdown.aborted) console.error(`Failed to send a TaskRouter callback to ${url}:`, error);
};
