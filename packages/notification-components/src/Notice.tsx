/**
 * Renders one notice, the same way in Flex and in the webchat. The host page first calls `parseNotice` of
 * transfer-core for each message, and renders ordinary messages itself.
 */
import type { Notice as NoticeData, NoticeLanguage, TextNotice } from '@chat-transfer/transfer-core';
import type { ReactElement } from 'react';
import { ChatEndedNotice } from './ChatEndedNotice';
import { useNoticeLanguage } from './locale';
import { NoticeLine } from './NoticeLine';
import { PresenceNotice } from './PresenceNotice';
import { TransferNotice } from './TransferNotice';

export interface NoticeProps {
  /** The result of `parseNotice`. */
  readonly notice: NoticeData | TextNotice;
  /** The reader's language. Default: the language of the enclosing `NoticeLanguageProvider`. */
  readonly language?: NoticeLanguage | undefined;
}

export function Notice({ notice, language: ownLanguage }: NoticeProps): ReactElement {
  const providedLanguage = useNoticeLanguage();
  const language = ownLanguage ?? providedLanguage;

  switch (notice.kind) {
    case 'agent-joined':
    case 'agent-left':
    case 'customer-left':
      return <PresenceNotice notice={notice} language={language} />;
    case 'transfer-started':
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
