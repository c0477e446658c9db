/**
 * Turns a template into TypeScript that compiles when the template fits its page: each field exists and is shown as
 * what it is, each handler exists and takes what its event gives, each component gets its properties.
 */
import { type Expression, type Mixed, printExpression } from './expression.ts';
import type { AttributeKind } from './parts.ts';
import type { Branch, Handled, LoopPiece, PartPiece, Piece, Valued } from './template.ts';

/** What a template is checked against. Paths are as they are imported. */
export interface Checked {
  /** The page's or the component's own file: it exports `View` and `Handlers`. */
  readonly own: string;
  readonly platform: string;
  /** Its components by tag, and which of the two types their files export. */
  readonly components: ReadonlyMap<
    string,
    { readonly from: string; readonly hasProps: boolean; readonly hasEvents: boolean }
  >;
}

/** TypeScript, and the line of the template that each of its lines is about. */
export interface CheckSource {
  readonly source: string;
  readonly lines: readonly number[];
}

/** What events of parts tell. `change` depends on the part. */
const DETAILS: Readonly<Record<string, string>> = {
  tap: '{ readonly x: number; readonly y: number }',
  input: '{ readonly value: string }',
  focus: '{ readonly value: string }',
  blur: '{ readonly value: string }',
  confirm: '{ readonly value: string }',
  submit: '{ readonly value: Readonly<Record<string, unknown>> }',
  error: '{ readonly errMsg: string }',
  timeupdate: '{ readonly currentTime: number; readonly duration: number }',
  getphonenumber: '{ readonly errMsg: string; readonly code?: string }',
  chooseavatar: '{ readonly avatarUrl: string }',
};
const CHANGES: Readonly<Record<string, string>> = {
  picker: '{ readonly value: string }',
  switch: '{ readonly value: boolean }',
  'checkbox-group': '{ readonly value: readonly string[] }',
  'radio-group': '{ readonly value: string }',
  slider: '{ readonly value: number }',
  swiper: '{ readonly current: number }',
};

const HEAD = `declare const view: View;
declare const on: Handlers;
declare function text(shown: string | number): void;
declare function flag(is: boolean): void;
declare function number(is: number): void;
declare function texts(are: readonly string[]): void;
declare function any(is: string | number | boolean): void;
declare function one<T extends string>(of: T): void;
declare function key(of: string | number): void;
declare function each<T>(list: readonly T[]): readonly (readonly [number, T])[];
declare function event<Detail>(): <Data>(data: Data) => PhoneEvent<Detail, Data>;
declare function handled<E>(event: E, handler: (event: NoInfer<E>) => unknown): void;
export function template(): void {`;

class Printer {
  readonly #checked: Checked;
  readonly #source: string[] = [];
  readonly #lines: number[] = [];
  #names = 0;

  constructor(checked: Checked) {
    this.#checked = checked;
  }

  print(pieces: readonly Piece[]): CheckSource {
    const { own, platform, components } = this.#checked;
    this.#line(1, `import type { Handlers, View } from '${own}';`);
    this.#line(1, `import type { PhoneEvent } from '${platform}';`);
    for (const [tag, { from, hasProps, hasEvents }] of components) {
      const names = [
        hasProps ? `Props as ${typeName(tag)}Props` : '',
        hasEvents ? `Events as ${typeName(tag)}Events` : '',
      ];
      const taken = names.filter((name) => name !== '').join(', ');
      if (taken !== '') this.#line(1, `import type { ${taken} } from '${from}';`);
    }
    for (const line of HEAD.split('\n')) this.#line(1, line);
    this.#pieces(pieces, new Set());
    this.#line(1, '}');
    return { source: `${this.#source.join('\n')}\n`, lines: this.#lines };
  }

  #line(line: number, source: string): void {
    this.#source.push(source);
    this.#lines.push(line);
  }

