/** What can go wrong with one call to Twilio, and which of it can go wrong with which call. */

/** Statuses that Twilio answers with instead of doing anything; a network or a function can only fail in the others. */
const STATUSES = { '412': 20412, '429': 20429, '500': 20500, '503': 20503 } as const;

export type Trouble =
  /** Twilio answers this status, once. */
  | keyof typeof STATUSES
  /** Conversations adds the participant, and answers 404. */
  | 'denied'
  /** The connection is lost, once: before Twilio got the call, or when the call has had its effect. */
  | 'lost before'
  | 'lost after'
  /** The call gets through after 8 s. */
  | '8 s late'
  /** 503, from this call on, to every call of its kind until the function has answered. */
  | 'outage'
  /** The function dies when the call has had its effect. It never answers. */
  | 'crash';

const ALL: readonly Trouble[] = [
  '412',
  '429',
  '500',
  '503',
  'denied',
  'lost before',
  'lost after',
  '8 s late',
  'outage',
  'crash',
];
const OF_WRITES = ALL.filter((trouble) => trouble !== 'denied');
/** To a reader it is the same whether the question or the answer is lost; dying after one is dying before it. */
const OF_READS = OF_WRITES.filter((trouble) => trouble !== 'lost after' && trouble !== 'crash');

export const TROUBLES = ALL;
export const DELAY_MS = 8_000;

/** @param call its name on the line, which begins with the HTTP method */
export function troublesOf(call: string): readonly Trouble[] {
  if (call.startsWith('GET ') || call.startsWith('POST iam ')) return OF_READS;
  return call === 'POST conversations Participants' ? ALL : OF_WRITES;
}

/** Twilio's answer instead of doing what it was asked for; `undefined` when the trouble is another one. */
export function refusalOf(trouble: Trouble): { readonly status: number; readonly code: number } | undefined {
  switch (trouble) {
    case '412':
    case '429':
    case '500':
    case '503':
      return { status: Number(trouble), code: STATUSES[trouble] };
    case 'outage':
      return { status: 503, code: STATUSES['503'] };
    case 'denied':
    case 'lost before':
    case 'lost after':
    case '8 s late':
    case 'crash':
      return undefined;
  }
}
