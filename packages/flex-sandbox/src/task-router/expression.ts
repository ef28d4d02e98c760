/**
 * TaskRouter's expression language. Queues select workers with it, and workflows select targets:
 * https://www.twilio.com/docs/taskrouter/expression-syntax
 *
 * Twilio does not document comparison with a missing key. Here a missing key is NULL. NULL equals only NULL,
 * and is neither less nor greater than any value.
 */

/** Reads the value at a path such as `['worker', 'contact_uri']`; `undefined` or `null` if missing. */
export type Scope = (path: readonly string[]) => unknown;

export type Expression = (scope: Scope) => boolean;

type Value = (scope: Scope) => unknown;

/** Thrown for text that is not a valid expression. The message says what is wrong with it. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

/** A path that starts with a key of `named` reads from that object, every other path from `bare`. */
export function createScope(bare: unknown, named: Readonly<Record<string, unknown>> = {}): Scope {
  return (path) => {
    const [root, ...rest] = path;
    return root !== undefined && rest.length > 0 && Object.hasOwn(named, root)
      ? readPath(named[root], rest)
      : readPath(bare, path);
  };
}

/** Reads only own members, so that an expression cannot read JavaScript built-ins such as `constructor`. */
export function readPath(from: unknown, path: readonly string[]): unknown {
  let value = from;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** Compiles an expression; an empty one is always true. Throws `ExpressionError`. */
export function compileExpression(source: string): Expression {
  if (source.trim() === '') return () => true;
  return new Parser(source).parse();
}

type Token =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'key'; readonly value: string }
  | { readonly kind: 'symbol'; readonly value: string };

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(-?\d+(?:\.\d+)?)|([A-Za-z_$][\w$]*)|(==|!=|<>|<=|>=|&&|\|\||[=<>()[\],.!]))\s*/y;

const SYNONYMS = new Map([
  ['&&', 'AND'],
  ['||', 'OR'],
  ['=', '=='],
  ['<>', '!='],
  ['LIKE', 'CONTAINS'],
]);

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  const text = source.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new ExpressionError(`unexpected text at "${text.slice(from, from + 12)}"`);
    const [, quoted, number, word, symbol] = match;
    const previous = tokens.at(-1);
    if (quoted !== undefined) {
      tokens.push({ kind: 'literal', value: quoted.slice(1, -1).replace(/\\(.)/g, '$1') });
    } else if (number !== undefined) {
      tokens.push({ kind: 'literal', value: Number(number) });
    } else if (word !== undefined) {
      // After a dot even a reserved word is a key: `task.in`.
      const isKey = previous?.kind === 'symbol' && previous.value === '.';
      tokens.push(isKey ? { kind: 'key', value: word } : classifyWord(word));
    } else if (symbol !== undefined) {
      tokens.push({ kind: 'symbol', value: SYNONYMS.get(symbol) ?? symbol });
    }
  }
  return tokens;
}

function classifyWord(word: string): Token {
  const upper = word.toUpperCase();
  switch (upper) {
    case 'TRUE':
    case 'FALSE':
      return { kind: 'literal', value: upper === 'TRUE' };
    case 'NULL':
      return { kind: 'literal', value: null };
    case 'AND':
    case 'OR':
    case 'NOT':
    case 'IN':
    case 'HAS':
    case 'CONTAINS':
    case 'LIKE':
      return { kind: 'symbol', value: SYNONYMS.get(upper) ?? upper };
    default:
      return { kind: 'key', value: word };
  }
}

const COMPARISONS: ReadonlyArray<readonly [string, (left: unknown, right: unknown) => boolean]> = [
  ['IN', isIn],
  ['HAS', (left, right) => isIn(right, left) || (typeof left === 'string' && equals(left, right))],
  ['CONTAINS', contains],
  ['==', equals],
  ['!=', (left, right) => !equals(left, right)],
  ['<=', (left, right) => compare(left, right, (difference) => difference <= 0)],
  ['>=', (left, right) => compare(left, right, (difference) => difference >= 0)],
  ['<', (left, right) => compare(left, right, (difference) => difference < 0)],
  ['>', (left, right) => compare(left, right, (difference) => difference > 0)],
];

class Parser {
  private readonly tokens: Token[];
  private position = 0;

