/** Names of calls to Twilio that are the same in every run: without the SIDs, which differ. */
import type { CallOptions } from './direct-transport';

/** Such as `POST taskrouter Tasks/WT (canceled)` or `POST chat Messages (agent-left)`. */
export function callName({ method, uri, data, params }: CallOptions): string {
  const { hostname, pathname, searchParams } = new URL(uri);
  const parts = pathname
    .split('/')
    .slice(2)
    .filter((part) => !/^(Workspaces|Services|Accounts|WS|IS|AC)/.test(part))
    .map((part) =>
      part
        .replace(/^([A-Z]{2})[0-9a-f]{32}$/, '$1')
        .replace(/^chat-transfer\..*/, 'ledger')
        .replace(/^\d{15}\..*/, 'item'),
    );
  const isMember = ['Members', 'Participants'].includes(parts.at(-2) ?? '') && parts.at(-1) !== 'UT';
  const path = (isMember ? [...parts.slice(0, -1), 'agent'] : parts)
    .join('/')
    .replace(/^(Interactions\/KD\/Channels\/UO|Channels\/CH|Conversations\/CH)\//, '');
  const detail =
    readDetail(data) ?? (filtersByAttributes(params, searchParams) ? 'by attributes' : undefined);
  return [
    method.toUpperCase(),
    hostname.split('.')[0],
    path,
    ...(detail === undefined ? [] : [`(${detail})`]),
  ].join(' ');
}

/** What a call writes, where one URL takes several things: a status, or the kind of a notice. */
function readDetail(data: unknown): string | undefined {
  if (!isRecord(data)) return undefined;
  const status = data.AssignmentStatus ?? data.ReservationStatus ?? data.Status;
  if (typeof status === 'string') return status;
  const attributes = typeof data.Attributes === 'string' ? JSON.parse(data.Attributes) : undefined;
  return isRecord(attributes) && isRecord(attributes.notice) ? String(attributes.notice.kind) : undefined;
}

const filtersByAttributes = (params: unknown, search: URLSearchParams): boolean =>
  search.has('EvaluateTaskAttributes') || (isRecord(params) && 'EvaluateTaskAttributes' in params);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
