/**
 * The look of a notice as CSS variables: a host sets `--chat-transfer-notice-…` on any element around it.
 *
 * Without a host's say both sides look the same: the defaults are AA on white and on Flex's light grey. A dark
 * host sets the colours, all of them.
 */

/** Every variable a host may set, by its name after `--chat-transfer-notice-`, with what holds when it does not. */
export const NOTICE_TOKENS = {
  'font-family':
    '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", sans-serif',
  'font-size': '12.5px',
  'line-height': '18px',
  text: '#454f63',
  background: '#eef1f6',
  border: '#dfe4ec',
  rule: '#d3d9e4',
  /** The icons. */
  joined: '#1b7a4b',
  left: '#5d6880',
  transfer: '#4a4fc4',
  ended: '#5d6880',
} as const;

export type NoticeToken = keyof typeof NOTICE_TOKENS;

/** A family of notices: the colour of its icon. */
export type NoticeTone = Extract<NoticeToken, 'joined' | 'left' | 'transfer' | 'ended'>;

/** The CSS value of a token: what the host says, else the default. */
export const token = (name: NoticeToken): string =>
  `var(--chat-transfer-notice-${name}, ${NOTICE_TOKENS[name]})`;
