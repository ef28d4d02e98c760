/** Formats times and days for the customer. */
import { LANGUAGE, strings } from '../strings';

// The language is that of the other texts. The browser's region decides between 12 and 24 hours.
const region = new Intl.Locale(globalThis.navigator?.language || LANGUAGE).region;
const locale = region ? `${LANGUAGE}-${region}` : LANGUAGE;
const timeFormat = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' });
const dayFormat = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });

/** Returns the time of day. @param at ms since 1970 */
export const formatTime = (at: number): string => timeFormat.format(at);

/** Returns "Today", "Yesterday", or the date. Both parameters are ms since 1970. */
export function formatDay(at: number, now: number): string {
  const day = new Date(at).toDateString();
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  if (day === new Date(now).toDateString()) return strings.today;
  if (day === yesterday.toDateString()) return strings.yesterday;
  return dayFormat.format(at);
}