  #pieces(pieces: readonly Piece[], locals: ReadonlySet<string>): void {
    for (const piece of pieces) {
      if (piece.kind === 'text') this.#texts(piece.value, piece.line, locals);
      else if (piece.kind === 'choice') this.#choice(piece.branches, locals);
      else if (piece.kind === 'loop') this.#loop(piece, locals);
      else if (piece.kind === 'part') this.#part(piece, locals);
    }
  }

  #expression(of: Expression, locals: ReadonlySet<string>): string {
    return printExpression(of, (name) => (locals.has(name) ? `$${name}` : `view.${name}`), false);
  }

  /** What is shown among other words is a text or a number. */
  #texts(value: Mixed, line: number, locals: ReadonlySet<string>): void {
    for (const piece of value) {
      if (typeof piece !== 'string') this.#line(line, `text(${this.#expression(piece, locals)});`);
    }
  }

  #choice(branches: readonly Branch[], locals: ReadonlySet<string>): void {
    branches.forEach(({ test, body, line }, at) => {
      const head = at === 0 ? '' : '} else ';
      this.#line(line, `${head}${test === null ? '{' : `if (${this.#expression(test, locals)}) {`}`);
      this.#pieces(body, locals);
    });
    this.#line(branches.at(-1)?.line ?? 1, '}');
  }

  #loop({ list, item, index, key, body, line }: LoopPiece, locals: ReadonlySet<string>): void {
    const name = `list${++this.#names}`;
    this.#line(line, `const ${name} = each(${this.#expression(list, locals)});`);
    this.#line(line, `for (const [$${index}, $${item}] of ${name}) {`);
    this.#line(line, `key($${item}${key === '*this' ? '' : `.${key}`});`);
    this.#pieces(body, new Set([...locals, item, index]));
    this.#line(line, '}');
  }

  #part(part: PartPiece, locals: ReadonlySet<string>): void {
    const component = part.isComponent ? this.#checked.components.get(part.tag) : undefined;
    const properties = component === undefined ? [] : part.attributes.filter(isProperty);
    for (const one of part.attributes) {
      if (properties.includes(one)) this.#mixed(one, locals);
      else this.#attribute(one, locals);
    }
    for (const one of [...part.data, ...part.marks]) this.#mixed(one, locals);
    if (component !== undefined) this.#properties(part, properties, component.hasProps, locals);
    for (const event of part.events) this.#event(part, event, component?.hasEvents ?? null, locals);
    this.#pieces(part.children, locals);
  }

  #attribute({ name, kind, value, line }: Valued, locals: ReadonlySet<string>): void {
    const only = singleOf(value);
    if (only === null) {
      if (value !== null) this.#texts(value, line, locals);
      return;
    }
    const source = this.#expression(only, locals);
    this.#line(
      line,
      kind === 'text' ? `text(${source}); // ${name}` : `${judgeOf(kind)}(${source}); // ${name}`,
    );
  }

  /** Expressions among other words in a value that otherwise keeps its type. */
  #mixed({ value, line }: Valued, locals: ReadonlySet<string>): void {
    if (value !== null && singleOf(value) === null) this.#texts(value, line, locals);
  }

  #valued({ value }: Valued, locals: ReadonlySet<string>): string {
    if (value === null) return 'true';
    const only = singleOf(value);
    if (only !== null) return this.#expression(only, locals);
    const isStatic = value.every((piece) => typeof piece === 'string');
    return isStatic ? JSON.stringify(value.join('')) : 'String()';
  }

  #properties(
    { tag, line }: PartPiece,
    properties: readonly Valued[],
    hasProps: boolean,
    locals: ReadonlySet<string>,
  ): void {
    const type = hasProps ? `${typeName(tag)}Props` : 'Readonly<Record<string, never>>';
    this.#line(line, `const given${++this.#names}: ${type} = {`);
    for (const one of properties) {
      this.#line(one.line, `${JSON.stringify(one.name)}: ${this.#valued(one, locals)},`);
    }
    this.#line(line, '};');
  }

  #event(
    { tag, data }: PartPiece,
    { type, handler, line }: Handled,
    hasEvents: boolean | null,
    locals: ReadonlySet<string>,
  ): void {
    const own = type === 'change' ? CHANGES[tag] : DETAILS[type];
    const isTap = type === 'tap';
    const detail =
      hasEvents === null || (isTap && !hasEvents)
        ? (own ?? 'unknown')
        : hasEvents
          ? `${typeName(tag)}Events['${type}']`
          : `Record<never, never>['${type}']`;
    const fields = data.map((one) => `${JSON.stringify(one.name)}: ${this.#valued(one, locals)}`);
    this.#line(line, `handled(event<${detail}>()({ ${fields.join(', ')} }), on.${handler});`);
  }
}

const typeName = (tag: string) => tag.replaceAll('-', '_');

const isProperty = ({ name }: Valued) => !/^(id|class|style|slot|hidden|hover-class|aria-[a-z]+)$/.test(name);

function singleOf(value: Mixed | null): Expression | null {
  const [only] = value ?? [];
  return value?.length === 1 && only !== undefined && typeof only !== 'string' ? only : null;
}

function judgeOf(kind: AttributeKind): string {
  return typeof kind === 'string' ? kind : `one<${kind.map((word) => JSON.stringify(word)).join(' | ')}>`;
}

/** Checks a template. */
export function checkSource(checked: Checked, pieces: readonly Piece[]): CheckSource {
  return new Printer(checked).print(pieces);
}
