/**
 * The fixed responses to the requests of Flex UI at its start: features, status, fonts, sounds, telemetry.
 * Flex usually starts without a response that fails, but waits for a slow one. So each response is immediate.
 */
import { unauthorized } from '../api-error.js';
import { isFlexUser } from '../iam/callers.js';
import { listFeatureFlags } from '../quirks.js';
import type { SandboxState } from '../sandbox-state.js';

/** The features that are on for the account. All others are off. */
const FEATURES = [
  // The directory shows a warm ("consult") icon beside the cold one.
  'flex-warm-transfers',
  // Flex also stores a refreshed token in sessionStorage, so that two windows can have different agents.
  'sso-token-session-storage',
];

/** The feature of Flex's native transfers of digital tasks, which only some accounts have. */
const NATIVE_TRANSFERS = 'new-transfer-experience';

/**
 * Adds the fixed responses of Flex and of the hosts it loads from.
 * `nativeTransfers` turns on Flex's native transfers for every digital task.
 */
export function addFlexSession(sandbox: SandboxState, { nativeTransfers = false } = {}): void {
  const { router } = sandbox;
  const listFeatures = (): string[] => [
    ...FEATURES,
    ...(nativeTransfers ? [NATIVE_TRANSFERS] : []),
    ...listFeatureFlags(sandbox.quirks),
  ];
  router.on('GET', 'flex', '/api/v1/Session', () => ({
    body: {
      features: listFeatures().map((id) => ({
        id,
        enabled: true,
        name: id,
        description: id,
        stage: 'ga',
        doc_url: '',
      })),
      insights_active: false,
    },
  }));

  router.on('GET', 'flex', '/api/v1/Features/:feature', ({ segments }) => ({
    body: { enabled: listFeatures().includes(segments.feature ?? '') },
  }));

  // The status of e-mail.
  router.on('GET', 'flex-api', '/v1/account/provision/status', ({ caller }) => {
    if (caller.kind !== 'account' && !isFlexUser(sandbox, caller)) throw unauthorized();
    return {
      body: { status: 'not-configured', url: 'https://flex-api.twilio.com/v1/account/provision/status' },
    };
  });

  router.on('GET', 'flex-api', '/v1/Instances/:instance/Teams/Context', () => ({
    body: { team_setup_complete: false },
  }));

  router.on('GET', 'flex-api', '/v3/Instances/:instance/TransferSettings', () => ({
    body: { transfer_settings: nativeTransfers ? [{ enabled: true, transfer_notes_enabled: false }] : [] },
  }));

  router.on('GET', 'status', '/api/v2/summary.json', () => ({
    body: {
      page: {},
      status: { indicator: 'none', description: 'All Systems Operational' },
      components: [{ name: 'FLEX', status: 'operational' }],
      incidents: [],
    },
  }));

  router.on('GET', 'assets', '/public_assets/paste-fonts/:version/fonts.css', () => ({
    headers: { 'content-type': 'text/css' },
    body: Buffer.alloc(0),
  }));
  router.on('GET', 'assets', '/assets/countries.json', () => ({ body: [] }));
  router.on('GET', 'assets', '/assets/flagPositions.json', () => ({ body: [] }));

  router.on('GET', 'media', '/sdk/js/client/sounds/releases/:version/incoming.mp3', () => ({
    headers: { 'content-type': 'audio/wav' },
    body: SILENCE,
  }));

  router.on('POST', 'flex-sdk', '/v1/Telemetry/Events', () => ({ body: {} }));
}

/** 0.1 s of silence instead of a ringtone for every incoming chat. */
const SILENCE = buildSilentWave(800);

function buildSilentWave(samples: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // one channel
  header.writeUInt32LE(8_000, 24); // samples per second
  header.writeUInt32LE(8_000, 28); // bytes per second
  header.writeUInt16LE(1, 32); // bytes per sample
  header.writeUInt16LE(8, 34); // bits per sample
  header.write('data', 36);
  header.writeUInt32LE(samples, 40);
  return Buffer.concat([header, Buffer.alloc(samples, 0x80)]);
}
