import { describe, expect, it } from 'vitest';
import { readNativeTransfers, readSettings } from './settings';

const withUrl = (functions_url: unknown) => ({ ui_attributes: { chat_transfer: { functions_url } } });
const urlOf = (configuration: Parameters<typeof readSettings>[0]) => {
  const settings = readSettings(configuration);
  return settings.ok ? settings.functionsUrl : undefined;
};

describe('readSettings', () => {
  it('takes what the admin set, without the slash at its end', () => {
    expect(urlOf(withUrl('https://chat-1234.twil.io/'))).toBe('https://chat-1234.twil.io');
    expect(urlOf(withUrl('https://example.com/twilio/'))).toBe('https://example.com/twilio');
  });

  it('prefers it to the runtime domain', () => {
    const configuration = { ...withUrl('https://mine.example.com'), runtime_domain: 'other-1.twil.io' };
    expect(urlOf(configuration)).toBe('https://mine.example.com');
  });

  it.each(['apricot-1234.twil.io', 'https://apricot-1234.twil.io'])(
    'falls back to the runtime domain %s',
    (domain) => {
      expect(urlOf({ runtime_domain: domain })).toBe('https://apricot-1234.twil.io');
    },
  );

  it.each(['http://127.0.0.1:4020', 'http://localhost:4020', 'http://alice.localhost:4020'])(
    'trusts this machine without TLS: %s',
    (url) => {
      expect(urlOf(withUrl(url))).toBe(url);
    },
  );

  it.each(['http://functions.example.com', 'http://notlocalhost', 'ftp://localhost'])(
    'sends no token to %s',
    (url) => {
      expect(readSettings(withUrl(url))).toMatchObject({
        ok: false,
        problem: expect.stringContaining('https://'),
      });
    },
  );

  it.each(['', 'functions', 17, null])('does not quietly use the runtime domain when %j was set', (url) => {
    expect(urlOf({ ...withUrl(url), runtime_domain: 'other-1.twil.io' })).toBeUndefined();
  });

  it.each([{}, { ui_attributes: null }, { ui_attributes: { chat_transfer: 'x' }, runtime_domain: null }])(
    'names the setting when there is none: %j',
    (configuration) => {
      expect(readSettings(configuration)).toMatchObject({
        ok: false,
        problem: expect.stringContaining('ui_attributes.chat_transfer.functions_url'),
      });
    },
  );
});

describe('readNativeTransfers', () => {
  const withSetting = (native_transfers: unknown) => ({
    ui_attributes: { chat_transfer: { native_transfers } },
  });

  it.each(['replace', 'keep'] as const)('takes %s', (nativeTransfers) => {
    expect(readNativeTransfers(withSetting(nativeTransfers))).toEqual({ nativeTransfers, source: 'set' });
  });

  it.each([{}, { ui_attributes: null }, withSetting(undefined), withSetting(null)])(
    'takes their place when nothing is set: %j',
    (configuration) => {
      expect(readNativeTransfers(configuration)).toEqual({ nativeTransfers: 'replace', source: 'default' });
    },
  );

  it.each(['KEEP', true, {}])('says what is wrong with %j, and takes their place', (value) => {
    const { nativeTransfers, problem } = readNativeTransfers(withSetting(value));
    expect(nativeTransfers).toBe('replace');
    expect(problem).toContain(JSON.stringify(value));
    expect(problem).toContain('ui_attributes.chat_transfer.native_transfers');
  });
});
