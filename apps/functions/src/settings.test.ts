import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installTwilioGlobals } from '../test/support/twilio-runtime';
import { findSettingProblems, readSettings } from './settings';

const sid = (prefix: string) => prefix + '0'.repeat(32);

let removeGlobals: () => void;
beforeEach(() => {
  removeGlobals = installTwilioGlobals();
});
afterEach(() => removeGlobals());

describe('readSettings', () => {
  it('returns the settings that are needed and no others', () => {
    const context = { TWILIO_WORKSPACE_SID: sid('WS'), LEDGER_SECRET: 'a secret, long enough' };
    const settings = readSettings(context, { required: ['workspaceSid'], optional: ['sweepSecret'] });
    expect(settings).toEqual({ ok: true, value: { workspaceSid: sid('WS') } });
  });

  it('reads the list of origins without spaces, slashes at the end and empty entries', () => {
    const context = { ALLOWED_ORIGINS: 'https://flex.twilio.com, https://shop.example.com/,' };
    expect(readSettings(context, { required: ['allowedOrigins'] })).toMatchObject({
      value: { allowedOrigins: ['https://flex.twilio.com', 'https://shop.example.com'] },
    });
  });

  it.each([{}, { DEFAULT_AGENT_NAME: '', CHAT_TRANSFER_ANSWER_SECONDS: ' ' }])(
    'uses the defaults if the variables are %j',
    (context) => {
      const required = [
        'release',
        'answerWithinMs',
        'ringWithinMs',
        'textedNotices',
        'queuePublicLabels',
        'defaultAgentName',
      ] as const;
      expect(readSettings(context, { required })).toEqual({
        ok: true,
        value: {
          release: 'immediately',
          answerWithinMs: 60_000,
          ringWithinMs: 30_000,
          textedNotices: {},
          queuePublicLabels: {},
          defaultAgentName: 'Support',
        },
      });
    },
  );

  it.each([
    ['workspaceSid', 'TWILIO_WORKSPACE_SID', undefined],
    ['workspaceSid', 'TWILIO_WORKSPACE_SID', ''],
    ['workspaceSid', 'TWILIO_WORKSPACE_SID', sid('WW')],
    ['workspaceSid', 'TWILIO_FLEX_WORKSPACE_SID', sid('WW')],
    ['authToken', 'AUTH_TOKEN', undefined],
    ['syncServiceSid', 'TWILIO_SYNC_SERVICE_SID', 'Default'],
    ['webchatSessionSecret', 'WEBCHAT_SESSION_SECRET', 'short'],
    ['ledgerSecret', 'LEDGER_SECRET', undefined],
    ['ledgerSecret', 'LEDGER_SECRET', 'short'],
    ['release', 'CHAT_TRANSFER_RELEASE', 'whenever'],
    ['answerWithinMs', 'CHAT_TRANSFER_ANSWER_SECONDS', '4'],
    ['answerWithinMs', 'CHAT_TRANSFER_ANSWER_SECONDS', '60.5'],
    ['ringWithinMs', 'CHAT_TRANSFER_RING_SECONDS', '4'],
    ['ringWithinMs', 'CHAT_TRANSFER_RING_SECONDS', '61'],
    ['queuePublicLabels', 'QUEUE_PUBLIC_LABELS', 'Billing'],
    ['queuePublicLabels', 'QUEUE_PUBLIC_LABELS', '{"WQ1":17}'],
    ['queuePublicLabels', 'QUEUE_PUBLIC_LABELS', JSON.stringify({ WQ1: '' })],
    ['queuePublicLabels', 'QUEUE_PUBLIC_LABELS', JSON.stringify({ WQ1: 'x'.repeat(101) })],
    ['queuePublicLabels', 'QUEUE_PUBLIC_LABELS', JSON.stringify({ WQ1: '\u200B\u3164' })],
    ['defaultAgentName', 'DEFAULT_AGENT_NAME', '\u2800\uFE0F'],
  ] as const)('for %s, names %s but not its value when it is %s', (name, variable, value) => {
    expect(readSettings({ [variable]: value }, { required: [name] })).toEqual({
      ok: false,
      failure: { code: 'not-configured', setting: variable },
    });
  });

  it.each([
    ['20', undefined, 20_000],
    ['90', undefined, 30_000],
    ['90', '45', 45_000],
    ['15', '15', 15_000],
  ])('lets an agent ring at most as long as a target has to answer: %s s, %s s', (answer, ring, value) => {
    const context = { CHAT_TRANSFER_ANSWER_SECONDS: answer, CHAT_TRANSFER_RING_SECONDS: ring };
    const settings = readSettings(context, { required: ['ringWithinMs'] });
    expect(settings).toMatchObject({ value: { ringWithinMs: value } });
  });

  it('refuses an optional setting that is malformed', () => {
    expect(readSettings({ SWEEP_SECRET: 'short' }, { optional: ['sweepSecret'] })).toMatchObject({
      failure: { setting: 'SWEEP_SECRET' },
    });
  });

  it('does not read a setting that is not needed', () => {
    const context = { LEDGER_SECRET: 'short', TWILIO_WORKSPACE_SID: sid('WS') };
    expect(readSettings(context, { required: ['workspaceSid'] })).toMatchObject({ ok: true });
  });

  it('cleans the names that customers read', () => {
    const labels = JSON.stringify({ WQ1: ' Bil\u202Eling\n' });
    const context = { QUEUE_PUBLIC_LABELS: labels, DEFAULT_AGENT_NAME: 'Our\u200B\tteam ' };
    expect(readSettings(context, { required: ['queuePublicLabels', 'defaultAgentName'] })).toMatchObject({
      value: { queuePublicLabels: { WQ1: 'Billing' }, defaultAgentName: 'Our team' },
    });
  });

  it.each(['TWILIO_SYNC_SERVICE_SID', 'TWILIO_FLEX_SYNC_SID'])(
    'refuses the default Sync service by its name in %s',
    (variable) => {
      expect(readSettings({ [variable]: 'default' }, { required: ['syncServiceSid'] })).toEqual({
        ok: false,
        failure: { code: 'ledger-service-unsafe', reason: 'default-service' },
      });
    },
  );
});

