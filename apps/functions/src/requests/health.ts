/**
 * What `/health` says: the version, and the names of settings that are missing or malformed. Everyone may read it, so it
 * contains no value, no SID and nothing about chats. It makes no call to Twilio.
 */
import { version } from '../../package.json';
import { findSettingProblems, type SettingProblems } from '../settings';
import { CONVERSATION_SETTINGS, WEBCHAT_SETTINGS } from './needed-settings';

export interface Health {
  /** Whether transfers have all their settings. */
  readonly ok: boolean;
  readonly version: string;
  readonly transfers: SettingProblems;
  /** For our own webchat. An account without it needs none of these. */
  readonly webchat: SettingProblems;
}

/** @param context of a function, with the variables of the environment */
export function describeHealth(context: object): Health {
  const transfers = findSettingProblems(context, {
    required: [...CONVERSATION_SETTINGS, 'allowedOrigins', 'release'],
    optional: ['previousLedgerSecret', 'sweepSecret'],
  });
  return {
    ok: transfers.missing.length + transfers.malformed.length === 0,
    version,
    transfers,
    webchat: findWebchatProblems(context),
  };
}

/** A chat begins at an address or a Flex Flow. If neither is set, the address is missing. */
function findWebchatProblems(context: object): SettingProblems {
  const problems = findSettingProblems(context, WEBCHAT_SETTINGS);
  const address = findSettingProblems(context, { required: ['webchatAddressSid'] });
  const flow = findSettingProblems(context, { required: ['flexFlowSid'] });
  const hasNeither = address.missing.length > 0 && flow.missing.length > 0;
  return hasNeither ? { ...problems, missing: [...problems.missing, ...address.missing] } : problems;
}
