/** A transfer on its way, and what became of it. */
import { describeNotice, type Notice, type NoticeLanguage } from '@chat-transfer/transfer-core';
import type { ReactElement } from 'react';
import type { NoticeIcon } from './icons';
import { NoticeLine } from './NoticeLine';

type TransferNoticeData = Extract<Notice, { kind: `transfer-${string}` }>;

export interface TransferNoticeProps {
  readonly notice: TransferNoticeData;
  readonly language: NoticeLanguage;
}

export function TransferNotice({ notice, language }: TransferNoticeProps): ReactElement {
  return (
    <NoticeLine
      kind={notice.kind}
      tone="transfer"
      icon={iconOf(notice)}
      text={describeNotice(notice, language)}
      language={language}
    />
  );
}

function iconOf(notice: TransferNoticeData): NoticeIcon {
  switch (notice.kind) {
    case 'transfer-started':
      return notice.mode === 'warm' ? 'inviting' : 'handingOver';
    case 'transfer-accepted':
      return 'accepted';
    case 'transfer-declined':
    case 'transfer-unanswered':
    case 'transfer-cancelled':
      return notice.looking === true ? 'looking' : 'returned';
    case 'transfer-failed':
      return 'failed';
  }
}
