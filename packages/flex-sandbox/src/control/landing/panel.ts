/** The panel below the windows, with the state and the request log. It fetches them only while it is open. */
import type { RequestRecord } from '../requests.js';
import type { SandboxSnapshot } from '../snapshot.js';
import { buildTable, type Cell } from './table.js';

const REFRESH_INTERVAL_MS = 1_000;
const MAX_REQUESTS = 200;
const MAX_CHARACTERS = 60;

export function setUpPanel(): void {
  const panel = findElement('#panel');
  const toggle = findElement('#toggle-panel');
  const state = findElement('#state');
  const log = findElement('#log');
  const stateTab = findElement('#tab-state');
  const logTab = findElement('#tab-log');
  const filter = findElement('#log-filter');
  const backendOnly = findElement<HTMLInputElement>('#backend-only');

  const refresh = async () => {
    if (panel.hidden) return;
    if (log.hidden) state.replaceChildren(...renderState(await fetchControl<SandboxSnapshot>('state')));
    else {
      const { requests } = await fetchControl<{ requests: readonly RequestRecord[] }>('requests');
      log.replaceChildren(renderLog(requests, backendOnly.checked));
    }
  };
  const selectTab = (showLog: boolean) => {
    log.hidden = !showLog;
    filter.hidden = !showLog;
    state.hidden = showLog;
    stateTab.setAttribute('aria-selected', String(!showLog));
    logTab.setAttribute('aria-selected', String(showLog));
    void refresh();
  };

  toggle.addEventListener('click', () => {
    panel.hidden = !panel.hidden;
    toggle.setAttribute('aria-expanded', String(!panel.hidden));
    void refresh();
  });
  stateTab.addEventListener('click', () => selectTab(false));
  logTab.addEventListener('click', () => selectTab(true));
  backendOnly.addEventListener('change', () => void refresh());
  // A refresh fails while the sandbox restarts. The next one tries again.
  setInterval(() => void refresh().catch(() => undefined), REFRESH_INTERVAL_MS);
}

async function fetchControl<T>(path: string): Promise<T> {
  const response = await fetch(`/_sandbox/${path}`);
  return response.json();
}

function renderState({ taskRouter, chat }: SandboxSnapshot): HTMLElement[] {
  const liveReservations = taskRouter.tasks.flatMap(({ reservations }) => reservations);
  const workers = taskRouter.workers.map(({ sid, friendlyName, activityName, available }): Cell[] => [
    { text: friendlyName },
    { text: activityName, className: available ? 'good' : 'empty' },
    {
      text: String(liveReservations.filter(({ workerSid }) => workerSid === sid).length),
      className: 'number',
    },
  ]);
  const tasks = taskRouter.tasks
    .toReversed()
    .map(({ sid, attributes, status, queueName, reservations }): Cell[] => [
      { text: shortenSid(sid), className: 'code' },
      { text: String(attributes.name ?? '') },
      { text: status, className: getStatusClass(status) },
      { text: queueName ?? '' },
      {
        text: reservations
          .map((reservation) => `${reservation.workerName} (${reservation.status})`)
          .join(', '),
      },
    ]);
  const conversations = chat.channels
    .toReversed()
    .map(({ sid, state, attributes, members, messages }): Cell[] => [
      { text: shortenSid(sid), className: 'code' },
      { text: getConversationStatus(state, attributes) },
      { text: members.map(({ identity, binding }) => identity ?? binding?.address ?? '').join(', ') },
      { text: shorten(messages.at(-1)?.body ?? '') },
    ]);
  return [
    buildTable('Workers', ['Name', 'Activity', 'Chats'], workers),
    buildTable('Tasks', ['Task', 'Customer', 'Status', 'Queue', 'Reservations'], tasks),
    buildTable('Conversations', ['Conversation', 'Status', 'Participants', 'Last message'], conversations),
  ];
}

function renderLog(requests: readonly RequestRecord[], backendOnly: boolean): HTMLElement {
  const visibleRequests = requests
    .filter(({ caller }) => !backendOnly || caller === 'account')
    .slice(-MAX_REQUESTS);
  const rows = visibleRequests.toReversed().map((request): Cell[] => [
    { text: new Date(request.startMs).toLocaleTimeString(), className: 'code' },
    { text: request.caller.replace(/^user:/, '') },
    { text: request.method, className: 'code' },
    { text: request.host.replace(/\.twilio\.com$/, '') },
    { text: request.path, className: 'code' },
    {
      text: describeOutcome(request),
      className: `code ${request.unknownEndpoint || (request.status ?? 0) >= 400 ? 'bad' : 'good'}`,
    },
    {
      text: request.endMs === undefined ? '' : `${request.endMs - request.startMs} ms`,
      className: 'number',
    },
  ]);
  return buildTable(
    'Requests, newest first',
    ['Time', 'Caller', 'Method', 'Host', 'Path', 'Response', 'Duration'],
    rows,
  );
}

function describeOutcome({ status, unknownEndpoint, fault, endMs }: RequestRecord): string {
  if (endMs === undefined) return '…';
  const response = unknownEndpoint ? `${status} unknown endpoint` : String(status ?? 'no response');
  return fault === undefined ? response : `${response} (${fault})`;
}

/** The status of a chat: in the attributes on Programmable Chat, in the state on Conversations. */
function getConversationStatus(state: string, attributes: unknown): string {
  const hasStatus = typeof attributes === 'object' && attributes !== null && 'status' in attributes;
  return hasStatus ? String(attributes.status) : state;
}

function getStatusClass(status: string): string {
  if (status === 'assigned') return 'good';
  return status === 'pending' || status === 'reserved' || status === 'wrapping' ? 'warning' : 'empty';
}

const shortenSid = (sid: string) => `${sid.slice(0, 8)}…`;
const shorten = (text: string) => (text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text);

function findElement<T extends HTMLElement = HTMLElement>(selector: string): T {
  const element = document.querySelector<T>(selector);
  if (element === null)
    throw new Error(`Failed to set up the panel: the landing page has no element ${selector}.`);
  return element;
}
