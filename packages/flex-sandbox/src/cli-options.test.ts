import { describe, expect, it } from 'vitest';
import { describeStartFailure, parseCliOptions } from './cli-options.js';
import { startSandbox } from './sandbox.js';

describe('parseCliOptions', () => {
  it('uses port 4010 unless --port names another', () => {
    expect(parseCliOptions([])).toEqual({ kind: 'start', port: 4010 });
    expect(parseCliOptions(['--port', '0'])).toEqual({ kind: 'start', port: 0 });
    expect(parseCliOptions(['--port=8080'])).toEqual({ kind: 'start', port: 8080 });
  });

  it('recognises --help and -h', () => {
    expect(parseCliOptions(['--help'])).toEqual({ kind: 'help' });
    expect(parseCliOptions(['-h', '--port', '1'])).toEqual({ kind: 'help' });
  });

  it.each([['--port x'], ['--port 65536'], ['--port 1e3'], ['--port='], ['--prot 1'], ['4010']])(
    'refuses %s and names the reason',
    (commandLine) => {
      const args = commandLine.split(' ');
      expect(parseCliOptions(args)).toEqual({
        kind: 'refused',
        reason: expect.stringMatching(/port|prot|4010/),
      });
    },
  );
});

describe('describeStartFailure', () => {
  it('names the port that is in use', async () => {
    const running = await startSandbox();
    const port = Number(new URL(running.url).port);
    const failure = await startSandbox({ port }).catch((error: unknown) => error);
    expect(describeStartFailure(failure, port)).toContain(`port ${port} is in use`);
    await running.close();
  });

  it('returns undefined for an unexpected error', () => {
    expect(describeStartFailure(new Error('a bug'), 4010)).toBeUndefined();
  });
});