  constructor(private readonly source: string) {
    this.tokens = tokenize(source);
  }

  parse(): Expression {
    const expression = this.parseAlternatives();
    if (this.position < this.tokens.length) throw this.unexpectedToken();
    return expression;
  }

  private parseAlternatives(): Expression {
    let expression = this.parseConditions();
    while (this.take('OR')) {
      const left = expression;
      const right = this.parseConditions();
      expression = (scope) => left(scope) || right(scope);
    }
    return expression;
  }

  private parseConditions(): Expression {
    let expression = this.parseCondition();
    while (this.take('AND')) {
      const left = expression;
      const right = this.parseCondition();
      expression = (scope) => left(scope) && right(scope);
    }
    return expression;
  }

  private parseCondition(): Expression {
    if (this.take('NOT') || this.take('!')) {
      const negated = this.parseCondition();
      return (scope) => !negated(scope);
    }
    if (this.take('(')) {
      const inner = this.parseAlternatives();
      this.expect(')');
      return inner;
    }
    return this.parseComparison();
  }

  private parseComparison(): Expression {
    const left = this.parseValue();
    const negated = this.take('NOT');
    const comparison = COMPARISONS.find(([symbol]) => this.take(symbol));
    if (comparison === undefined) {
      if (negated) throw this.unexpectedToken();
      return (scope) => Boolean(left(scope));
    }
    const [, matches] = comparison;
    const right = this.parseValue();
    return (scope) => matches(left(scope), right(scope)) !== negated;
  }

  private parseValue(): Value {
    const token = this.tokens[this.position];
    if (token === undefined) throw this.unexpectedToken();
    this.position++;
    if (token.kind === 'literal') return () => token.value;
    if (token.kind === 'key') return this.parsePath(token.value);
    if (token.value === '[') return this.parseList();
    this.position--;
    throw this.unexpectedToken();
  }

  private parseList(): Value {
    const items: Value[] = [];
    if (!this.take(']')) {
      do items.push(this.parseValue());
      while (this.take(','));
      this.expect(']');
    }
    return (scope) => items.map((item) => item(scope));
  }

  private parsePath(root: string): Value {
    const path = [root];
    for (;;) {
      if (this.take('.')) {
        path.push(this.parseSegment());
      } else if (this.take('[')) {
        path.push(this.parseSegment());
        this.expect(']');
      } else {
        return (scope) => scope(path) ?? null;
      }
    }
  }

  private parseSegment(): string {
    const token = this.tokens[this.position];
    if (token === undefined || token.kind === 'symbol') throw this.unexpectedToken();
    this.position++;
    return String(token.value);
  }

  private take(symbol: string): boolean {
    const token = this.tokens[this.position];
    if (token?.kind !== 'symbol' || token.value !== symbol) return false;
    this.position++;
    return true;
  }

  private expect(symbol: string): void {
    if (!this.take(symbol)) throw this.unexpectedToken(symbol);
  }

  private unexpectedToken(expected?: string): ExpressionError {
    const token = this.tokens[this.position];
    const actual = token === undefined ? 'the end' : `"${token.value}"`;
    const instead = expected === undefined ? '' : ` instead of "${expected}"`;
    return new ExpressionError(`unexpected ${actual}${instead} in "${this.source}"`);
  }
}

function equals(left: unknown, right: unknown): boolean {
  const a = left ?? null;
  const b = right ?? null;
  if (a === null || b === null) return a === b;
  return typeof a === typeof b ? a === b : String(a) === String(b);
}

function isIn(item: unknown, list: unknown): boolean {
  if (!Array.isArray(list)) return false;
  const items = Array.isArray(item) ? item : [item];
  return items.some((candidate) => list.some((element) => equals(candidate, element)));
}

function contains(whole: unknown, part: unknown): boolean {
  if (Array.isArray(whole)) return isIn(part, whole);
  return typeof whole === 'string' && part !== null && part !== undefined && whole.includes(String(part));
}

function compare(left: unknown, right: unknown, matches: (difference: number) => boolean): boolean {
  if (left === null || left === undefined || right === null || right === undefined) return false;
  const [a, b] = [Number(left), Number(right)];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return matches(a - b);
  const [textA, textB] = [String(left), String(right)];
  return matches(textA < textB ? -1 : textA > textB ? 1 : 0);
}
