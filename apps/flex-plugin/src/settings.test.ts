import { describe, expect, it } from 'vitest';
import { readNativeTransfers, readSettings } from './settings';

const withUrl = (functions_url: unknown) => ({ ui_attributes: { chat_transfer: { functions_url } } });
const BUILT_IN = 'https://built-in.example.com';
const readUrl = (configuration: Parameters<typeof readSettings>[0], builtIn = '') => {
  const settings = readSettings(configuration, builtIn);
  return settings.ok ? settings.functionsUrl : undefined;
};

describe('readSettings', () => {
  it('returns functions_url without a trailing slash', () => {
    expect(readUrl(withUrl('https://chat-1234.twil.io/'))).toBe('https://chat-1234.twil.io');
    expect(readUrl(withUrl('https://example.com/twilio/'))).toBe('https://example.com/twilio');
  });

  it('prefers functions_url to the URL of the build', () => {
    expect(readUrl(withUrl('https://mine.example.com'), BUILT_IN)).toBe('https://mine.example.com');
  });

  it.each([{}, { ui_attributes: null }, withUrl(undefined), withUrl(null), withUrl('')])(
    'uses the URL of the build if the configuration sets none: %j',
    (configuration) => {
      expect(readUrl(configuration, `${BUILT_IN}/`)).toBe(BUILT_IN);
    },
  );

  it('does not use Flex’s runtime domain, which is not that of the functions', () => {
    const configuration = { ui_attributes: {}, runtime_domain: 'apricot-1234.twil.io' };
    expect(readUrl(configuration)).toBeUndefined();
  });

  it.each(['http://127.0.0.1:4020', 'http://localhost:4020', 'http://alice.localhost:4020'])(
    'allows a URL of this machine without TLS: %s',
    (url) => {
      expect(readUrl(withUrl(url))).toBe(url);
    },
  );

  it.each(['http://functions.example.com', 'http://notlocalhost', 'ftp://localhost'])(
    'refuses the insecure URL %s',
    (url) => {
      expect(readSettings(withUrl(url), '')).toMatchObject({
        ok: false,
        problem: expect.stringContaining('https://'),
      });
    },
  );

  it.each(['functions', 17, {}])('does not use the URL of the build if functions_url is %j', (url) => {
    expect(readUrl(withUrl(url), BUILT_IN)).toBeUndefined();
  });

  it.each([{}, { ui_attributes: null }, { ui_attributes: { chat_transfer: 'x' } }])(
    'names the setting to set if nothing is set: %j',
    (configuration) => {
      expect(readSettings(configuration, '')).toMatchObject({
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

  it.each(['replace', 'keep'] as const)('returns %s if it is set', (nativeTransfers) => {
    expect(readNativeTransfers(withSetting(nativeTransfers))).toEqual({ nativeTransfers, source: 'set' });
  });

  it.each([{}, { ui_attributes: null }, withSetting(undefined), withSetting(null)])(
    'returns replace by default: %j',
    (configuration) => {
      expect(readNativeTransfers(configuration)).toEqual({ nativeTransfers: 'replace', source: 'default' });
    },
  );

  it.each(['KEEP', true, {}])('reports the invalid value %j and returns replace', (value) => {
    const { nativeTransfers, problem } = readNativeTransfers(withSetting(value));
    expect(nativeTransfers).toBe('replace');
    expect(problem).toContain(JSON.stringify(value));
    expect(problem).toContain('ui_attributes.chat_transfer.native_transfers');
  });
});
