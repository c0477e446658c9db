/** Turns a template into the source of a `Draw` function. */
import { type Expression, type Mixed, printExpression } from './expression.ts';
import type { PartPiece, Piece, Valued } from './template.ts';

/** Names that lists around give, and the keys of these lists. */
interface Scope {
  readonly locals: ReadonlySet<string>;
  readonly keys: readonly string[];
}

const text = (value: string) => JSON.stringify(value);

class Printer {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  list(pieces: readonly Piece[], scope: Scope): string {
    return `[${pieces.map((piece) => this.#piece(piece, scope)).join(',')}]`;
  }

  #piece(piece: Piece, scope: Scope): string {
    switch (piece.kind) {
      case 'text':
        return `h.t(${this.#key(piece.site, scope)},${this.#text(piece.value, piece.line, scope)})`;
      case 'slot':
        return `h.o(${this.#key(piece.site, scope)},${text(piece.name)})`;
      case 'choice': {
        const branches = piece.branches.map(({ test, body }) => {
          const drawn = this.list(body, scope);
          return test === null ? drawn : `${this.#expression(test, scope)}?${drawn}:`;
        });
        return `...(${branches.join('')}${piece.branches.at(-1)?.test === null ? '' : '[]'})`;
      }
      case 'loop': {
        const { item, index, line, key } = piece;
        const own = `k${scope.keys.length}`;
        const inner = {
          locals: new Set([...scope.locals, item, index]),
          keys: [...scope.keys, own],
        };
        const list = this.#expression(piece.list, scope);
        const body = this.list(piece.body, inner);
        return `...h.l(${list},${text(this.#at(line))},${text(key)},($${item},$${index},${own})=>${body})`;
      }
      case 'part':
        return this.#part(piece, scope);
    }
  }

  #part(piece: PartPiece, scope: Scope): string {
    const { tag, site, attributes, children, data, marks } = piece;
    const on = piece.events.map(({ type, handler, isCaught }) => {
      return `${text(type)}:[${text(handler)},${isCaught ? 1 : 0}]`;
    });
    const given = [
      this.#fields(attributes, scope),
      this.list(children, scope),
      `{${on.join(',')}}`,
      this.#fields(data, scope),
      this.#fields(marks, scope),
    ];
    while (/^(\{\}|\[\])$/.test(given.at(-1) ?? '')) given.pop();
    return `h.e(${[this.#key(site, scope), text(tag), ...given].join(',')})`;
  }

  #fields(values: readonly Valued[], scope: Scope): string {
    const fields = values.map(({ name, value, line }) => `${text(name)}:${this.#value(value, line, scope)}`);
    return `{${fields.join(',')}}`;
  }

  #value(value: Mixed | null, line: number, scope: Scope): string {
    if (value === null) return 'true';
    const [only] = value;
    return value.length === 1 && only !== undefined && typeof only !== 'string'
      ? this.#expression(only, scope)
      : this.#text(value, line, scope);
  }

  #text(value: Mixed, line: number, scope: Scope): string {
    const printed = value.map((piece) =>
      typeof piece === 'string'
        ? text(piece)
        : `h.s(${this.#expression(piece, scope)},${text(this.#at(line))})`,
    );
    return printed.length === 0 ? '""' : printed.join('+');
  }

  #expression(of: Expression, { locals }: Scope): string {
    return printExpression(of, (name) => (locals.has(name) ? `$${name}` : `d.${name}`), true);
  }

  #key(site: number, { keys }: Scope): string {
    return [text(String(site)), ...keys].join('+":"+');
  }

  #at(line: number): string {
    return `${this.#file}:${line}`;
  }
}

/** The source of the `Draw` function of a template. */
export function compileTemplate(file: string, pieces: readonly Piece[]): string {
  return `(d,h)=>${new Printer(file).list(pieces, { locals: new Set(), keys: [] })}`;
}