describe('readSettings with the names of the reference template', () => {
  const NAMES = [
    ['workspaceSid', 'TWILIO_WORKSPACE_SID', 'TWILIO_FLEX_WORKSPACE_SID', 'WS'],
    ['chatServiceSid', 'TWILIO_CHAT_SERVICE_SID', 'TWILIO_FLEX_CHAT_SERVICE_SID', 'IS'],
    ['syncServiceSid', 'TWILIO_SYNC_SERVICE_SID', 'TWILIO_FLEX_SYNC_SID', 'IS'],
  ] as const;

  it.each(NAMES)('reads %s where %s is not set', (name, ours, theirs, prefix) => {
    const context = { [ours]: '', [theirs]: sid(prefix) };
    expect(readSettings(context, { required: [name] })).toMatchObject({ value: { [name]: sid(prefix) } });
  });

  it.each(NAMES)('prefers our name for %s', (name, ours, theirs, prefix) => {
    const context = { [ours]: sid(prefix), [theirs]: prefix + '1'.repeat(32) };
    expect(readSettings(context, { required: [name] })).toMatchObject({ value: { [name]: sid(prefix) } });
  });
});

describe('findSettingProblems', () => {
  it('names all settings that are missing or malformed, and no value', () => {
    const context = { TWILIO_WORKSPACE_SID: 'zebra', SWEEP_SECRET: 'zebra' };
    const problems = findSettingProblems(context, {
      required: ['workspaceSid', 'ledgerSecret', 'release'],
      optional: ['sweepSecret', 'flexFlowSid'],
    });
    expect(problems).toEqual({
      missing: ['LEDGER_SECRET'],
      malformed: ['TWILIO_WORKSPACE_SID', 'SWEEP_SECRET'],
    });
  });
});
