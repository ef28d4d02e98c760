/** Parses the command line of `flex-sandbox`. cli.ts starts the sandbox. */
import { parseArgs } from 'node:util';

const DEFAULT_PORT = 4010;

export const USAGE = `Usage: flex-sandbox [--port PORT]

Runs a Twilio account for Flex chat on this machine until you stop it.

  --port PORT   port on 127.0.0.1 (default ${DEFAULT_PORT}; 0 means any free port)
  --help        shows this help`;

export type CliOptions =
  | { readonly kind: 'start'; readonly port: number }
  | { readonly kind: 'help' }
  /** `reason` is shown to the user. */
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
    // The message of Node's parseArgs names the invalid argument.
    return { kind: 'refused', reason: error instanceof Error ? error.message : String(error) };
  }
}

function parsePort(text: string): CliOptions {
  const port = Number(text);
  return /^\d+$/.test(text) && port <= 65_535
    ? { kind: 'start', port }
    : { kind: 'refused', reason: `--port must be a number from 0 to 65535, not "${text}".` };
}

/** Says why the sandbox did not start and what to do; `undefined` for an unexpected error. */
export function describeStartFailure(error: unknown, port: number): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return `Failed to start: port ${port} is in use. Stop the program that uses it, or choose another port with --port.`;
  }
  return code === 'EACCES'
    ? `Failed to start: no permission to use port ${port}. Choose a port above 1023 with --port.`
    : undefined;
}
