/**
 * Keeps the attributes of a task within TaskRouter's limit. Only keys of ours become shorter. When the attributes are too
 * long, they lose what is needed least, in this order:
 *
 * 1. the reservations that the functions rejected, the oldest first, then the workers who declined, the oldest first
 * 2. the end of the note: the receiving agent reads the whole note through the functions
 * 3. most of the names of the agent who transfers and of the target
 * 4. the copy of the previous task's SID for Flex Insights: the transfer's own details hold it too
 *
 * Twilio limits "the JSON string" to 4,096 "characters", and does not say how it counts a character that is not ASCII. So the
 * strictest count is used with which the attributes can fit at all.
 * https://www.twilio.com/docs/taskrouter/limits#resource-configuration-limits
 */
import { jsonSize } from '../json-size';
import { isRecord } from '../parse';
import { type Attributes, DETAILS_KEY, namesOf } from './keys';

export const TASK_ATTRIBUTES_BUDGET = 4_096;

/** How many declined workers, and how many rejected reservations, a task names at most. */
const MAX_LISTED = 25;

/** How many characters of a name stay. */
const SHORT_NAME_LENGTH = 12;

/** A note of fewer characters is removed instead of shortened. */
const MIN_NOTE_LENGTH = 20;

const ELLIPSIS = '…';

/** Returns the length of attributes. */
type Measure = (attributes: Attributes) => number;

/** With every character that is not ASCII as `\uXXXX`. */
const escapedLength: Measure = (attributes) => {
  const text = JSON.stringify(attributes);
  return text.length + 5 * (text.match(/[\u0080-\uFFFF]/g)?.length ?? 0);
};

/** From the strictest to the documented one. */
const MEASURES: readonly Measure[] = [
  escapedLength,
  jsonSize,
  (attributes) => JSON.stringify(attributes).length,
];

/** Whether the attributes fit, in whatever way Twilio counts. */
export function surelyFits(attributes: Attributes): boolean {
  return MEASURES.every((measure) => measure(attributes) <= TASK_ATTRIBUTES_BUDGET);
}

/** Whether TaskRouter, which has stored `before`, can store `after` too: it fits, or is no longer. */
export function isSafeChange(before: Attributes, after: Attributes): boolean {
  return MEASURES.every((measure) => measure(after) <= Math.max(measure(before), TASK_ATTRIBUTES_BUDGET));
}

/**
 * Returns the attributes in a length that fits, or `undefined` if the keys that must stay leave no room.
 *
 * @param reserved characters that another program will add
 * @param mustFitLater what the functions may add later: it must fit too, after it is shortened
 */
export function fitAttributes(
  attributes: Attributes,
  { reserved = 0, mustFitLater }: { readonly reserved?: number; readonly mustFitLater?: Attributes } = {},
): Attributes | undefined {
  for (const measure of MEASURES) {
    const budget = TASK_ATTRIBUTES_BUDGET - reserved;
    const isRoomLater = mustFitLater === undefined || shortenTo(budget, mustFitLater, measure) !== undefined;
    const fitting = isRoomLater ? shortenTo(budget, attributes, measure) : undefined;
    if (fitting !== undefined) return fitting;
  }
  return undefined;
}

/** Removes something from the attributes; `undefined` if nothing of its kind is left. `excess`: how much is too long. */
type Reduction = (attributes: Attributes, excess: number, measure: Measure) => Attributes | undefined;

function shortenTo(budget: number, attributes: Attributes, measure: Measure): Attributes | undefined {
  let shortened = capLists(attributes);
  for (const reduce of REDUCTIONS) {
    for (;;) {
      const excess = measure(shortened) - budget;
      if (excess <= 0) return shortened;
      const reduced = reduce(shortened, excess, measure);
      if (reduced === undefined) break;
      shortened = reduced;
    }
  }
  return measure(shortened) <= budget ? shortened : undefined;
}

