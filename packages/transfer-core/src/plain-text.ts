/**
 * Cleans text that users enter: removes invisible characters, and characters that change the direction of the text around
 * them. Markup stays. The code that shows the text must not interpret it as HTML.
 */

/** Line breaks of every kind, with vertical tabs and form feeds. */
const LINE_BREAKS = /\r\n?|[\u0085\u2028\u2029\v\f]/g;

/**
 * Control characters, lone surrogates, and the marks that change the direction of everything after them
 * (https://www.unicode.org/reports/tr9/#Explicit_Directional_Formatting): in a name they would mirror the sentence
 * around it. Marks that affect only their own position stay, and so do the joiners that Persian and emoji need.
 */
const INVISIBLE = /[\p{Cs}\u202A-\u202E\u2066-\u2069]|(?![\n\t])\p{Cc}/gu;

/** Cleans and trims a text of several lines. Every line break becomes `\n`; tabs stay. */
export function cleanText(text: string): string {
  return text.replace(LINE_BREAKS, '\n').replace(INVISIBLE, '').trim();
}

/** Cleans and trims a name: one line, with single spaces. */
export function cleanName(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim();
}
