/**
 * The words of notices, per language. `{name}`, `{from}` and `{target}` are placeholders for public names.
 * A new language is a new entry in `NOTICE_WORDS`. The compiler lists the sentences that it needs.
 */
import type { Notice, NoticeKind, NoticeParty, TextNotice } from './notice';

type SentenceKey =
  | Exclude<NoticeKind, 'transfer-started'>
  | 'transfer-started-warm-agent'
  | 'transfer-started-warm-queue'
  | 'transfer-started-cold';

export type NoticeWords = Readonly<Record<SentenceKey | 'looking' | 'another-team', string>>;

export const NOTICE_WORDS = {
  en: {
    'agent-joined': '{name} joined the chat',
    'agent-left': '{name} left the chat',
    'transfer-started-warm-agent': '{from} is inviting {target} to the chat',
    'transfer-started-warm-queue': '{from} is inviting someone from {target} to the chat',
    'transfer-started-cold': '{from} is transferring the chat to {target}',
    'transfer-declined': '{target} could not take the chat',
    'transfer-unanswered': 'There was no answer from {target}',
    'transfer-cancelled': '{name} cancelled the transfer',
    'customer-left': 'The customer left the chat',
    'chat-ended': 'The chat has ended',
    'transfer-failed': 'The chat could not be transferred to {target}',
    looking: '{sentence}. We are looking for someone else',
    'another-team': 'another team',
  },
} as const satisfies Record<string, NoticeWords>;

export type NoticeLanguage = keyof typeof NOTICE_WORDS;

/** The language for readers whose language has no entry. */
export const DEFAULT_LANGUAGE: NoticeLanguage = 'en';

/** The language of a locale such as `en-US`, or the default if that language has no entry. */
export function languageOf(locale: string): NoticeLanguage {
  const language = locale.toLowerCase().split('-')[0];
  // `in` would also find inherited keys such as `constructor`.
  const known = Object.keys(NOTICE_WORDS) as NoticeLanguage[];
  return known.find((candidate) => candidate === language) ?? DEFAULT_LANGUAGE;
}

/** Returns a notice as plain text without a final full stop. It holds names unescaped: do not render it as HTML. */
export function describeNotice(
  notice: Notice | TextNotice,
  language: NoticeLanguage = DEFAULT_LANGUAGE,
): string {
  const words: NoticeWords = NOTICE_WORDS[language];
  const party = (to: NoticeParty) => (to.kind === 'agent' ? to.name : (to.label ?? words['another-team']));
  const withLooking = (sentence: string, { looking }: { readonly looking?: true }) =>
    looking === true ? fill(words.looking, { sentence }) : sentence;

  switch (notice.kind) {
    case 'text':
      return notice.text;
    case 'agent-joined':
    case 'agent-left':
      return fill(words[notice.kind], { name: notice.name });
    case 'transfer-cancelled':
      return withLooking(fill(words[notice.kind], { name: notice.name }), notice);
    case 'transfer-started':
      return fill(words[startedKey(notice.mode, notice.to)], { from: notice.from, target: party(notice.to) });
    case 'transfer-declined':
    case 'transfer-unanswered':
      return withLooking(capitalize(fill(words[notice.kind], { target: party(notice.to) })), notice);
    case 'transfer-failed':
      return fill(words[notice.kind], { target: party(notice.to) });
    case 'customer-left':
    case 'chat-ended':
      return words[notice.kind];
  }
}

function startedKey(mode: 'warm' | 'cold', to: NoticeParty): SentenceKey {
  return mode === 'cold' ? 'transfer-started-cold' : `transfer-started-warm-${to.kind}`;
}

/** Replaces in one pass, so that a name that looks like a placeholder is not replaced. */
function fill(sentence: string, values: Readonly<Record<string, string>>): string {
  return sentence.replace(/\{(\w+)\}/g, (placeholder, key: string) => values[key] ?? placeholder);
}

function capitalize(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
