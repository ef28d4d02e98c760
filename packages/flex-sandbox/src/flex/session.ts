/**
 * What Flex UI asks for around its own start: features, status, fonts, sounds, telemetry. None of it changes.
 * A missing answer here seldom stops Flex, but a slow one does, so each is answered at once.
 */
import type { SandboxState } from '../sandbox-state.js';

/** Features that Flex turns on for an account; everything else is off. */
const FEATURES = [
  // The directory shows a warm ("consult") icon beside the cold one.
  'flex-warm-transfers',
  // A refreshed token goes to sessionStorage too, so that two agents can sit in two windows.
  'sso-token-session-storage',
];

/** Flex's own digital transfers, for accounts that have them. */
const NATIVE_TRANSFERS = 'new-transfer-experience';

/** Adds the fixed answers of Flex and of the hosts it loads from. `nativeTransfers`: Flex's own, for every digital task. */
export function addFlexSession({ router }: SandboxState, { nativeTransfers = false } = {}): void {
  const features = nativeTransfers ? [...FEATURES, NATIVE_TRANSFERS] : FEATURES;
  router.on('GET', 'flex', '/api/v1/Session', () => ({
    body: {
      features: features.map((id) => ({
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
    body: { enabled: features.includes(segments.feature ?? '') },
  }));

  router.on('GET', 'flex-api', '/v1/account/provision/status', () => ({ body: { status: 'inactive' } }));

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

/** A tenth of a second of nothing: a ringtone for every chat would drive testers mad. */
const SILENCE = silentWave(800);

function silentWave(samples: number): Buffer {
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
