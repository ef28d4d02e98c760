import { describe, expect, it } from 'vitest';
import { HELP, parseCliOptions } from './cli-options.js';

const DEFAULTS = { kind: 'start', port: 4010, functionsPort: 0, verbose: false };

describe('parseCliOptions', () => {
  it('reads every flag', () => {
    const args = ['--port', '4011', '--functions-port=4200', '--verbose'];
    expect(parseCliOptions(args, {})).toEqual({
      kind: 'start',
      port: 4011,
      functionsPort: 4200,
      verbose: true,
    });
  });

  it('returns the defaults without flags', () => {
    expect(parseCliOptions([], {})).toEqual(DEFAULTS);
  });

  it('takes the default port from the environment', () => {
    expect(parseCliOptions([], { PORT: '4050' })).toEqual({ ...DEFAULTS, port: 4050 });
    expect(parseCliOptions(['--port', '4060'], { PORT: '4050' })).toEqual({ ...DEFAULTS, port: 4060 });
  });

  it('skips the "--" that pnpm passes as an argument', () => {
    expect(parseCliOptions(['--', '--port', '4011'], {})).toEqual({ ...DEFAULTS, port: 4011 });
  });

  it.each([['--help'], ['-h'], ['--port', '4011', '--help']])('returns help for %s', (...args) => {
    expect(parseCliOptions(args, {})).toEqual({ kind: 'help' });
  });

  it.each([
    [['--prot', '4011'], /--prot/],
    [['4200'], /4200/],
    [['--port'], /--port/],
    [['--port', 'high'], /--port is not a number from 0 to 65535: "high"/],
    [['--functions-port', '65536'], /--functions-port is not a number from 0 to 65535: "65536"/],
    [['--functions-port', '-1'], /--functions-port/],
  ])('refuses %j and names the wrong argument', (args, message) => {
    expect(parseCliOptions(args, {})).toEqual({ kind: 'refused', why: expect.stringMatching(message) });
  });

  it('refuses a flag that npm took for its own option, and shows the correct command', () => {
    // npm passes these for `npm start --functions-port 4200`.
    expect(parseCliOptions(['4200'], { npm_config_functions_port: 'true' })).toEqual({
      kind: 'refused',
      why: expect.stringContaining('npm start -- --functions-port 4200'),
    });
  });
});

describe('HELP', () => {
  it.each(['--port', '--functions-port', '--verbose', '--help'])('describes %s', (flag) => {
    expect(HELP).toMatch(new RegExp(`^ {2}${flag}\\b.+`, 'm'));
  });
});
