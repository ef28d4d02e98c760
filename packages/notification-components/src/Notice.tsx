/**
 * Shows one notice, the same in Flex and in the customer's chat. What is a notice says `parseNotice` of
 * transfer-core; a host asks it first and shows everything else as an ordinary message.
 */
import type { Notice as NoticeData, NoticeLanguage, TextNotice } from '@chat-transfer/transfer-core';
import type { ReactElement } from 'react';
import { ChatEndedNotice } from './ChatEndedNotice';
import { useNoticeLanguage } from './locale';
import { NoticeLine } from './NoticeLine';
import { PresenceNotice } from './PresenceNotice';
import { TransferNotice } from './TransferNotice';

export interface NoticeProps {
  /** As `parseNotice` returns it. */
  readonly notice: NoticeData | TextNotice;
  /** The reader's language; without it, that of the `NoticeLanguageProvider` around. */
  readonly language?: NoticeLanguage | undefined;
}

export function Notice({ notice, language: ownLanguage }: NoticeProps): ReactElement {
  const around = useNoticeLanguage();
  const language = ownLanguage ?? around;

  switch (notice.kind) {
    case 'agent-joined':
    case 'agent-left':
    case 'customer-left':
      return <PresenceNotice notice={notice} language={language} />;
    case 'transfer-started':
    case 'transfer-accepted':
    case 'transfer-declined':
    case 'transfer-unanswered':
    case 'transfer-cancelled':
    case 'transfer-failed':
      return <TransferNotice notice={notice} language={language} />;
    case 'chat-ended':
      return <ChatEndedNotice notice={notice} language={language} />;
    case 'text':
      return <NoticeLine kind="text" tone="ended" icon="information" text={notice.text} />;
  }
}
