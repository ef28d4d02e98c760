/** Shows the note of a transfer where the agent decides whether to accept the chat. */
import { IncomingTaskCanvas, type ITask } from '@twilio/flex-ui';
import { type ReactElement, useEffect, useState } from 'react';
import { parseTask, readChatTask } from '../chat-task';
import { IncomingNote } from '../components/IncomingNote';
import { readIncomingNote } from '../incoming-chat';
import { createNoteLoader, type NoteLoader } from '../load-note';
import type { TransferApi } from '../transfer-api';

interface SlotProps {
  readonly load: NoteLoader;
  readonly task?: ITask;
}

function Note({ task, load }: SlotProps): ReactElement | null {
  const note = readIncomingNote(task);
  const transferId = note?.isShortened ? parseTask(task)?.transferId : undefined;
  const whole = useWholeNote(task, transferId, load);
  return note === undefined ? null : <IncomingNote note={whole ?? note.text} />;
}

/** @param transferId `undefined` if the task has the whole note */
function useWholeNote(
  task: ITask | undefined,
  transferId: string | undefined,
  load: NoteLoader,
): string | undefined {
  const [loaded, setLoaded] = useState<{ readonly transferId: string; readonly note: string | undefined }>();
  const { taskSid, conversationSid } = readChatTask(task) ?? {};
  useEffect(() => {
    if (transferId === undefined || taskSid === undefined || conversationSid === undefined) return undefined;
    let isShown = true;
    void load({ taskSid, conversationSid, transferId }).then((note) => {
      if (isShown) setLoaded({ transferId, note });
    });
    return () => {
      isShown = false;
    };
  }, [taskSid, conversationSid, transferId, load]);
  return loaded !== undefined && loaded.transferId === transferId ? loaded.note : undefined;
}

export function showIncomingNote(api: Pick<TransferApi, 'readNote'>): void {
  const load = createNoteLoader(api);
  IncomingTaskCanvas.Content.add(<Note key="chat-transfer-note" load={load} />, { sortOrder: 1 });
}
