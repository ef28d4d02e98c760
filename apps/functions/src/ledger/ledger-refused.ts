import type { TransferFailure } from '@chat-transfer/transfer-core';

/** Thrown instead of a ledger that the functions must neither use nor replace. The same request fails again. */
export class LedgerRefusedError extends Error {
  override readonly name = 'LedgerRefusedError';

  constructor(readonly failure: TransferFailure) {
    super(`Failed to read the ledger: ${failure.code}`);
  }
}
