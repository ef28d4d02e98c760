/**
 * The query language of Sync's live queries, as Flex uses it:
 * `data.worker_sid == "WK…" && (data.status not_in ["completed"])`. An empty query matches every row.
 * https://www.twilio.com/docs/sync/live-query#queryexpression-language
 */
import { ApiError } from '../api-error.js';

/** Returns whether a row matches. */
export type RowTest = (row: { readonly key: string; readonly data: unknown }) => boolean;

type Row = Parameters<RowTest>[0];
type Literal = string | number | boolean | null;

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(-?\d+(?:\.\d+)?)|(==|!=|<=|>=|<|>|&&|\|\||[()[\],])|([\w$][\w$.-]*))/y;

const COMPARISONS: Record<string, (value: unknown, operand: unknown) => boolean> = {
  '==': (value, operand) => value === operand,
  '!=': (value, operand) => value !== operand,
  '<': (value, operand) => compareOrder(value, operand) < 0,
  '<=': (value, operand) => compareOrder(value, operand) <= 0,
  '>': (value, operand) => compareOrder(value, operand) > 0,
  '>=': (value, operand) => compareOrder(value, operand) >= 0,
  contains: (value, operand) => includes(value, String(operand)),
  icontains: (value, operand) => includes(toLowerCase(value), String(operand).toLowerCase()),
  in: (value, operand) => Array.isArray(operand) && operand.includes(value),
  not_in: (value, operand) => Array.isArray(operand) && !operand.includes(value),
};

/** Parses a query. Throws 400/54507 for an invalid query (a code that Twilio lists; its use is assumed). */
export function parseQuery(query: string): RowTest {
  const tokens = tokenize(query);
  if (tokens.length === 0) return () => true;
  let position = 0;
  const take = () => tokens[position++] ?? fail(query);
  const takeIf = (...expected: readonly string[]) => {
    const isNext = expected.includes(tokens[position]?.toLowerCase() ?? '');
    if (isNext) position++;
    return isNext;
  };
  const requireToken = (token: string) => {
    if (!takeIf(token)) fail(query);
  };

  const parseOr = (): RowTest => {
    let test = parseAnd();
    while (takeIf('||', 'or')) {
      const [left, right] = [test, parseAnd()];
      test = (row) => left(row) || right(row);
    }
    return test;
  };
  const parseAnd = (): RowTest => {
    let test = parseComparison();
    while (takeIf('&&', 'and')) {
      const [left, right] = [test, parseComparison()];
      test = (row) => left(row) && right(row);
    }
    return test;
  };
  const parseComparison = (): RowTest => {
    if (takeIf('(')) {
      const inner = parseOr();
      requireToken(')');
      return inner;
    }
    const path = take().split('.');
    const compare = COMPARISONS[take().toLowerCase()] ?? fail(query);
    const operand = takeIf('[') ? parseLiterals() : parseLiteral(take());
    return (row) => compare(readPath(row, path), operand);
  };
  const parseLiterals = (): Literal[] => {
    const values: Literal[] = [];
    while (!takeIf(']')) {
      values.push(parseLiteral(take()));
      takeIf(',');
    }
    return values;
  };

  const test = parseOr();
  if (position < tokens.length) fail(query);
  return test;
}

function tokenize(query: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (query.slice(TOKEN.lastIndex).trim() !== '') {
    const match = TOKEN.exec(query);
    if (match === null) return fail(query);
    tokens.push(match[0].trim());
  }
  return tokens;
}

function parseLiteral(token: string): Literal {
  if (token.startsWith('"') || token.startsWith("'")) return token.slice(1, -1).replace(/\\(.)/g, '$1');
  if (token === 'true' || token === 'false') return token === 'true';
  if (token === 'null') return null;
  return Number.isNaN(Number(token)) ? token : Number(token);
}

function readPath(row: Row, path: readonly string[]): unknown {
  let value: unknown = row;
  for (const name of path) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  }
  return value;
}

/** Negative, 0 or positive; NaN, which fails every comparison, for values without an order. */
function compareOrder(value: unknown, operand: unknown): number {
  if (typeof value === 'number' && typeof operand === 'number') return value - operand;
  if (typeof value !== 'string' || typeof operand !== 'string') return Number.NaN;
  return value < operand ? -1 : value > operand ? 1 : 0;
}

const toLowerCase = (value: unknown) =>
  Array.isArray(value)
    ? value.map((entry) => String(entry).toLowerCase())
    : String(value ?? '').toLowerCase();
const includes = (value: unknown, part: string) =>
  Array.isArray(value) ? value.includes(part) : String(value ?? '').includes(part);

function fail(query: string): never {
  throw new ApiError(400, 54507, `Failed to parse the query ${query}`);
}
