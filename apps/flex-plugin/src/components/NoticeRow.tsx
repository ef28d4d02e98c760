/** A notice in Flex's message list: it fills the row and has no avatar or bubble. */
import { Notice } from '@chat-transfer/notification-components';
import type { Notice as NoticeData, NoticeLanguage, TextNotice } from '@chat-transfer/transfer-core';
import type { ReactElement } from 'react';

export interface NoticeRowProps {
  readonly notice: NoticeData | TextNotice;
  /** The agent's language. */
  readonly language: NoticeLanguage;
}

export function NoticeRow({ notice, language }: NoticeRowProps): ReactElement {
  return (
    <div style={{ flex: '1 1 100%', minWidth: 0, width: '100%' }}>
      <Notice notice={notice} language={language} />
    </div>
  );
}
