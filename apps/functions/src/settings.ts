/**
 * The settings of the functions, from their environment. They are parsed once per request. A missing or
 * malformed setting becomes a failure that names the setting, instead of a crash later.
 */
import {
  DEFAULT_RING_SECONDS,
  fail,
  NameInputSchema,
  NOTICE_KINDS,
  parseJson,
  ReleaseSchema,
  type Result,
  succeed,
} from '@chat-transfer/transfer-core';
import * as v from 'valibot';

const sid = (prefix: string) => v.pipe(v.string(), v.regex(new RegExp(`^${prefix}[0-9a-f]{32}$`)));
const secret = v.pipe(v.string(), v.minLength(16));

/** A setting whose value is JSON text. */
const json = <Value>(schema: v.GenericSchema<unknown, Value>) =>
  v.pipe(v.string(), v.transform(parseJson), schema);

/** `{"WQ…":"Billing"}`: the queue names that customers may read. */
const LabelsSchema = v.record(v.string(), NameInputSchema);

/**
 * Flex's channel type → the kinds of notices that its customers get as messages:
 * `{"sms":["agent-joined","chat-ended"]}`.
 */
const TextedNoticesSchema = v.record(v.string(), v.array(v.picklist(NOTICE_KINDS)));
export type TextedNotices = v.InferOutput<typeof TextedNoticesSchema>;

/** Whole seconds, from five seconds to an hour. */
const SecondsSchema = v.pipe(
  v.string(),
  v.regex(/^\d+$/),
  v.transform(Number),
  v.minValue(5),
  v.maxValue(3600),
);

const EnvironmentSchema = v.object({
  ACCOUNT_SID: sid('AC'),
  TWILIO_WORKSPACE_SID: sid('WS'),
  TWILIO_FLEX_CHAT_TRANSFER_WORKFLOW_SID: sid('WW'),
  TWILIO_CHAT_SERVICE_SID: sid('IS'),
  TWILIO_SYNC_SERVICE_SID: sid('IS'),
  TWILIO_FLEX_FLOW_SID: v.optional(sid('FO'), undefined),
  TWILIO_WEBCHAT_ADDRESS_SID: v.optional(sid('IG'), undefined),
  TWILIO_API_KEY: sid('SK'),
  TWILIO_API_SECRET: secret,
  WEBCHAT_SESSION_SECRET: secret,
  LEDGER_SECRET: secret,
  LEDGER_SECRET_PREVIOUS: v.optional(secret, undefined),
  SWEEP_SECRET: v.optional(secret, undefined),
  ALLOWED_ORIGINS: v.pipe(
    v.string(),
    v.transform((text) =>
      text
        .split(',')
        // Browsers send origins without a trailing slash.
        .map((origin) => origin.trim().replace(/\/$/, ''))
        .filter(Boolean),
    ),
  ),
  CHAT_TRANSFER_RELEASE: v.optional(ReleaseSchema, 'immediately'),
  CHAT_TRANSFER_ANSWER_SECONDS: v.optional(SecondsSchema, '60'),
  CHAT_TRANSFER_RING_SECONDS: v.optional(SecondsSchema, undefined),
  CHAT_TRANSFER_TEXTED_NOTICES: v.optional(json(TextedNoticesSchema), '{}'),
  QUEUE_PUBLIC_LABELS: v.optional(json(LabelsSchema), '{}'),
  DEFAULT_AGENT_NAME: v.optional(NameInputSchema, 'Support'),
});

type Environment = v.InferOutput<typeof EnvironmentSchema>;

export interface Settings {
  readonly accountSid: string;
  readonly workspaceSid: string;
  readonly transferWorkflowSid: string;
  readonly chatServiceSid: string;
  /** The Sync service of the ledgers, which no browser may open. */
  readonly syncServiceSid: string;
  readonly ledgerSecrets: { readonly current: string; readonly previous: string | undefined };
  /** For chats on Programmable Chat. Only `/webchat/start` needs it. */
  readonly flexFlowSid: string | undefined;
  /** For chats on Flex Conversations. Only `/webchat/start` needs it. */
  readonly webchatAddressSid: string | undefined;
  readonly apiKeySid: string;
  readonly apiKeySecret: string;
  readonly webchatSessionSecret: string;
  /** Lets a scheduler ask for sweeps. */
  readonly sweepSecret: string | undefined;
  readonly allowedOrigins: readonly string[];
  readonly release: Environment['CHAT_TRANSFER_RELEASE'];
  /** How long a target has to answer. The transfer workflow must be built with the same value. */
  readonly answerWithinMs: number;
  /** How long one agent has to answer; at most `answerWithinMs`. The transfer workflow must be built with the same value. */
  readonly ringWithinMs: number;
  readonly textedNotices: TextedNotices;
  readonly queuePublicLabels: Readonly<Record<string, string>>;
  readonly defaultAgentName: string;
}

/** Twilio accepts this word in place of the SID of the account's default Sync service. */
const DefaultServiceSchema = v.object({ TWILIO_SYNC_SERVICE_SID: v.literal('default') });

/** Reads a function's context. The failure names the wrong setting, never its value. */
export function readSettings(context: unknown): Result<Settings> {
  if (v.is(DefaultServiceSchema, context))
    return fail({ code: 'ledger-service-unsafe', reason: 'default-service' });
  const parsed = v.safeParse(EnvironmentSchema, context);
  if (!parsed.success) {
    // The first key of the path only: the keys inside a JSON setting belong to its value.
    const [setting] = parsed.issues[0].path ?? [];
    return fail({ code: 'not-configured', setting: String(setting?.key ?? 'the environment') });
  }
  const environment = parsed.output;
  const { CHAT_TRANSFER_ANSWER_SECONDS: answerSeconds } = environment;
  const ringSeconds = environment.CHAT_TRANSFER_RING_SECONDS ?? Math.min(DEFAULT_RING_SECONDS, answerSeconds);
  if (ringSeconds > answerSeconds)
    return fail({ code: 'not-configured', setting: 'CHAT_TRANSFER_RING_SECONDS' });
  return succeed({
    accountSid: environment.ACCOUNT_SID,
    workspaceSid: environment.TWILIO_WORKSPACE_SID,
    transferWorkflowSid: environment.TWILIO_FLEX_CHAT_TRANSFER_WORKFLOW_SID,
    chatServiceSid: environment.TWILIO_CHAT_SERVICE_SID,
    syncServiceSid: environment.TWILIO_SYNC_SERVICE_SID,
    ledgerSecrets: { current: environment.LEDGER_SECRET, previous: environment.LEDGER_SECRET_PREVIOUS },
    flexFlowSid: environment.TWILIO_FLEX_FLOW_SID,
    webchatAddressSid: environment.TWILIO_WEBCHAT_ADDRESS_SID,
    apiKeySid: environment.TWILIO_API_KEY,
    apiKeySecret: environment.TWILIO_API_SECRET,
    webchatSessionSecret: environment.WEBCHAT_SESSION_SECRET,
    sweepSecret: environment.SWEEP_SECRET,
    allowedOrigins: environment.ALLOWED_ORIGINS,
    release: environment.CHAT_TRANSFER_RELEASE,
    answerWithinMs: answerSeconds * 1000,
    ringWithinMs: ringSeconds * 1000,
    textedNotices: environment.CHAT_TRANSFER_TEXTED_NOTICES,
    queuePublicLabels: environment.QUEUE_PUBLIC_LABELS,
    defaultAgentName: environment.DEFAULT_AGENT_NAME,
  });
}
