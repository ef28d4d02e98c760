/**
 * Reads the settings that an endpoint uses. A missing or malformed one becomes a failure that names it, before the
 * endpoint does anything. A setting that the endpoint does not use is not read.
 */
import {
  DEFAULT_RING_SECONDS,
  fail,
  type Result,
  succeed,
  type TransferFailure,
} from '@chat-transfer/transfer-core';
import * as v from 'valibot';
import { DEFINITIONS, type Definition, type SettingName, type Settings } from './setting-definitions';
import { type Reading, readSettingsDocument } from './settings-document';

export type { SettingName, Settings } from './setting-definitions';
export type { TextedNotices } from './settings-document';

/** The settings that an endpoint uses. */
export interface SettingNeeds<Required extends SettingName = never, Optional extends SettingName = never> {
  readonly required?: readonly Required[];
  /** Those that the endpoint also works without. They must not be malformed. */
  readonly optional?: readonly Optional[];
}

export type NeededSettings<Required extends SettingName, Optional extends SettingName = never> = Pick<
  Settings,
  Required
> & { readonly [Name in Optional]: Settings[Name] | undefined };

/** Reads a function's context, and the document if a needed setting can be in it. The failure contains no value. */
export function readSettings<Required extends SettingName = never, Optional extends SettingName = never>(
  context: object,
  { required = [], optional = [] }: SettingNeeds<Required, Optional>,
): Result<NeededSettings<Required, Optional>> {
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const name of [...required, ...optional]) {
    const reading = readSetting(context, name);
    if (reading.kind === 'set') values[name] = reading.value;
    else if (reading.kind === 'malformed' || new Set<SettingName>(required).has(name))
      return fail(describeProblem(context, name, reading));
  }
  // Every required setting has a value that its schema has parsed.
  return succeed(values as NeededSettings<Required, Optional>);
}

export interface SettingProblems {
  readonly missing: readonly string[];
  readonly malformed: readonly string[];
}

/** The names of all settings that `readSettings` would refuse, as an admin knows them. */
export function findSettingProblems(
  context: object,
  { required = [], optional = [] }: SettingNeeds<SettingName, SettingName>,
): SettingProblems {
  const missing: string[] = [];
  const malformed = new Set<string>();
  for (const name of [...required, ...optional]) {
    const reading = readSetting(context, name);
    if (reading.kind === 'malformed') malformed.add(reading.name);
    if (reading.kind === 'unset' && required.includes(name)) missing.push(DEFINITIONS[name].variables[0]);
  }
  return { missing, malformed: [...malformed] };
}

function readSetting(context: object, name: SettingName): Reading<unknown> {
  if (name !== 'ringWithinMs') return readDefinition<unknown>(context, DEFINITIONS[name]);
  const { ringWithinMs, answerWithinMs } = DEFINITIONS;
  return limitRingTime(readDefinition(context, ringWithinMs), readDefinition(context, answerWithinMs));
}

/** An agent cannot ring for longer than the target has to answer. */
function limitRingTime(ring: Reading<number>, answer: Reading<number>): Reading<number> {
  if (answer.kind !== 'set' || ring.kind === 'malformed') return ring.kind === 'malformed' ? ring : answer;
  if (ring.kind === 'unset')
    return { kind: 'set', value: Math.min(DEFAULT_RING_SECONDS * 1000, answer.value) };
  const [name] = DEFINITIONS.ringWithinMs.variables;
  return ring.value > answer.value ? { kind: 'malformed', name } : ring;
}

function readDefinition<Value>(context: object, definition: Definition<Value>): Reading<Value> {
  const { variables, schema, fromDocument, fallback } = definition;
  const fromAsset = fromDocument?.(readSettingsDocument()) ?? ({ kind: 'unset' } as const);
  if (fromAsset.kind !== 'unset') return fromAsset;
  for (const name of variables) {
    const text = readVariable(context, name);
    if (text === undefined) continue;
    const parsed = v.safeParse(schema, text);
    return parsed.success ? { kind: 'set', value: parsed.output } : { kind: 'malformed', name };
  }
  return fallback === undefined ? { kind: 'unset' } : { kind: 'set', value: fallback };
}

/** An empty value counts as not set: files of settings often list all names. */
function readVariable(context: object, name: string): string | undefined {
  const value: unknown = Reflect.get(context, name);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function describeProblem(context: object, name: SettingName, reading: Reading<unknown>): TransferFailure {
  const setting = reading.kind === 'malformed' ? reading.name : DEFINITIONS[name].variables[0];
  // Twilio accepts this word in place of the SID of the account's default Sync service.
  const isDefaultService = name === 'syncServiceSid' && readVariable(context, setting) === 'default';
  return isDefaultService
    ? { code: 'ledger-service-unsafe', reason: 'default-service' }
    : { code: 'not-configured', setting };
}
