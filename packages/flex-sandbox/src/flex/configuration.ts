/**
 * The account's Flex Configuration: one JSON object that Flex UI reads at every start, and plugins read as
 * `manager.serviceConfiguration`.
 * https://www.twilio.com/docs/flex/developer/config/flex-configuration-rest-api
 */
import { unauthorized } from '../api-error.js';
import { isoSeconds } from '../clock.js';
import { forAccount, isFlexUser } from '../iam/callers.js';
import type { Params } from '../router.js';
import type { SandboxState } from '../sandbox-state.js';

/** Members are in snake case, as in the API. */
export type FlexConfiguration = Record<string, unknown>;

/** Adds `Configuration` to `flex-api`. `initial` overrides or extends the defaults. */
export function addFlexConfiguration(sandbox: SandboxState, initial: FlexConfiguration = {}): void {
  let configuration: FlexConfiguration = { ...buildDefaults(sandbox), ...initial };

  sandbox.router.on('GET', 'flex-api', '/v1/Configuration', ({ caller }) => {
    if (caller.kind !== 'account' && !isFlexUser(sandbox, caller)) throw unauthorized();
    return { body: configuration };
  });

  const write = forAccount(({ body }) => {
    const date_updated = isoSeconds(sandbox.clock.nowMs());
    configuration = { ...configuration, ...pickWritable(body), date_updated };
    return { body: configuration };
  });
  sandbox.router.on('POST', 'flex-api', '/v1/Configuration', write);

  sandbox.router.on('GET', 'flex-api', '/v1/Configuration/Public', () => {
    const { account_sid, flex_instance_sid, runtime_domain, public_attributes, status } = configuration;
    return { body: { account_sid, flex_instance_sid, runtime_domain, public_attributes, status } };
  });
}

function pickWritable(body: Params): Params {
  const readOnlyNames = ['account_sid', 'flex_instance_sid', 'date_created', 'date_updated', 'url'];
  return Object.fromEntries(Object.entries(body).filter(([name]) => !readOnlyNames.includes(name)));
}

const MIB = 1024 * 1024;
const BASIC_EXTENSIONS = ['jpg', 'jpeg', 'png', 'amr', 'mp3', 'mp4', 'pdf', 'heic'];

const buildChannelConfig = (type: string, sizeBytes: number, totalBytes: number, extensions: string[]) => ({
  address_type: type,
  cbm_attachments: {
    enabled: true,
    number_of_attachments: 1,
    max_file_size: sizeBytes,
    max_total_file_size: totalBytes,
    accepted_extensions: extensions,
  },
});

/**
 * The attachments that Flex allows by default, by address type:
 * https://www.twilio.com/docs/flex/developer/conversations/limits
 */
const CHANNEL_CONFIGS = [
  buildChannelConfig('web', 16 * MIB, 64 * MIB, [...BASIC_EXTENSIONS, 'txt', 'gif']),
  buildChannelConfig('sms', 2 * MIB, 5 * MIB, BASIC_EXTENSIONS),
  buildChannelConfig('whatsapp', 16 * MIB, 64 * MIB, [...BASIC_EXTENSIONS, 'oga']),
];

/** The members that a new account has without a value, as in the sample of the documentation. */
const UNSET = {
  messaging_service_instance_sid: null,
  flex_service_instance_sid: null,
  service_version: null,
  call_recording_webhook_url: null,
  crm_type: null,
  crm_callback_url: null,
  crm_fallback_url: null,
  crm_attributes: null,
  queue_stats_configuration: null,
  flex_insights_hr: null,
  flex_insights_drilldown: null,
  flex_url: null,
  agent_conv_end_methods: null,
  citrix_voice_vdi: null,
  offline_config: null,
};

/**
 * Flex does not start without the two dates and `version_compatibility`. Without `notifications`, a bar that
 * asks for a permission covers the task header.
 */
function buildDefaults({ account, clock }: SandboxState): FlexConfiguration {
  const now = isoSeconds(clock.nowMs());
  return {
    account_sid: account.accountSid,
    flex_instance_sid: account.flexInstanceSid,
    chat_service_instance_sid: account.chatServiceSid,
    runtime_domain: 'https://sandbox-0000.twil.io',
    status: 'ok',
    attributes: {},
    public_attributes: {},
    ui_attributes: { version_compatibility: 'yes' },
    ui_language: 'en-us',
    ui_version: '2.17.1',
    ui_dependencies: {},
    taskrouter_skills: [],
    taskrouter_taskqueues: [],
    taskrouter_worker_attributes: {},
    taskrouter_worker_channels: {},
    outbound_call_flows: {},
    channel_configs: CHANNEL_CONFIGS,
    integrations: [],
    serverless_service_sids: [],
    plugin_service_enabled: true,
    plugin_service_attributes: {},
    notifications: { enabled: false, mode: 'whenNotInFocus' },
    markdown: { enabled: false, mode: 'readOnly' },
    flex_ui_status_report: { enabled: false },
    debugger_integration: { enabled: false },
    call_recording_enabled: false,
    crm_enabled: false,
    ...UNSET,
    date_created: now,
    date_updated: now,
    url: 'https://flex-api.twilio.com/v1/Configuration',
  };
}
