import { aConversationSid, aLedger, aTask, aTaskSid } from '@chat-transfer/transfer-core/testing';
import { describe, expect, it } from 'vitest';
import type { StoredLedger } from './ledger-store';
import { retryOnConflict, updateLedger } from './update-ledger';

const ledger = aLedger({ tasks: { [aTaskSid(1)]: aTask() } });
const stored: StoredLedger = { ledger, revision: '1' };
const empty = aLedger({ conversationSid: aConversationSid(1) });

/** A store whose document another program has changed, so that each write fails first. Keeps what is written. */
function aStoreThatReads(latest: StoredLedger) {
  const written: StoredLedger[] = [];
  const ports = {
    ledgers: {
      read: async () => latest,
      write: async (basis: StoredLedger, next: StoredLedger['ledger']) => {
        if (basis.revision !== latest.revision) return undefined;
        written.push({ ledger: next, revision: '3' });
        return written.at(-1);
      },
    },
    sleep: async () => undefined,
  };
  return { ports, written };
}

describe('retryOnConflict', () => {
  it.each<[string, StoredLedger]>([
    ['is damaged', { ledger: empty, revision: '2', rejection: 'altered' }],
    ['is deleted', { ledger: empty, revision: undefined }],
  ])(
    'writes nothing when the ledger %s meanwhile: the tasks of the chat would be lost',
    async (_how, latest) => {
      const { ports, written } = aStoreThatReads(latest);
      const update = { events: [], change: (next: StoredLedger['ledger']) => next };
      expect(await updateLedger(ports, stored, update)).toBeUndefined();
      expect(written).toEqual([]);
    },
  );

  it('tries again with the ledger that another run has built meanwhile', async () => {
    const rejected: StoredLedger = { ledger: empty, revision: '1', rejection: 'altered' };
    const { ports } = aStoreThatReads({ ledger, revision: '2' });
    const seen: StoredLedger[] = [];
    await retryOnConflict(ports, rejected, (latest) => {
      seen.push(latest);
      return ports.ledgers.write(latest, latest.ledger);
    });
    expect(seen.map(({ revision }) => revision)).toEqual(['1', '2']);
  });
});
