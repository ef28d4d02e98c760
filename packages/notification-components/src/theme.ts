/**
 * The theme of notices, as CSS variables. A host page can set `--chat-transfer-notice-…` on any enclosing element.
 *
 * With the defaults, notices look the same in Flex and in the webchat, and their contrast is WCAG AA on white and on
 * Flex's light grey. A dark page has to set all the colours.
 */

/** Every variable that a host page can set, by its name after `--chat-transfer-notice-`, with its default. */
export const NOTICE_TOKENS = {
  'font-family':
    '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", sans-serif',
  'font-size': '12.5px',
  'line-height': '18px',
  text: '#454f63',
  background: '#eef1f6',
  border: '#dfe4ec',
  rule: '#d3d9e4',
  /** Colours of the icons. */
  joined: '#1b7a4b',
  left: '#5d6880',
  transfer: '#4a4fc4',
  ended: '#5d6880',
} as const;

export type NoticeToken = keyof typeof NOTICE_TOKENS;

/** The colour of a notice's icon. */
export type NoticeTone = Extract<NoticeToken, 'joined' | 'left' | 'transfer' | 'ended'>;

/** Returns the CSS value of a token: the host page's value, or else the default. */
export const token = (name: NoticeToken): string =>
  `var(--chat-transfer-notice-${name}, ${NOTICE_TOKENS[name]})`;
