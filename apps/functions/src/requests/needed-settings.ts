/** Which settings the endpoints need. `/health` reports them, so this file must not import Twilio's library. */
import type { SettingName } from '../settings';

/** Of every endpoint that reads or changes conversations. */
export const CONVERSATION_SETTINGS = [
  'accountSid',
  'authToken',
  'workspaceSid',
  'transferWorkflowSid',
  'chatServiceSid',
  'syncServiceSid',
  'ledgerSecret',
  'answerWithinMs',
  'ringWithinMs',
  'textedNotices',
  'queuePublicLabels',
  'defaultAgentName',
] as const satisfies readonly SettingName[];

/**
 * Of `/webchat/start`, which only our own webchat calls. It also needs the address or the flow, which depends on the
 * backend of the new chat.
 */
export const WEBCHAT_SETTINGS = {
  required: [
    'accountSid',
    'authToken',
    'chatServiceSid',
    'apiKeySid',
    'apiKeySecret',
    'webchatSessionSecret',
    'allowedOrigins',
  ],
  optional: ['webchatAddressSid', 'flexFlowSid'],
} as const satisfies Record<'required' | 'optional', readonly SettingName[]>;
