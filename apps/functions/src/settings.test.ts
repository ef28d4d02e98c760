import { describe, expect, it } from 'vitest';
import { readSettings } from './settings';

const sid = (prefix: string) => prefix + '0'.repeat(32);
const environment = {
  ACCOUNT_SID: sid('AC'),
  TWILIO_WORKSPACE_SID: sid('WS'),
  TWILIO_FLEX_CHAT_TRANSFER_WORKFLOW_SID: sid('WW'),
  TWILIO_CHAT_SERVICE_SID: sid('IS'),
  TWILIO_SYNC_SERVICE_SID: sid('IS'),
  TWILIO_API_KEY: sid('SK'),
  TWILIO_API_SECRET: 'a secret, long enough',
  WEBCHAT_SESSION_SECRET: 'a secret, long enough',
  LEDGER_SECRET: 'another secret, long enough',
  ALLOWED_ORIGINS: 'https://flex.twilio.com, https://shop.example.com,',
};
const read = (values: Readonly<Record<string, string | undefined>> = {}) =>
  readSettings({ ...environment, ...values });

describe('readSettings', () => {
  it('uses a default for each setting that is optional', () => {
    expect(read()).toMatchObject({
      ok: true,
      value: {
        ledgerSecrets: { current: 'another secret, long enough', previous: undefined },
        flexFlowSid: undefined,
        release: 'immediately',
        queuePublicLabels: {},
        defaultAgentName: 'Support',
        answerWithinMs: 60_000,
        ringWithinMs: 30_000,
        allowedOrigins: ['https://flex.twilio.com', 'https://shop.example.com'],
      },
    });
  });

  it.each([
    ['TWILIO_WORKSPACE_SID', undefined],
    ['TWILIO_WORKSPACE_SID', sid('WW')],
    ['TWILIO_SYNC_SERVICE_SID', undefined],
    ['TWILIO_SYNC_SERVICE_SID', 'Default'],
    ['WEBCHAT_SESSION_SECRET', 'short'],
    ['LEDGER_SECRET', undefined],
    ['LEDGER_SECRET', 'short'],
    ['LEDGER_SECRET_PREVIOUS', 'short'],
    ['CHAT_TRANSFER_RELEASE', 'whenever'],
    ['CHAT_TRANSFER_RING_SECONDS', '4'],
    ['CHAT_TRANSFER_RING_SECONDS', '61'],
    ['QUEUE_PUBLIC_LABELS', 'Billing'],
    ['QUEUE_PUBLIC_LABELS', '{"WQ1":17}'],
    ['QUEUE_PUBLIC_LABELS', JSON.stringify({ WQ1: '' })],
    ['QUEUE_PUBLIC_LABELS', JSON.stringify({ WQ1: 'x'.repeat(101) })],
    ['QUEUE_PUBLIC_LABELS', JSON.stringify({ WQ1: '\u200B\u3164' })],
    ['DEFAULT_AGENT_NAME', ' '],
    ['DEFAULT_AGENT_NAME', '\u2800\uFE0F'],
  ])('names %s but not its value when it is %s', (setting, value) => {
    expect(read({ [setting]: value })).toEqual({ ok: false, failure: { code: 'not-configured', setting } });
  });

  it.each([
    ['20', undefined, 20_000],
    ['90', undefined, 30_000],
    ['90', '45', 45_000],
    ['15', '15', 15_000],
  ])(
    'lets an agent ring at most as long as a target has to answer: %s s, %s s',
    (answer, ring, ringWithinMs) => {
      const settings = { CHAT_TRANSFER_ANSWER_SECONDS: answer, CHAT_TRANSFER_RING_SECONDS: ring };
      expect(read(settings)).toMatchObject({ value: { ringWithinMs } });
    },
  );

  it('cleans the names that customers read', () => {
    const labels = JSON.stringify({ WQ1: ' Bil\u202Eling\n' });
    expect(read({ QUEUE_PUBLIC_LABELS: labels, DEFAULT_AGENT_NAME: 'Our\u200B\tteam ' })).toMatchObject({
      value: { queuePublicLabels: { WQ1: 'Billing' }, defaultAgentName: 'Our team' },
    });
  });

  it('refuses the default Sync service by its name', () => {
    expect(read({ TWILIO_SYNC_SERVICE_SID: 'default' })).toEqual({
      ok: false,
      failure: { code: 'ledger-service-unsafe', reason: 'default-service' },
    });
  });
});
