/** The faults of the fault matrix, and which calls each of them can hit. */
import type { FaultKind } from '../support/fault-injector';

/** Hit one call. */
const CALL_FAULTS = [
  '412',
  '429',
  '500',
  '503',
  '404 after effect',
  'lost before',
  'lost after',
  'hangs before',
  'hangs after',
  '8 s late',
  'outage',
  'crash after',
] as const satisfies readonly FaultKind[];

/** Hit two different calls of one run, or everything that happens for a while. */
const RUN_FAULTS = ['two faults', 'Sync down', 'events lost', 'events late'] as const;

/** The columns of the matrix. */
export const MATRIX_FAULTS = [...CALL_FAULTS, ...RUN_FAULTS] as const;

export type CallFault = (typeof CALL_FAULTS)[number];
export type MatrixFault = (typeof MATRIX_FAULTS)[number];

/** Conversations answers 404 to a new participant that it has added. No other call is known to do so. */
const FAULTS_OF_WRITES = CALL_FAULTS.filter((fault) => fault !== '404 after effect');
/** A read has no effect: a lost answer is like a lost request, and a crash after it like one before the next call. */
const FAULTS_OF_READS = FAULTS_OF_WRITES.filter((fault) => !fault.includes('after'));

/** `callName`: begins with the HTTP method. */
export function listFaults(callName: string): readonly CallFault[] {
  if (callName.startsWith('GET ') || callName.startsWith('POST iam ')) return FAULTS_OF_READS;
  return callName === 'POST conversations Participants' ? CALL_FAULTS : FAULTS_OF_WRITES;
}
