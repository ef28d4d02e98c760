/**
 * The flags of `npm start` and `npm run dev`. Plain JavaScript without dependencies, because scripts/start.mjs reads
 * them before anything is installed or built.
 */
import { parseArgs } from 'node:util';

const DEFAULT_PORT = 4010;

export const HELP = `Usage: npm start -- [FLAGS]
       npm run dev -- [FLAGS]

Runs chat transfer on this machine: the real Flex UI with two agents, a customer's webchat and the functions, on a
local sandbox of the Twilio APIs. No Twilio account is needed.

  --port PORT            where the page with the three windows is served (default: $PORT, else ${DEFAULT_PORT}; 0: any free port)
  --functions-port PORT  where the functions listen (default 0: any free port)
  --verbose              prints the log of the functions; always on with \`npm run dev\`
  --help                 prints this text`;

/**
 * @typedef {{
 *   readonly kind: 'start',
 *   readonly port: number,
 *   readonly functionsPort: number,
 *   readonly verbose: boolean,
 * }} StartOptions
 * @typedef {StartOptions | { readonly kind: 'help' } | { readonly kind: 'refused', readonly why: string }} CliOptions
 */

/**
 * @param {readonly string[]} args the arguments after the script's name
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {CliOptions}
 */
export function parseCliOptions(args, env) {
  // npm takes a flag without "--" before it for its own option: it passes the flag in the environment, not as an argument.
  const flagTakenByNpm = ['port', 'functions-port'].find(
    (flag) => env[`npm_config_${flag.replace('-', '_')}`],
  );
  if (flagTakenByNpm !== undefined) {
    return refuse(
      `npm took --${flagTakenByNpm} for its own option. Put "--" before the flags: npm start -- --${flagTakenByNpm} 4200`,
    );
  }
  try {
    const { values } = parseArgs({
      // pnpm passes "--" as an argument.
      args: args[0] === '--' ? args.slice(1) : [...args],
      options: {
        port: { type: 'string', default: env.PORT || String(DEFAULT_PORT) },
        'functions-port': { type: 'string', default: '0' },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return { kind: 'help' };
    for (const flag of /** @type {const} */ (['port', 'functions-port'])) {
      const isPort = /^\d+$/.test(values[flag]) && Number(values[flag]) <= 65_535;
      if (!isPort) return refuse(`--${flag} is not a number from 0 to 65535: "${values[flag]}".`);
    }
    const functionsPort = Number(values['functions-port']);
    return { kind: 'start', port: Number(values.port), functionsPort, verbose: values.verbose };
  } catch (error) {
    // Node's message names the flag that is unknown or lacks a value.
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** @param {string} reason @returns {CliOptions} */
const refuse = (reason) => ({ kind: 'refused', why: `Failed to start: ${reason}` });
