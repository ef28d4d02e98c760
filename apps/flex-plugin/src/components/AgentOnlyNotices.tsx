/** The latest notices of a chat that its customer does not receive, shown above the message input. */
import { NOTICE_TOKENS, Notice } from '@chat-transfer/notification-components';
import type { Notice as NoticeData, NoticeLanguage } from '@chat-transfer/transfer-core';
import type { CSSProperties, ReactElement } from 'react';

export interface AgentOnlyNoticesProps {
  readonly title: string;
  /** Oldest first. */
  readonly notices: readonly NoticeData[];
  /** The agent's language. */
  readonly language: NoticeLanguage;
}

const BOX: CSSProperties = { flex: 'none', margin: '0 0 4px' };
const TITLE: CSSProperties = {
  display: 'flex',
  alignItems: 'center',
  gap: 8,
  margin: 0,
  color: NOTICE_TOKENS.text,
  fontSize: 11,
  lineHeight: '16px',
};
const RULE: CSSProperties = { flex: 1, height: 1, background: NOTICE_TOKENS.rule };

export function AgentOnlyNotices({ title, notices, language }: AgentOnlyNoticesProps): ReactElement {
  return (
    <div role="log" aria-label={title} style={BOX}>
      <p style={TITLE}>
        <span style={RULE} />
        {title}
        <span style={RULE} />
      </p>
      {notices.map((notice) => (
        <Notice key={notice.id} notice={notice} language={language} />
      ))}
    </div>
  );
}
