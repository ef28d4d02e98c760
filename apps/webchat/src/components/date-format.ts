/** Times of day and days, as the customer reads them. */
import { LANGUAGE, strings } from '../strings';

// The region of the reader decides on 12 or 24 hours; the language is that of the other words.
const region = new Intl.Locale(globalThis.navigator?.language || LANGUAGE).region;
const locale = region ? `${LANGUAGE}-${region}` : LANGUAGE;
const timeFormat = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' });
const dayFormat = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });

/** @param at ms since 1970 */
export const timeOfDay = (at: number): string => timeFormat.format(at);

/** "Today", "Yesterday", or the date; both in ms since 1970. */
export function dayLabel(at: number, now: number): string {
  const day = new Date(at).toDateString();
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  if (day === new Date(now).toDateString()) return strings.today;
  if (day === yesterday.toDateString()) return strings.yesterday;
  return dayFormat.format(at);
}
