/** Shows the note of a transfer where the agent decides whether to accept the chat. */
import { IncomingTaskCanvas, type ITask } from '@twilio/flex-ui';
import type { ReactElement } from 'react';
import { IncomingNote } from '../components/IncomingNote';
import { readIncomingNote } from '../incoming-chat';

function Note({ task }: { readonly task?: ITask }): ReactElement | null {
  const note = readIncomingNote(task);
  return note === undefined ? null : <IncomingNote note={note} />;
}

export function showIncomingNote(): void {
  IncomingTaskCanvas.Content.add(<Note key="chat-transfer-note" />, { sortOrder: 1 });
}
