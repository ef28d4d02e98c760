/** A notice that a transfer has started, or how it has ended. */
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
      icon={chooseIcon(notice)}
      text={describeNotice(notice, language)}
      language={language}
    />
  );
}

function chooseIcon(notice: TransferNoticeData): NoticeIcon {
  switch (notice.kind) {
    case 'transfer-started':
      return notice.mode === 'warm' ? 'inviting' : 'transferring';
    case 'transfer-declined':
    case 'transfer-unanswered':
    case 'transfer-cancelled':
      return notice.looking === true ? 'looking' : 'returned';
    case 'transfer-failed':
      return 'failed';
  }
}
