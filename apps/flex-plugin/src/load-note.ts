/**
 * Loads the whole note of an offered chat from the functions, if its task has room for the beginning only. Asks once per
 * transfer, also if several components show the note.
 */
import type { TransferApi } from './transfer-api';

export type NoteLoader = (request: Parameters<TransferApi['readNote']>[0]) => Promise<string | undefined>;

/** Returns a loader. It resolves with `undefined` if the functions do not have the note or do not answer. */
export function createNoteLoader(api: Pick<TransferApi, 'readNote'>): NoteLoader {
  const loading = new Map<string, Promise<string | undefined>>();

  async function load(request: Parameters<NoteLoader>[0]): Promise<string | undefined> {
    const result = await api.readNote(request);
    if (result.ok) return result.answer.note;
    // The next component that shows the note asks again.
    loading.delete(request.transferId);
    console.warn(`Failed to load the whole note of the transfer: ${result.failure.message}`);
    return undefined;
  }

  return (request) => {
    const running = loading.get(request.transferId) ?? load(request);
    loading.set(request.transferId, running);
    return running;
  };
}
