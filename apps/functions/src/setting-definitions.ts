/**
 * Every setting of the functions: where it is set, and what it may be.
 *
 * The first name of a variable is ours. The second is the name in Twilio's reference template, so that an account that has
 * the template needs no second variable:
 * https://github.com/twilio-professional-services/flex-project-template/blob/main/serverless-functions/.env.example
 */
import { NameInputSchema, parseJson, type Release, ReleaseSchema } from '@chat-transfer/transfer-core';
import * as v from 'valibot';
import { LabelsSchema, type Reading, type SettingsDocument, TextedNoticesSchema } from './settings-document';

export interface Definition<Value> {
  /** The variables that can set it. The first one that is set counts. */
  readonly variables: readonly [string, ...string[]];
  readonly schema: v.GenericSchema<string, Value>;
  /** Where the document can set it. The document wins over the variables. */
  readonly fromDocument?: (document: SettingsDocument) => Reading<Value>;
  /** The value if nothing sets it. Without one, an endpoint that needs the setting refuses every request. */
  readonly fallback?: Value;
}

const define = <Value>(definition: Definition<Value>): Definition<Value> => definition;

const sid = (prefix: string) => v.pipe(v.string(), v.regex(new RegExp(`^${prefix}[0-9a-f]{32}$`)));
const secret = v.pipe(v.string(), v.minLength(16));

/** A setting whose value is JSON text. */
const json = <Value>(schema: v.GenericSchema<unknown, Value>) =>
  v.pipe(v.string(), v.transform(parseJson), schema);

/** Whole seconds, from five seconds to an hour, as milliseconds. */
const duration = v.pipe(
  v.string(),
  v.regex(/^\d+$/),
  v.transform(Number),
  v.minValue(5),
  v.maxValue(3600),
  v.transform((seconds) => seconds * 1000),
);

const origins = v.pipe(
  v.string(),
  v.transform((text): readonly string[] =>
    text
      .split(',')
      // Browsers send origins without a trailing slash.
      .map((origin) => origin.trim().replace(/\/$/, ''))
      .filter(Boolean),
  ),
);

export const DEFINITIONS = {
  /** Twilio sets it and AUTH_TOKEN, unless an admin has switched that off for the service. */
  accountSid: define({ variables: ['ACCOUNT_SID'], schema: sid('AC') }),
  authToken: define({ variables: ['AUTH_TOKEN'], schema: v.string() }),
  workspaceSid: define({
    variables: ['TWILIO_WORKSPACE_SID', 'TWILIO_FLEX_WORKSPACE_SID'],
    schema: sid('WS'),
  }),
  transferWorkflowSid: define({
    variables: ['TWILIO_FLEX_CHAT_TRANSFER_WORKFLOW_SID'],
    schema: sid('WW'),
  }),
  chatServiceSid: define({
    variables: ['TWILIO_CHAT_SERVICE_SID', 'TWILIO_FLEX_CHAT_SERVICE_SID'],
    schema: sid('IS'),
  }),
  /** The Sync service of the ledgers, which no browser may open. */
  syncServiceSid: define({
    variables: ['TWILIO_SYNC_SERVICE_SID', 'TWILIO_FLEX_SYNC_SID'],
    schema: sid('IS'),
  }),
  ledgerSecret: define({ variables: ['LEDGER_SECRET'], schema: secret }),
  previousLedgerSecret: define({ variables: ['LEDGER_SECRET_PREVIOUS'], schema: secret }),
  /** For new chats on Flex Conversations. */
  webchatAddressSid: define({ variables: ['TWILIO_WEBCHAT_ADDRESS_SID'], schema: sid('IG') }),
  /** For new chats on Programmable Chat. */
  flexFlowSid: define({ variables: ['TWILIO_FLEX_FLOW_SID'], schema: sid('FO') }),
  apiKeySid: define({ variables: ['TWILIO_API_KEY'], schema: sid('SK') }),
  apiKeySecret: define({ variables: ['TWILIO_API_SECRET'], schema: secret }),
  webchatSessionSecret: define({ variables: ['WEBCHAT_SESSION_SECRET'], schema: secret }),
  /** Lets a scheduler ask for sweeps. */
  sweepSecret: define({ variables: ['SWEEP_SECRET'], schema: secret }),
  allowedOrigins: define({ variables: ['ALLOWED_ORIGINS'], schema: origins }),
  release: define<Release>({
    variables: ['CHAT_TRANSFER_RELEASE'],
    schema: ReleaseSchema,
    fallback: 'immediately',
  }),
  /** How long a target has to answer. The transfer workflow must be built with the same value. */
  answerWithinMs: define({
    variables: ['CHAT_TRANSFER_ANSWER_SECONDS'],
    schema: duration,
    fallback: 60_000,
  }),
  /** How long one agent has to answer. At most `answerWithinMs`; see `limitRingTime`. The workflow too. */
  ringWithinMs: define({ variables: ['CHAT_TRANSFER_RING_SECONDS'], schema: duration }),
  textedNotices: define({
    variables: ['CHAT_TRANSFER_TEXTED_NOTICES'],
    schema: json(TextedNoticesSchema),
    fromDocument: ({ texted_notices }) => texted_notices,
    fallback: {},
  }),
  queuePublicLabels: define({
    variables: ['QUEUE_PUBLIC_LABELS'],
    schema: json(LabelsSchema),
    fromDocument: ({ queue_labels }) => queue_labels,
    fallback: {},
  }),
  defaultAgentName: define({
    variables: ['DEFAULT_AGENT_NAME'],
    schema: NameInputSchema,
    fallback: 'Support',
  }),
};

export type SettingName = keyof typeof DEFINITIONS;

/** The value of each setting. */
export type Settings = {
  readonly [Name in SettingName]: (typeof DEFINITIONS)[Name] extends Definition<infer Value> ? Value : never;
};
