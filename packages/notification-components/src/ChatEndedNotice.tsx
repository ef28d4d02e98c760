/** The notice that the chat has ended, which is the last line of a chat. */
import { describeNotice, type Notice, type NoticeLanguage } from '@chat-transfer/transfer-core';
import type { ReactElement } from 'react';
import { NoticeLine } from './NoticeLine';

export interface ChatEndedNoticeProps {
  readonly notice: Extract<Notice, { kind: 'chat-ended' }>;
  readonly language: NoticeLanguage;
}

export function ChatEndedNotice({ notice, language }: ChatEndedNoticeProps): ReactElement {
  return (
    <NoticeLine
      kind={notice.kind}
      tone="ended"
      icon="ended"
      text={describeNotice(notice, language)}
      language={language}
      ruled
    />
  );
}