const listAt = (attributes: Attributes, key: string | undefined): readonly unknown[] => {
  const value = key === undefined ? undefined : attributes[key];
  return Array.isArray(value) ? value : [];
};

/** The keys of the lists that become shorter, in the order in which they do. */
const listKeys = (attributes: Attributes): readonly string[] => {
  const names = namesOf(attributes);
  return names === undefined ? [] : [names.withdrawn, names.declinedBy];
};

function capLists(attributes: Attributes): Attributes {
  const isLong = (key: string) => listAt(attributes, key).length > MAX_LISTED;
  const capped = listKeys(attributes)
    .filter(isLong)
    .map((key) => [key, listAt(attributes, key).slice(-MAX_LISTED)]);
  return capped.length === 0 ? attributes : { ...attributes, ...Object.fromEntries(capped) };
}

const dropFromLists: Reduction = (attributes) => {
  const key = listKeys(attributes).find((name) => listAt(attributes, name).length > 0);
  return key === undefined ? undefined : { ...attributes, [key]: listAt(attributes, key).slice(1) };
};

const detailsOf = (attributes: Attributes): Attributes => {
  const details = attributes[DETAILS_KEY];
  return isRecord(details) ? details : {};
};

const withDetails = (attributes: Attributes, details: Attributes): Attributes => ({
  ...attributes,
  [DETAILS_KEY]: details,
});

/** The characters of a text as a reader sees them, so that no cut changes the one before it. */
export function splitCharacters(text: string): readonly string[] {
  return [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)].map(
    ({ segment }) => segment,
  );
}

const shortenNote: Reduction = (attributes, excess, measure) => {
  const details = detailsOf(attributes);
  const { note, ...others } = details;
  if (typeof note !== 'string') return undefined;
  const characters = splitCharacters(note);
  const withNote = (kept: number): Attributes =>
    withDetails(attributes, {
      ...others,
      ...(kept < MIN_NOTE_LENGTH
        ? {}
        : { note: `${characters.slice(0, kept).join('').trimEnd()}${ELLIPSIS}` }),
      noteIsShortened: true,
    });
  const target = measure(attributes) - excess;
  let kept = characters.length - 1;
  // One character has a length of 1 or more, so this needs few steps.
  while (kept >= MIN_NOTE_LENGTH) {
    const over = measure(withNote(kept)) - target;
    if (over <= 0) break;
    kept -= Math.max(1, Math.floor(over / MAX_CHARACTER_LENGTH));
  }
  return withNote(kept);
};

/** How many characters of JSON a character of a note takes in most texts: a pair of escaped code units. */
const MAX_CHARACTER_LENGTH = 12;

const shortName = (name: unknown): unknown =>
  typeof name === 'string' ? splitCharacters(name).slice(0, SHORT_NAME_LENGTH).join('') : name;

const shortenNames: Reduction = (attributes) => {
  const details = detailsOf(attributes);
  const returned = isRecord(details.returned) ? details.returned : undefined;
  const to = isRecord(returned?.to) ? returned.to : undefined;
  const shortened = {
    ...details,
    ...(details.from === undefined ? {} : { from: shortName(details.from) }),
    ...(to === undefined
      ? {}
      : {
          returned: {
            ...returned,
            to: {
              ...to,
              ...(to.name === undefined ? {} : { name: shortName(to.name) }),
              ...(to.label === undefined ? {} : { label: shortName(to.label) }),
            },
          },
        }),
  };
  return JSON.stringify(shortened) === JSON.stringify(details)
    ? undefined
    : withDetails(attributes, shortened);
};

const dropInsightsLink: Reduction = (attributes) => {
  const { conversations } = attributes;
  if (!isRecord(conversations)) return undefined;
  const { conversation_attribute_10: link, ...others } = conversations;
  const isOurs = link !== undefined && link === detailsOf(attributes).previousTaskSid;
  return isOurs ? { ...attributes, conversations: others } : undefined;
};

const REDUCTIONS: readonly Reduction[] = [dropFromLists, shortenNote, shortenNames, dropInsightsLink];
