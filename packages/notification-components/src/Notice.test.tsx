/**
 * Runs twice: on the React version of Flex and on that of the webchat. The expected HTML is the same for both.
 */
import {
  describeNotice,
  type Notice as NoticeData,
  type NoticeKind,
  type NoticeLanguage,
  parseNotice,
  type TextNotice,
} from '@chat-transfer/transfer-core';
import { cleanup, render } from '@testing-library/react';
import { version } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { NOTICE_ICONS, type NoticeIcon } from './icons';
import { NoticeLanguageProvider, useNoticeLanguage } from './locale';
import { Notice } from './Notice';
import { NOTICE_TOKENS } from './theme';

const head = { v: 1 as const, id: 'notice-1' };
const started = { ...head, kind: 'transfer-started' as const, from: 'Alice' };
const bob = { kind: 'agent' as const, name: 'Bob' };
const billing = { kind: 'queue' as const, label: 'Billing' };

/** One notice of every kind. The compiler demands an entry for a new kind. */
const noticesByKind: {
  readonly [Kind in NoticeKind | 'text']: readonly [
    NoticeIcon,
    Extract<NoticeData | TextNotice, { kind: Kind }>,
  ];
} = {
  'agent-joined': ['entering', { ...head, kind: 'agent-joined', name: 'Alice' }],
  'agent-left': ['leaving', { ...head, kind: 'agent-left', name: 'Alice' }],
  'transfer-started': ['inviting', { ...started, mode: 'warm', to: bob }],
  'transfer-declined': ['returned', { ...head, kind: 'transfer-declined', to: bob }],
  'transfer-unanswered': ['returned', { ...head, kind: 'transfer-unanswered', to: { kind: 'queue' } }],
  'transfer-cancelled': ['returned', { ...head, kind: 'transfer-cancelled', name: 'Alice' }],
  'transfer-failed': ['failed', { ...head, kind: 'transfer-failed', to: billing }],
  'customer-left': ['leaving', { ...head, kind: 'customer-left' }],
  'chat-ended': ['ended', { ...head, kind: 'chat-ended' }],
  text: ['information', { kind: 'text', text: 'Alice joined the channel' }],
};

const everyNotice: readonly (readonly [NoticeIcon, NoticeData | TextNotice])[] = [
  ...Object.values(noticesByKind),
  ['inviting', { ...started, mode: 'warm', to: billing }],
  ['transferring', { ...started, mode: 'cold', to: bob }],
  ['transferring', { ...started, mode: 'cold', to: { kind: 'queue' } }],
  ['looking', { ...head, kind: 'transfer-declined', to: bob, looking: true }],
  ['looking', { ...head, kind: 'transfer-unanswered', to: billing, looking: true }],
  ['looking', { ...head, kind: 'transfer-cancelled', name: 'Alice', looking: true }],
];

/** The expected HTML without class names, because styled-components generates them. */
const expectedHtml = (icon: NoticeIcon, notice: NoticeData | TextNotice): string => {
  const language = notice.kind === 'text' ? '' : ' lang="en"';
  return (
    `<div data-notice="${notice.kind}"><span>` +
    `<svg viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="${NOTICE_ICONS[icon]}"></path></svg>` +
    `<span${language}>${describeNotice(notice)}</span></span></div>`
  );
};

const withoutClasses = (html: string) => html.replace(/ class="[^"]*"/g, '');

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe('Notice', () => {
  it('is tested on the React version that the project names', () => {
    expect(version.split('.')[0]).toBe(process.env.EXPECTED_REACT);
  });

  it.each(everyNotice.map(([icon, notice]) => [describeNotice(notice), icon, notice] as const))(
    'renders "%s" the same on every React version',
    (_, icon, notice) => {
      const consoleError = vi.spyOn(console, 'error');
      const { container } = render(<Notice notice={notice} />);

      expect(withoutClasses(container.innerHTML)).toBe(expectedHtml(icon, notice));
      expect(consoleError.mock.calls).toEqual([]);
    },
  );

  it('renders a name that contains markup as text', () => {
    const name = '<script>alert(1)</script><b>Bob</b>';
    const { container } = render(<Notice notice={{ ...head, kind: 'agent-joined', name }} />);

    expect(container.textContent).toBe(`${name} joined the chat`);
    expect(container.querySelector('script, b')).toBeNull();
  });

  it('gives screen readers the sentence only', () => {
    const { container } = render(<Notice notice={noticesByKind['transfer-declined'][1]} />);

    expect(container.querySelector('svg')?.getAttribute('aria-hidden')).toBe('true');
    expect(container.querySelector('svg title')).toBeNull();
    expect(container.textContent).toBe('Bob could not take the chat');
  });

  it('is not a live region, because the message list around it is one', () => {
    const { container } = render(<Notice notice={noticesByKind['chat-ended'][1]} />);

    expect(container.querySelector('[role], [aria-live]')).toBeNull();
  });

  it('renders the result of parseNotice for a message that the functions posted', () => {
    const notice = parseNotice({
      author: 'chat-transfer',
      body: 'Alice left the chat',
      attributes: { notification: true, notice: noticesByKind['agent-left'][1] },
    });

    if (!notice) throw new Error('Failed to parse the notice: parseNotice returned undefined.');
    const { container } = render(<Notice notice={notice} />);

    expect(container.querySelector('[data-notice="agent-left"]')?.textContent).toBe('Alice left the chat');
  });
});

const Language = () => <span>{useNoticeLanguage()}</span>;

describe('useNoticeLanguage', () => {
  it('returns English outside a provider', () => {
    expect(render(<Language />).container.textContent).toBe('en');
  });

  it('returns the language of the enclosing provider', () => {
    // The only supported language is the default one, so this test uses an unsupported one.
    const french = 'fr' as NoticeLanguage;
    const { container } = render(
      <NoticeLanguageProvider language={french}>
        <Language />
      </NoticeLanguageProvider>,
    );
    expect(container.textContent).toBe('fr');
  });
});

describe('the style of Notice', () => {
  const stylesheet = () =>
    [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join('\n');

  it('reads every token from a CSS variable', () => {
    for (const [, notice] of everyNotice) render(<Notice notice={notice} />);

    const css = stylesheet();
    for (const name of Object.keys(NOTICE_TOKENS))
      expect(css).toContain(`var(--chat-transfer-notice-${name},`);
  });

  it('has WCAG AA contrast for small text and for icons on its own background', () => {
    expect(contrast(NOTICE_TOKENS.text, NOTICE_TOKENS.background)).toBeGreaterThanOrEqual(4.5);
    for (const tone of ['joined', 'left', 'transfer', 'ended'] as const)
      expect(contrast(NOTICE_TOKENS[tone], NOTICE_TOKENS.background)).toBeGreaterThanOrEqual(3);
  });
});

/** The contrast ratio of two `#rrggbb` colours: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
