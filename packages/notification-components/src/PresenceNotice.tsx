/** A notice that an agent joined, or that an agent or the customer left. */
import { describeNotice, type Notice, type NoticeLanguage } from '@chat-transfer/transfer-core';
import type { ReactElement } from 'react';
import { NoticeLine } from './NoticeLine';

type PresenceNoticeData = Extract<Notice, { kind: 'agent-joined' | 'agent-left' | 'customer-left' }>;

export interface PresenceNoticeProps {
  readonly notice: PresenceNoticeData;
  readonly language: NoticeLanguage;
}

export function PresenceNotice({ notice, language }: PresenceNoticeProps): ReactElement {
  const isJoining = notice.kind === 'agent-joined';
  return (
    <NoticeLine
      kind={notice.kind}
      tone={isJoining ? 'joined' : 'left'}
      icon={isJoining ? 'entering' : 'leaving'}
      text={describeNotice(notice, language)}
      language={language}
    />
  );
}
