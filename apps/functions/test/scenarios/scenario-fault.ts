/** Faults of the scenarios: they hit the next calls to one of Twilio's services while a request is answered. */
import type { Backend } from '@chat-transfer/transfer-core';
import type { Fault, FaultKind } from '../support/fault-injector';

/** By what they do, so that a script means the same on both backends. */
type Service = 'tasks' | 'wrapup' | 'chat' | 'ledger' | 'tokens';

export interface ScenarioFault {
  readonly service: Service;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `404 after effect` hits new participants only. */
  readonly kind: Extract<
    FaultKind,
    | '503'
    | '429'
    | 'lost before'
    | 'lost after'
    | 'hangs before'
    | 'hangs after'
    | '8 s late'
    | '404 after effect'
  >;
  /** How many calls it hits. */
  readonly times: number;
}

/** Twilio's products by service. */
const PRODUCTS: Readonly<Record<Backend, Readonly<Record<Service, string>>>> = {
  'programmable-chat': {
    tasks: 'taskrouter',
    wrapup: 'taskrouter',
    chat: 'chat',
    ledger: 'sync',
    tokens: 'iam',
  },
  conversations: {
    tasks: 'taskrouter',
    wrapup: 'flex-api',
    chat: 'conversations',
    ledger: 'sync',
    tokens: 'iam',
  },
};

export function buildFault(backend: Backend, { service, method, kind, times }: ScenarioFault): Fault {
  const host = `${PRODUCTS[backend][service]}.twilio.com`;
  return {
    kind,
    times,
    hits: (call) =>
      call.url.hostname === host &&
      call.method === method &&
      (kind !== '404 after effect' || call.url.pathname.endsWith('/Participants')),
  };
}
