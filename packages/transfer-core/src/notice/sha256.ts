/**
 * SHA-256 of a short text (https://doi.org/10.6028/NIST.FIPS.180-4). Browsers compute it only asynchronously, and a reader
 * needs the key of an author while it renders.
 */

/** Returns the SHA-256 of a text in UTF-8 as 64 hexadecimal digits. */
export function sha256(text: string): string {
  const words = padToBlocks(toUtf8(text));
  let state = CONSTANTS.initialState;
  for (let start = 0; start < words.length; start += 16)
    state = addBlock(state, words.slice(start, start + 16));
  return state.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** Half of a surrogate pair has no UTF-8, so it becomes the replacement character, as in `TextEncoder`. */
function toUtf8(text: string): number[] {
  const escaped = encodeURIComponent(text.replace(/\p{Cs}/gu, '\uFFFD'));
  return (escaped.match(/%..|./g) ?? []).map((char) =>
    char.length === 3 ? Number.parseInt(char.slice(1), 16) : char.charCodeAt(0),
  );
}

/** Returns 32-bit words in blocks of 16: the bytes, one bit 1, zeros, and the number of bits. */
function padToBlocks(bytes: readonly number[]): number[] {
  const words = new Array<number>(Math.ceil((bytes.length + 9) / 64) * 16).fill(0);
  for (const [index, byte] of [...bytes, 0x80].entries())
    words[index >> 2] = wordAt(words, index >> 2) | (byte << (24 - (index % 4) * 8));
  words[words.length - 1] = bytes.length * 8;
  return words;
}

function addBlock(state: readonly number[], block: readonly number[]): number[] {
  const schedule = [...block];
  for (let index = 16; index < 64; index++) {
    const early = wordAt(schedule, index - 15);
    const late = wordAt(schedule, index - 2);
    const sum =
      wordAt(schedule, index - 16) +
      (rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)) +
      wordAt(schedule, index - 7) +
      (rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10));
    schedule.push(sum | 0);
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (const [index, word] of schedule.entries()) {
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const first =
      h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + wordAt(CONSTANTS.rounds, index) + word;
    const second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority;
    [a, b, c, d, e, f, g, h] = [(first + second) | 0, a, b, c, (d + first) | 0, e, f, g];
  }
  return [a, b, c, d, e, f, g, h].map((word, index) => (word + wordAt(state, index)) | 0);
}

const wordAt = (words: readonly number[], index: number): number => words[index] ?? 0;
const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));

/** The annotation lets a bundle that does not use `sha256` omit the constants. */
const CONSTANTS = /* @__PURE__ */ deriveConstants();

/** The constants of the algorithm: 32 bits of the fractions of the square and cube roots of the first 64 primes. */
function deriveConstants() {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < 64; candidate++)
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  const fractionOf = (root: number) => ((root % 1) * 2 ** 32) | 0;
  return {
    initialState: primes.slice(0, 8).map((prime) => fractionOf(Math.sqrt(prime))),
    rounds: primes.map((prime) => fractionOf(Math.cbrt(prime))),
  };
}
