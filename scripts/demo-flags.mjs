/** Reads the flags of `npm start` and `npm run dev` before anything is installed or built. */
import { HELP, parseCliOptions } from '../apps/demo/src/cli-options.js';

/** Returns the flags for the demo. For `--help`, prints the help and exits. For a wrong flag, exits with an error. */
export function readDemoFlags() {
  const flags = process.argv.slice(2);
  const options = parseCliOptions(flags, process.env);
  if (options.kind === 'start') return flags;
  if (options.kind === 'help') {
    console.log(HELP);
    process.exit(0);
  }
  console.error(`${options.why}\n\n${HELP}`);
  process.exit(2);
}
