/** What `flex-sandbox` is told on its command line. Reads words only; starting is in `cli.ts`. */
import { parseArgs } from 'node:util';

const DEFAULT_PORT = 4010;

export const USAGE = `Usage: flex-sandbox [--port PORT]

Starts a Twilio account for Flex chat on this machine, until it is stopped.

  --port PORT   where it listens on 127.0.0.1 (default ${DEFAULT_PORT}; 0 takes any free port)
  --help        shows this`;

export type CliOptions =
  | { readonly kind: 'start'; readonly port: number }
  | { readonly kind: 'help' }
  /** `why` is for whoever typed it. */
  | { readonly kind: 'refused'; readonly reason: string };

export function parseCliOptions(args: readonly string[]): CliOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { port: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help === true) return { kind: 'help' };
    return parsePort(values.port ?? String(DEFAULT_PORT));
  } catch (error) {
    // Node's own sentence on what it did not understand.
    return { kind: 'refused', reason: error instanceof Error ? error.message : String(error) };
  }
}

function parsePort(text: string): CliOptions {
  const port = Number(text);
  return /^\d+$/.test(text) && port <= 65_535
    ? { kind: 'start', port }
    : { kind: 'refused', reason: `--port must be a number from 0 to 65535, not "${text}".` };
}

/** Says what to do when the sandbox did not start; `undefined` for a reason that nobody foresaw. */
export function describeStartFailure(error: unknown, port: number): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return `Failed to start: port ${port} is taken. Stop what listens there, or choose another with --port.`;
  }
  return code === 'EACCES'
    ? `Failed to start: port ${port} may not be used. Choose one above 1023 with --port.`
    : undefined;
}
