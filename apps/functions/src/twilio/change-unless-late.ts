/** Changes of a task or a reservation that may come too late: an agent, another run or TaskRouter may have changed its state. */
import { TwilioCallError } from './call';

/**
 * Whether a refused change may have come too late: 20001 (or 400) may mean that the state forbids it, 20404 (404) that its
 * subject is gone, 409 that another change was faster. All three have other meanings too, so the state must be read again.
 */
export const mayBeLate = (error: unknown): boolean =>
  error instanceof TwilioCallError && [400, 404, 409].includes(error.status ?? 0);

/**
 * Runs a change that may come too late. `false` when its subject, read again, no longer needs it. Throws the refusal when
 * the subject needs the change and Twilio refuses it again.
 *
 * @param subject `undefined` when nothing needs the change
 * @param readAgain the subject, if it still needs the change
 */
export async function changeUnlessLate(
  subject: string | undefined,
  readAgain: () => Promise<string | undefined>,
  change: (subject: string) => Promise<unknown>,
): Promise<boolean> {
  if (subject === undefined) return false;
  try {
    await change(subject);
    return true;
  } catch (error) {
    if (!mayBeLate(error)) throw error;
  }
  const again = await readAgain();
  if (again === undefined) return false;
  try {
    await change(again);
    return true;
  } catch (error) {
    if (mayBeLate(error) && (await readAgain()) === undefined) return false;
    throw error;
  }
}
