/** The note that the transferring agent wrote. Only the agent who is offered the chat sees it. */
import { NOTICE_TOKENS } from '@chat-transfer/notification-components';
import type { CSSProperties, ReactElement } from 'react';

const NOTE: CSSProperties = {
  alignSelf: 'stretch',
  margin: '0 16px 16px',
  padding: '10px 14px',
  maxHeight: 160,
  overflowY: 'auto',
  borderLeft: `3px solid ${NOTICE_TOKENS.transfer}`,
  background: NOTICE_TOKENS.background,
  color: NOTICE_TOKENS.text,
  fontSize: 14,
  lineHeight: '20px',
  overflowWrap: 'anywhere',
  whiteSpace: 'pre-wrap',
};

export function IncomingNote({ note }: { readonly note: string }): ReactElement {
  return <p style={NOTE}>{note}</p>;
}
