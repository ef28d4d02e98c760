/**
 * Cleans text that people enter: removes invisible characters, and characters that change the direction of the text around
 * them. Markup stays. The code that shows the text must not interpret it as HTML.
 */

/** The longest name in a notice, in UTF-16 units, so that a notice fits into 4 KB. */
export const MAX_NAME_LENGTH = 100;

/** Line breaks of every kind, with vertical tabs and form feeds. */
const LINE_BREAKS = /\r\n?|[\u0085\u2028\u2029\v\f]/g;

/**
 * Control characters, lone surrogates, noncharacters, and the marks that change the direction of everything after them
 * (https://www.unicode.org/reports/tr9/#Explicit_Directional_Formatting): in a name they would mirror the sentence
 * around it. Marks that affect only their own position stay in a text, and so do joiners.
 */
const NEVER_SHOWN = /[\p{Cs}\p{NChar}\u202A-\u202E\u2066-\u2069]|(?![\n\t])\p{Cc}/gu;

/** A text in which no character can be seen: spaces, blank symbols, fillers, and marks without a letter. */
const NOTHING_VISIBLE = /^[\s\p{M}\p{Cf}\p{DI}\u2800\u{1D159}]*$/u;

/** Symbols that look like a space: blank braille pattern, Hangul fillers, null notehead. */
const BLANK_SYMBOLS = /[\u2800\u3164\uFFA0\u{1D159}]/gu;

/**
 * The invisible characters of a name. The first group matches those that a script or an emoji needs, each with the
 * character before it: joiners inside Arabic and Indic words and in composed emoji, and variants of emoji and of CJK
 * ideographs.
 */
const INVISIBLE =
  /([\p{scx=Arab}\p{scx=Syrc}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Khmr}\p{scx=Mymr}][\u200C\u200D](?=[\p{L}\p{M}])|\p{ExtPict}\p{EMod}?\uFE0F?\u200D(?=\p{ExtPict})|\p{ExtPict}\uFE0F|\p{Ideo}[\u{E0100}-\u{E01EF}])|[\p{Cf}\p{DI}]/gu;

/** Marks without a letter to stand on. At the start of a name they would change the character before the name. */
const LOOSE_MARKS = /(^| )[ \p{M}]+/gu;

/** Cleans and trims a text of several lines. Every line break becomes `\n`; tabs stay. Returns `''` if nothing is visible. */
export function cleanText(text: string): string {
  const cleaned = text.replace(LINE_BREAKS, '\n').replace(NEVER_SHOWN, '').trim();
  return NOTHING_VISIBLE.test(cleaned) ? '' : cleaned;
}

/** Cleans and trims a name: one line, single spaces, no invisible characters. Returns `''` if nothing is visible. */
export function cleanName(text: string): string {
  return cleanText(text)
    .replace(BLANK_SYMBOLS, ' ')
    .replace(INVISIBLE, '$1')
    .replace(/\s+/g, ' ')
    .replace(LOOSE_MARKS, '$1')
    .trim()
    .normalize('NFC');
}

/** Cuts a cleaned name to the maximum length, without leaving half of a character. */
export function cutName(name: string): string {
  return name.length <= MAX_NAME_LENGTH ? name : cleanName(name.slice(0, MAX_NAME_LENGTH));
}
