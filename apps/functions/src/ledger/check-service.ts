/**
 * Checks the Sync service of the ledgers. Browsers must not be able to open it: every Flex token opens the
 * account's default service, and a service with ACLs off gives every token of the account all rights.
 */
import type { SyncServiceFacts } from '../twilio/sync';
import { LedgerRefusedError } from './ledger-refused';

/** The services that are safe. A process checks a service once: the call would otherwise run for each request. */
const checked = new Set<string>();

/** Throws `LedgerRefusedError` when the service is unsafe. Makes no call when it was safe before. */
export async function checkService(
  serviceSid: string,
  fetchService: () => Promise<SyncServiceFacts>,
): Promise<void> {
  if (checked.has(serviceSid)) return;
  const { isDefault, hasAcls } = await fetchService();
  if (isDefault || !hasAcls) {
    const reason = isDefault ? 'default-service' : 'acl-off';
    throw new LedgerRefusedError({ code: 'ledger-service-unsafe', reason });
  }
  checked.add(serviceSid);
}
