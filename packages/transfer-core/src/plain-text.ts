/**
 * Text that people type, before it is kept: what cannot be seen, and what turns the text around it about, is taken
 * out. Markup stays, for it is text: whoever shows it must show it as such. Pure; refuses nothing.
 */

/** Characters that end or move a line. */
const LINE_BREAKS = /\r\n?|[\u0085\u2028\u2029\v\f]/g;

/**
 * Control characters, halves of surrogate pairs, and the marks that change the direction of all that follows them
 * (https://www.unicode.org/reports/tr9/#Explicit_Directional_Formatting): a name would mirror the sentence around it.
 * The marks for a single place stay, as do the joiners of Persian and of emoji.
 */
const INVISIBLE = /[\p{Cs}\u202A-\u202E\u2066-\u2069]|(?![\n\t])\p{Cc}/gu;

/** A text of several lines, trimmed: line breaks as `\n`, tabs kept. */
export function cleanText(text: string): string {
  return text.replace(LINE_BREAKS, '\n').replace(INVISIBLE, '').trim();
}

/** A name: one line, trimmed, without runs of white space. */
export function cleanName(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim();
}
