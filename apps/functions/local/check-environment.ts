/**
 * Checks the settings of the functions against the limits of hosted Functions, which twilio-run does not have.
 * https://www.twilio.com/docs/serverless/functions-assets/functions/variables
 */

/** The longest value of a variable, in bytes of UTF-8. */
const LONGEST_VALUE_BYTES = 450;

/** The longest context of a function, as JSON: https://www.twilio.com/docs/api/errors/82006 */
const LONGEST_CONTEXT_BYTES = 3 * 1024;

const sid = (prefix: string) => prefix.padEnd(34, '0');

/** What Twilio adds to the variables, with the longest values that are likely. */
const HOSTED_CONTEXT = {
  ACCOUNT_SID: sid('AC'),
  AUTH_TOKEN: '0'.repeat(32),
  DOMAIN_NAME: 'chat-transfer-functions-0000-production.twil.io',
  PATH: '/conversation/complete',
  SERVICE_SID: sid('ZS'),
  ENVIRONMENT_SID: sid('ZE'),
};

/**
 * Returns why hosted Functions refuse these variables; `undefined` when they accept them. The text names the
 * variables and their sizes, and holds no value.
 */
export function checkEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const sizes = Object.entries(variables)
    .map(([name, value = '']) => ({ name, bytes: Buffer.byteLength(value) }))
    .sort((a, b) => b.bytes - a.bytes);
  const tooLong = sizes.filter(({ bytes }) => bytes > LONGEST_VALUE_BYTES);
  if (tooLong.length > 0) {
    return `Twilio accepts at most ${LONGEST_VALUE_BYTES} bytes for a variable, but ${list(tooLong)}`;
  }
  const contextBytes = Buffer.byteLength(JSON.stringify({ ...HOSTED_CONTEXT, ...variables }));
  if (contextBytes <= LONGEST_CONTEXT_BYTES) return undefined;
  return (
    `all variables together have ${contextBytes} bytes as JSON, with those that Twilio adds. Twilio accepts ` +
    `at most ${LONGEST_CONTEXT_BYTES} (error 82006). The longest: ${list(sizes.slice(0, 3))}`
  );
}

const list = (sizes: ReadonlyArray<{ readonly name: string; readonly bytes: number }>) =>
  sizes.map(({ name, bytes }) => `${name} has ${bytes}`).join(', ');
