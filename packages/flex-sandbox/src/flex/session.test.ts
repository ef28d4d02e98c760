import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../sandbox.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const send = (hostAndPath: string, init?: RequestInit) => fetch(`${sandbox.url}/${hostAndPath}`, init);

describe('requests of Flex at its start', () => {
  it.each([
    [
      'flex-api.twilio.com/v1/Instances/GO00000000000000000000000000000001/Teams/Context',
      { team_setup_complete: false },
    ],
    [
      'flex-api.twilio.com/v3/Instances/GO00000000000000000000000000000001/TransferSettings',
      { transfer_settings: [] },
    ],
    ['assets.flex.twilio.com/assets/countries.json', []],
    ['assets.flex.twilio.com/assets/flagPositions.json', []],
  ])('get an empty response from %s', async (path, expected) => {
    expect(await (await send(path)).json()).toEqual(expected);
  });

  it('get a status that says e-mail is not configured', async () => {
    const token = sandbox.state().tokens.issueFlexToken({ identity: 'alice', roles: ['agent'] });
    const authorization = `Basic ${Buffer.from(`token:${token}`).toString('base64')}`;
    const path = 'flex-api.twilio.com/v1/account/provision/status';
    expect(await (await send(path, { headers: { authorization } })).json()).toMatchObject({
      status: 'not-configured',
    });
  });

  it('get a status that says Flex is operational', async () => {
    const { components } = await (await send('status.twilio.com/api/v2/summary.json')).json();
    expect(components).toContainEqual({ name: 'FLEX', status: 'operational' });
  });

  it('get styles and sounds with the content type that a browser needs', async () => {
    const fonts = await send('assets.twilio.com/public_assets/paste-fonts/1.5.1/fonts.css');
    expect(fonts.headers.get('content-type')).toBe('text/css');
    const sound = await send('media.twiliocdn.com/sdk/js/client/sounds/releases/1.0.0/incoming.mp3');
    expect(sound.headers.get('content-type')).toBe('audio/wav');
    expect(Buffer.from(await sound.arrayBuffer()).toString('latin1', 0, 12)).toMatch(/^RIFF....WAVE$/s);
  });

  it('get status 200 for telemetry', async () => {
    const response = await send('flex-sdk.us1.twilio.com/v1/Telemetry/Events', {
      method: 'POST',
      body: '[]',
    });
    expect(response.status).toBe(200);
  });

  it('get the public configuration without a token', async () => {
    const response = await send(
      `flex-api.twilio.com/v1/Configuration/Public?AccountSid=${sandbox.account.accountSid}`,
    );
    expect(await response.json()).toMatchObject({ account_sid: sandbox.account.accountSid, status: 'ok' });
  });

  it('are redirected to the landing page to sign in', async () => {
    const path = `iam.twilio.com/v1/Accounts/${sandbox.account.accountSid}/authenticate`;
    expect(await (await send(path, { method: 'POST', body: '{}' })).json()).toEqual({
      location: `${sandbox.url}/`,
    });
  });
});

describe('Flex’s native transfers', () => {
  const fetchFeatures = async (url: string): Promise<string[]> => {
    const response = await fetch(`${url}/flex.twilio.com/api/v1/Session`);
    return (await response.json()).features.map(({ id }: { id: string }) => id);
  };

  it('are off unless the account turns them on', async () => {
    expect(await fetchFeatures(sandbox.url)).not.toContain('new-transfer-experience');
    const other = await startSandbox({ account: { nativeTransfers: true } });
    expect(await fetchFeatures(other.url)).toContain('new-transfer-experience');
    const settings = await fetch(
      `${other.url}/flex-api.twilio.com/v3/Instances/${other.account.flexInstanceSid}/TransferSettings`,
    );
    expect((await settings.json()).transfer_settings).toMatchObject([{ enabled: true }]);
    await other.close();
  });
});
