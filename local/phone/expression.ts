/** The expressions between `{{` and `}}`: JavaScript's, without calls, assignments and objects. */

/** An expression. Members of nothing are `undefined` in WeChat, so a printer decides what a missing one means. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null | undefined }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'item'; readonly of: Expression; readonly at: Expression }
  | { readonly kind: 'unary'; readonly sign: string; readonly of: Expression }
  | { readonly kind: 'binary'; readonly sign: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'choice'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: 'list'; readonly items: readonly Expression[] };

/** How tightly the two-sided signs bind. */
const BINDS: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '===': 3,
  '!==': 3,
  '<': 4,
  '>': 4,
  '<=': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
};

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_$][\w$]*)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(===|!==|==|!=|<=|>=|&&|\|\||[-+*/%<>!?:.,()[\]]))/y;

const CONSTANTS: Readonly<Record<string, boolean | null | undefined>> = {
  true: true,
  false: false,
  null: null,
  undefined: undefined,
};

const DEPTH_MAX = 50;

type Token =
  | { readonly kind: 'sign' | 'name'; readonly text: string }
  | { readonly kind: 'literal'; readonly value: string | number };

const unescaped = (text: string) => text.replace(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < end; ) {
    const at = TOKEN.lastIndex;
    const [, digits, name, single, double, sign] = TOKEN.exec(text) ?? [];
    if (digits !== undefined) tokens.push({ kind: 'literal', value: Number(digits) });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else if (single !== undefined || double !== undefined)
      tokens.push({ kind: 'literal', value: unescaped(single ?? double ?? '') });
    else throw new SyntaxError(`“${text.slice(at).trim().slice(0, 20)}” cannot stand in an expression`);
  }
  return tokens;
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  whole(): Expression {
    const read = this.#choice();
    if (this.#at < this.#tokens.length) this.#wrong();
    return read;
  }

  #sign(): string | null {
    const token = this.#tokens[this.#at];
    return token?.kind === 'sign' ? token.text : null;
  }

  #take(sign: string): boolean {
    const isIt = this.#sign() === sign;
    if (isIt) this.#at++;
    return isIt;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw new SyntaxError(`“${sign}” is missing in an expression`);
  }

  #wrong(): never {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new SyntaxError('an expression ends too early');
    throw new SyntaxError(
      `“${token.kind === 'literal' ? token.value : token.text}” stands at a wrong place in an expression`,
    );
  }

  #choice(): Expression {
    if (++this.#depth > DEPTH_MAX) throw new SyntaxError('an expression is nested too deeply');
    const test = this.#binary(0);
    let read = test;
    if (this.#take('?')) {
      const yes = this.#choice();
      this.#expect(':');
      read = { kind: 'choice', test, yes, no: this.#choice() };
    }
    this.#depth--;
    return read;
  }

  #binary(above: number): Expression {
    let left = this.#unary();
    for (;;) {
      const sign = this.#sign() ?? '';
      const binds = BINDS[sign];
      if (binds === undefined || binds <= above) return left;
      this.#at++;
      left = { kind: 'binary', sign, left, right: this.#binary(binds) };
    }
  }

  #unary(): Expression {
    const sign = this.#sign();
    if (sign !== '!' && sign !== '-') return this.#members();
    this.#at++;
    if (++this.#depth > DEPTH_MAX) throw new SyntaxError('an expression is nested too deeply');
    const of = this.#unary();
    this.#depth--;
    return { kind: 'unary', sign, of };
  }

  #members(): Expression {
    let of = this.#primary();
    for (;;) {
      if (this.#take('.')) {
        const token = this.#tokens[this.#at++];
        if (token?.kind !== 'name') throw new SyntaxError('a name is missing behind a dot');
        of = { kind: 'member', of, name: token.text };
      } else if (this.#take('[')) {
        of = { kind: 'item', of, at: this.#choice() };
        this.#expect(']');
      } else if (this.#sign() === '(') {
        throw new SyntaxError('a template calls nothing: let the view say the result');
      } else return of;
    }
  }

  #primary(): Expression {
    const token = this.#tokens[this.#at];
    if (token?.kind === 'literal') {
      this.#at++;
      return { kind: 'literal', value: token.value };
    }
    if (token?.kind === 'name') {
      this.#at++;
      return token.text in CONSTANTS
        ? { kind: 'literal', value: CONSTANTS[token.text] }
        : { kind: 'name', name: token.text };
    }
    if (this.#take('(')) {
      const read = this.#choice();
      this.#expect(')');
      return read;
    }
    return this.#take('[') ? this.#list() : this.#wrong();
  }

  #list(): Expression {
    const items: Expression[] = [];
    while (!this.#take(']')) {
      items.push(this.#choice());
      if (this.#sign() !== ']') this.#expect(',');
    }
    return { kind: 'list', items };
  }
}

/** Reads one expression. @throws SyntaxError */
export function readExpression(text: string): Expression {
  return new Reader(text).whole();
}

/** A text with expressions in it: its pieces in order. One piece that is an expression keeps its type. */
export type Mixed = readonly (string | Expression)[];

/** Reads a text or the value of an attribute. @throws SyntaxError */
export function readMixed(text: string): Mixed {
  const pieces: (string | Expression)[] = [];
  for (let at = 0; at < text.length; ) {
    const open = text.indexOf('{{', at);
    const until = open === -1 ? text.length : open;
    if (until > at) pieces.push(text.slice(at, until));
    if (open === -1) break;
    const close = text.indexOf('}}', open);
    if (close === -1) throw new SyntaxError('“{{” is not closed');
    pieces.push(readExpression(text.slice(open + 2, close)));
    at = close + 2;
  }
  return pieces;
}

/**
 * The source of an expression. `nameOf` tells how a name is written; `isLoose` reads members of nothing as `undefined`,
 * which is what WeChat does.
 */
export function printExpression(of: Expression, nameOf: (name: string) => string, isLoose: boolean): string {
  const print = (inner: Expression) => printExpression(inner, nameOf, isLoose);
  switch (of.kind) {
    case 'literal':
      return of.value === undefined ? 'undefined' : JSON.stringify(of.value);
    case 'name':
      return nameOf(of.name);
    case 'member':
      return `${print(of.of)}${isLoose ? '?.' : '.'}${of.name}`;
    case 'item':
      return `${print(of.of)}${isLoose ? '?.' : ''}[${print(of.at)}]`;
    case 'unary':
      return `(${of.sign} ${print(of.of)})`;
    case 'binary':
      return `(${print(of.left)} ${of.sign} ${print(of.right)})`;
    case 'choice':
      return `(${print(of.test)} ? ${print(of.yes)} : ${print(of.no)})`;
    case 'list':
      return `[${of.items.map(print).join(', ')}]`;
  }
}
