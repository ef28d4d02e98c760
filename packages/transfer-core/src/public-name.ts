/**
 * The public name of an agent: the only thing that customers read about an agent. They must not read surnames, addresses,
 * identities and SIDs, so a value that might contain one is not used.
 */
import * as v from 'valibot';
import { cleanName, cutName, MAX_NAME_LENGTH } from './plain-text';

/** A name or a label that a person enters: cleaned, 1 to 100 UTF-16 units. */
export const NameInputSchema = v.pipe(
  v.string(),
  v.transform(cleanName),
  v.minLength(1),
  v.maxLength(MAX_NAME_LENGTH),
);

/** Parses a value that is not text as empty, so that one malformed name does not hide the other. */
const NameSchema = v.fallback(v.optional(v.pipe(v.string(), v.transform(cleanName)), ''), '');

const WorkerNamesSchema = v.object({ public_identity: NameSchema, full_name: NameSchema });

/**
 * Returns `public_identity`, unless it is an address or an identifier; else the given name in `full_name`, if it is clear
 * which part that is; else `fallback`. The result is cleaned.
 * @param workerAttributes the parsed attributes of a TaskRouter worker
 */
export function publicNameOf(workerAttributes: unknown, fallback: string): string {
  const parsed = v.safeParse(WorkerNamesSchema, workerAttributes);
  const { public_identity, full_name } = parsed.success
    ? parsed.output
    : { public_identity: '', full_name: '' };
  const ownName = isIdentifier(public_identity) ? '' : public_identity;
  return cutName(ownName || findGivenName(full_name) || cleanName(fallback));
}

/** An e-mail address, also as Flex escapes it in a chat identity (`bob_40example_2Ecom`). */
const EMAIL = /[@＠﹫]|\w_40\w+_2E\w/i;
const URI = /^(?:client|sips?|tel|mailto|whatsapp|https?):/i;
const PHONE_NUMBER = /^[+(]?\d(?:[\s()./-]*\d){6,}$/;
/** The digits of a SID or of a UUID. */
const HEX_DIGITS = /[\da-f]{20}/i;

function isIdentifier(name: string): boolean {
  const unseparated = name.replace(/[-_]/g, '');
  return EMAIL.test(name) || URI.test(name) || PHONE_NUMBER.test(name) || HEX_DIGITS.test(unseparated);
}

/**
 * Two words of Latin letters. The first is a capital and small letters, with hyphens as in `Anne-Marie`. The second may also
 * have an apostrophe or further capitals. In other scripts the family name often comes first, and without capitals
 * a title or a family name looks like a given name.
 */
const GIVEN_NAME_AND_SURNAME =
  /^(\p{Lu}[\p{Ll}\p{M}]+(?:[-‐‑]\p{L}[\p{Ll}\p{M}]+)*) (?=\S*\p{Ll})(\p{Lu}[\p{L}\p{M}'’‐‑-]*[\p{L}\p{M}])$/u;
const LATIN = /^[\p{sc=Latn}\p{M}\s'’‐‑-]*$/u;

/** Titles and suffixes, and words that begin a surname. With one of them, the first word may be part of a surname. */
const NOT_A_GIVEN_NAME = /* @__PURE__ */ new Set(
  /* @__PURE__ */ (
    'Dr Prof Mr Mrs Ms Mx Miss Sir Dame Lord Lady Rev Herr Frau Fru Mag Ing Dipl Señor Señora Monsieur Madame ' +
    'Jr Jun Sr Sra Srta Sen Esq Phd Van Von Der Den Ter Ten Zu De Del Della Da Di Do Dos Das Du Des Le La Las Los ' +
    'El Al Bin Ibn Ben Abu Abd Mac Mc San Santa St'
  ).split(' '),
);

/** `''` unless the whole name is clearly a given name and a surname. */
function findGivenName(fullName: string): string {
  const [, givenName = '', surname = ''] = GIVEN_NAME_AND_SURNAME.exec(fullName) ?? [];
  const isClear = LATIN.test(fullName) && !NOT_A_GIVEN_NAME.has(givenName) && !NOT_A_GIVEN_NAME.has(surname);
  return isClear ? givenName : '';
}
