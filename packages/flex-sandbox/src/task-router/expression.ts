/**
 * TaskRouter's expression language, in which queues choose workers and workflows choose targets:
 * https://www.twilio.com/docs/taskrouter/expression-syntax
 *
 * Twilio does not document comparison with a missing key. Here a missing key is NULL, which equals only NULL
 * and is never less or greater than anything.
 */

/** Reads the value at a path such as `['worker', 'contact_uri']`; `undefined` or `null` when there is none. */
export type Scope = (path: readonly string[]) => unknown;

export type Expression = (scope: Scope) => boolean;

type Value = (scope: Scope) => unknown;

/** Text that is not an expression. The message says what is wrong with it. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

/** A scope in which `named` roots are reached by their name, and every other key is one of `bare`. */
export function scopeOf(bare: unknown, named: Readonly<Record<string, unknown>> = {}): Scope {
  return (path) => {
    const [root, ...rest] = path;
    return root !== undefined && rest.length > 0 && Object.hasOwn(named, root)
      ? readPath(named[root], rest)
      : readPath(bare, path);
  };
}

/** Follows own members only, so that no key reaches into JavaScript itself. */
export function readPath(from: unknown, path: readonly string[]): unknown {
  let value = from;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** Compiles an expression; an empty one is true. Throws `ExpressionError`. */
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

const WORDS = new Map([
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
    const before = tokens.at(-1);
    if (quoted !== undefined) {
      tokens.push({ kind: 'literal', value: quoted.slice(1, -1).replace(/\\(.)/g, '$1') });
    } else if (number !== undefined) {
      tokens.push({ kind: 'literal', value: Number(number) });
    } else if (word !== undefined) {
      // After a dot even a reserved word is a key: `task.in`.
      const isKey = before?.kind === 'symbol' && before.value === '.';
      tokens.push(isKey ? { kind: 'key', value: word } : classify(word));
    } else if (symbol !== undefined) {
      tokens.push({ kind: 'symbol', value: WORDS.get(symbol) ?? symbol });
    }
  }
  return tokens;
}

function classify(word: string): Token {
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
      return { kind: 'symbol', value: WORDS.get(upper) ?? upper };
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
    const expression = this.alternatives();
    if (this.position < this.tokens.length) throw this.unexpected();
    return expression;
  }

  private alternatives(): Expression {
    let expression = this.conditions();
    while (this.take('OR')) {
      const left = expression;
      const right = this.conditions();
      expression = (scope) => left(scope) || right(scope);
    }
    return expression;
  }

  private conditions(): Expression {
    let expression = this.condition();
    while (this.take('AND')) {
      const left = expression;
      const right = this.condition();
      expression = (scope) => left(scope) && right(scope);
    }
    return expression;
  }

  private condition(): Expression {
    if (this.take('NOT') || this.take('!')) {
      const negated = this.condition();
      return (scope) => !negated(scope);
    }
    if (this.take('(')) {
      const inner = this.alternatives();
      this.expect(')');
      return inner;
    }
    return this.comparison();
  }

  private comparison(): Expression {
    const left = this.value();
    const negated = this.take('NOT');
    const comparison = COMPARISONS.find(([symbol]) => this.take(symbol));
    if (comparison === undefined) {
      if (negated) throw this.unexpected();
      return (scope) => Boolean(left(scope));
    }
    const [, holds] = comparison;
    const right = this.value();
    return (scope) => holds(left(scope), right(scope)) !== negated;
  }

  private value(): Value {
    const token = this.tokens[this.position];
    if (token === undefined) throw this.unexpected();
    this.position++;
    if (token.kind === 'literal') return () => token.value;
    if (token.kind === 'key') return this.path(token.value);
    if (token.value === '[') return this.list();
    this.position--;
    throw this.unexpected();
  }

  private list(): Value {
    const items: Value[] = [];
    if (!this.take(']')) {
      do items.push(this.value());
      while (this.take(','));
      this.expect(']');
    }
    return (scope) => items.map((item) => item(scope));
  }

  private path(root: string): Value {
    const path = [root];
    for (;;) {
      if (this.take('.')) {
        path.push(this.segment());
      } else if (this.take('[')) {
        path.push(this.segment());
        this.expect(']');
      } else {
        return (scope) => scope(path) ?? null;
      }
    }
  }

  private segment(): string {
    const token = this.tokens[this.position];
    if (token === undefined || token.kind === 'symbol') throw this.unexpected();
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
    if (!this.take(symbol)) throw this.unexpected(symbol);
  }

  private unexpected(wanted?: string): ExpressionError {
    const token = this.tokens[this.position];
    const found = token === undefined ? 'the end' : `"${token.value}"`;
    const instead = wanted === undefined ? '' : ` instead of "${wanted}"`;
    return new ExpressionError(`unexpected ${found}${instead} in "${this.source}"`);
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
  return items.some((one) => list.some((other) => equals(one, other)));
}

function contains(whole: unknown, part: unknown): boolean {
  if (Array.isArray(whole)) return isIn(part, whole);
  return typeof whole === 'string' && part !== null && part !== undefined && whole.includes(String(part));
}

function compare(left: unknown, right: unknown, holds: (difference: number) => boolean): boolean {
  if (left === null || left === undefined || right === null || right === undefined) return false;
  const [a, b] = [Number(left), Number(right)];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return holds(a - b);
  const [textA, textB] = [String(left), String(right)];
  return holds(textA < textB ? -1 : textA > textB ? 1 : 0);
}
