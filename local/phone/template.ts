/** Makes a template of what was read, and refuses what is outside of the phone's subset. */
import { type Expression, type Mixed, readMixed } from './expression.ts';
import { FILLED_NAMES } from './filled.ts';
import { Outside } from './outside.ts';
import { type AttributeKind, BUBBLING, CONTROLS, EVERY_ATTRIBUTE, PARTS, TAPPABLE_ROLES } from './parts.ts';
import { type Attribute, readWxml, type WxmlElement, type WxmlNode } from './wxml.ts';

/** A value in a template. `null` for a bare attribute, which means true. */
export interface Valued {
  readonly name: string;
  readonly kind: AttributeKind;
  readonly value: Mixed | null;
  readonly line: number;
}

/** A handler: its event, its name, and whether the event ends there. */
export interface Handled {
  readonly type: string;
  readonly handler: string;
  readonly isCaught: boolean;
  readonly line: number;
}

/** A part, built in or a component. `site` is its number in the template. */
export interface PartPiece {
  readonly kind: 'part';
  readonly site: number;
  readonly tag: string;
  readonly isComponent: boolean;
  readonly attributes: readonly Valued[];
  readonly events: readonly Handled[];
  readonly data: readonly Valued[];
  readonly marks: readonly Valued[];
  readonly children: readonly Piece[];
  readonly line: number;
}

/** One of `wx:if`, `wx:elif` and `wx:else`, whose test is null. */
export interface Branch {
  readonly test: Expression | null;
  readonly body: readonly Piece[];
  readonly line: number;
}

/** A list. `key` is the name of a field of each item, or `*this`. */
export interface LoopPiece {
  readonly kind: 'loop';
  readonly list: Expression;
  readonly item: string;
  readonly index: string;
  readonly key: string;
  readonly body: readonly Piece[];
  readonly line: number;
}

/** What a template is made of. */
export type Piece =
  | { readonly kind: 'text'; readonly site: number; readonly value: Mixed; readonly line: number }
  | { readonly kind: 'slot'; readonly site: number; readonly name: string; readonly line: number }
  | { readonly kind: 'choice'; readonly branches: readonly Branch[] }
  | LoopPiece
  | PartPiece;

/** Where a template stands. `components` are the tags that its JSON names. */
export interface TemplatePlace {
  readonly file: string;
  readonly components: ReadonlySet<string>;
  readonly isComponent: boolean;
}

const CONTROL = ['wx:if', 'wx:elif', 'wx:else', 'wx:for', 'wx:for-item', 'wx:for-index', 'wx:key'];
const EVENT = /^(bind|catch):?([a-z]+)$/;
const camel = (name: string) => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

class Maker {
  readonly #place: TemplatePlace;
  #site = 0;

  constructor(place: TemplatePlace) {
    this.#place = place;
  }

  #refuse(line: number, what: string): never {
    throw new Outside(this.#place.file, line, what);
  }

  #read<T>(line: number, read: () => T): T {
    try {
      return read();
    } catch (caught) {
      return this.#refuse(line, caught instanceof SyntaxError ? caught.message : String(caught));
    }
  }

  pieces(nodes: readonly WxmlNode[], isInText: boolean, isLabelled: boolean): Piece[] {
    const made: Piece[] = [];
    for (const node of nodes) {
      if (node.kind === 'text') {
        const value = this.#read(node.line, () => readMixed(node.text));
        made.push({ kind: 'text', site: ++this.#site, value, line: node.line });
      } else if (isInText && node.tag !== 'text' && node.tag !== 'block') {
        this.#refuse(node.line, `<text> holds texts alone, and no <${node.tag}>`);
      } else this.#controlled(node, made, isLabelled);
    }
    return made;
  }

  /** An element with its `wx:` attributes around it. */
  #controlled(node: WxmlElement, made: Piece[], isLabelled: boolean): void {
    const given = new Map(node.attributes.map((one) => [one.name, one]));
    const { line } = node;
    const test = given.get('wx:if') ?? given.get('wx:elif') ?? given.get('wx:else');
    const list = given.get('wx:for');
    if (test !== undefined && list !== undefined) {
      this.#refuse(line, 'wx:for and wx:if on one element: put a <block> around');
    }
    if (list === undefined && ['wx:key', 'wx:for-item', 'wx:for-index'].some((name) => given.has(name))) {
      this.#refuse(line, 'wx:key without wx:for');
    }
    if (list !== undefined) made.push(this.#loop(node, given, list, isLabelled));
    else if (test !== undefined) this.#branch(node, test, made, isLabelled);
    else made.push(...this.#element(node, isLabelled));
  }

  #loop(
    node: WxmlElement,
    given: ReadonlyMap<string, Attribute>,
    list: Attribute,
    isLabelled: boolean,
  ): LoopPiece {
    const key = given.get('wx:key')?.value;
    if (!key) this.#refuse(node.line, 'wx:for without wx:key');
    const name = (of: string, otherwise: string) => {
      const value = given.get(of)?.value ?? otherwise;
      if (!/^[A-Za-z]\w*$/.test(value)) this.#refuse(node.line, `${of} is no name`);
      return value;
    };
    return {
      kind: 'loop',
      list: this.#single(list),
      item: name('wx:for-item', 'item'),
      index: name('wx:for-index', 'index'),
      key,
      body: this.#element(node, isLabelled),
      line: node.line,
    };
  }

  #branch(node: WxmlElement, test: Attribute, made: Piece[], isLabelled: boolean): void {
    const { line } = node;
    const own: Branch = {
      test: test.name === 'wx:else' ? null : this.#single(test),
      body: this.#element(node, isLabelled),
      line,
    };
    const before = made.at(-1);
    if (test.name === 'wx:if') made.push({ kind: 'choice', branches: [own] });
    else if (before?.kind === 'choice' && before.branches.at(-1)?.test !== null) {
      made[made.length - 1] = { kind: 'choice', branches: [...before.branches, own] };
    } else this.#refuse(line, `${test.name} without wx:if right before it`);
  }

  /** The one expression that an attribute of control has. */
  #single({ name, value, line }: Attribute): Expression {
    const pieces = this.#read(line, () => readMixed(value ?? ''));
    const [only] = pieces;
    if (only === undefined || typeof only === 'string' || pieces.length > 1) {
      this.#refuse(line, `${name} takes one expression in {{ }}`);
    }
    return only;
  }

  #element(node: WxmlElement, isLabelled: boolean): Piece[] {
    const { tag, line } = node;
    const own = node.attributes.filter(({ name }) => !CONTROL.includes(name));
    if (tag === 'block') {
      if (own.length > 0) this.#refuse(line, `<block> is nothing on the screen and takes no ${own[0]?.name}`);
      return this.pieces(node.children, false, isLabelled);
    }
    if (tag === 'slot') return [this.#slot(node, own)];
    const isComponent = this.#place.components.has(tag);
    const part = PARTS[tag];
    if (!isComponent && part === undefined) this.#refuse(line, `<${tag}> is not among the phone's parts`);
    if (part?.holds === 'nothing' && node.children.length > 0) this.#refuse(line, `<${tag}> holds nothing`);
    const site = ++this.#site;
    const children = this.pieces(node.children, part?.holds === 'text', isLabelled || tag === 'label');
    const made = {
      kind: 'part',
      site,
      tag,
      isComponent,
      children,
      line,
      ...this.#attributes(tag, own),
    } as const;
    if (!isComponent) this.#mustBeAccessible(made, isLabelled);
    return [made];
  }

  #slot(node: WxmlElement, own: readonly Attribute[]): Piece {
    const { line } = node;
    const name = own.find((one) => one.name === 'name')?.value ?? '';
    if (!this.#place.isComponent) this.#refuse(line, '<slot> stands in components alone');
    if (own.some((one) => one.name !== 'name')) this.#refuse(line, '<slot> takes a name and nothing else');
    if (node.children.length > 0) this.#refuse(line, '<slot> holds what is given to the component');
    return { kind: 'slot', site: ++this.#site, name, line };
  }

  #attributes(tag: string, own: readonly Attribute[]) {
    const made = {
      attributes: [] as Valued[],
      events: [] as Handled[],
      data: [] as Valued[],
      marks: [] as Valued[],
    };
    for (const { name, value, line } of own) {
      const read = value === null ? null : this.#read(line, () => readMixed(value));
      const event = EVENT.exec(name);
      if (event !== null) made.events.push(this.#event(tag, name, event, value, line));
      else if (name.startsWith('data-')) {
        if (/[A-Z]/.test(name)) this.#refuse(line, `${name}: WeChat makes capital letters small here`);
        made.data.push({ name: camel(name.slice(5)), kind: 'any', value: read, line });
      } else if (name.startsWith('mark:')) {
        made.marks.push({ name: camel(name.slice(5)), kind: 'any', value: read, line });
      } else made.attributes.push(this.#attribute(tag, name, read, line));
    }
    return made;
  }

  #event(tag: string, name: string, found: RegExpExecArray, value: string | null, line: number): Handled {
    const [, how, type = ''] = found;
    if (value === null || !/^[A-Za-z_]\w*$/.test(value)) this.#refuse(line, `${name} names one handler`);
    const isKnown =
      this.#place.components.has(tag) || BUBBLING.includes(type) || PARTS[tag]?.events.includes(type);
    if (!isKnown) this.#refuse(line, `<${tag}> has no event ${type}`);
    return { type, handler: value, isCaught: how === 'catch', line };
  }

  #attribute(tag: string, name: string, value: Mixed | null, line: number): Valued {
    if (name.includes(':') || /^(capture-|mut-)/.test(name)) this.#refuse(line, `${name} is not supported`);
    const every = EVERY_ATTRIBUTE[name];
    const isOwn = this.#place.components.has(tag) && every === undefined;
    const kind = isOwn ? 'any' : (PARTS[tag]?.attributes[name] ?? every);
    if (kind === undefined) this.#refuse(line, `<${tag}> has no attribute ${name}`);
    const [only] = value ?? [];
    const isText = value !== null && (value.length !== 1 || typeof only === 'string');
    if (isText && kind === 'flag')
      this.#refuse(line, `${name} is true or false in {{ }}: a text is always true`);
    if (isText && (kind === 'number' || kind === 'texts')) this.#refuse(line, `${name} takes {{ }}`);
    if (isText && Array.isArray(kind) && !kind.includes(typeof only === 'string' ? only : '')) {
      this.#refuse(line, `${name} is one of ${kind.join(', ')}`);
    }
    if (value === null && kind !== 'flag' && kind !== 'any') this.#refuse(line, `${name} has no value`);
    return { name: isOwn ? camel(name) : name, kind, value, line };
  }

  /** Whoever cannot see the screen must be told what can be tapped, what is shown and what is asked. */
  #mustBeAccessible(part: PartPiece, isLabelled: boolean): void {
    const { tag, line } = part;
    const given = (name: string) => part.attributes.find((one) => one.name === name);
    const isNamed = given('aria-label') !== undefined || given('aria-labelledby') !== undefined;
    const role = given('aria-role')?.value?.[0];
    if (part.events.some(({ type }) => type === 'tap') && !CONTROLS.includes(tag)) {
      if (typeof role === 'string' && !TAPPABLE_ROLES.includes(role)) {
        this.#refuse(line, `aria-role ${role} is nothing to tap: it is one of ${TAPPABLE_ROLES.join(', ')}`);
      }
      if (role === undefined) this.#refuse(line, `<${tag}> is tapped, and has no aria-role`);
      if (!isNamed && !hasText(part.children))
        this.#refuse(line, `<${tag}> is tapped, and has no aria-label`);
    }
    if (tag === 'button' && !isNamed && !hasText(part.children)) {
      this.#refuse(line, '<button> has neither a text nor an aria-label');
    }
    if (tag === 'image' && !isNamed && given('aria-hidden') === undefined) {
      this.#refuse(line, '<image> has neither aria-label nor aria-hidden');
    }
    if (FILLED_NAMES.includes(tag) && !isNamed && !isLabelled && given('id') === undefined) {
      this.#refuse(line, `<${tag}> has no aria-label, and no <label> around it`);
    }
  }
}

function hasText(pieces: readonly Piece[]): boolean {
  return pieces.some((piece) => {
    if (piece.kind === 'choice') return piece.branches.some(({ body }) => hasText(body));
    if (piece.kind === 'loop') return hasText(piece.body);
    return piece.kind !== 'part' || piece.isComponent || hasText(piece.children);
  });
}

/** Reads a template. @throws Outside with the file and line of what is outside of the subset */
export function readTemplate(place: TemplatePlace, text: string): Piece[] {
  return new Maker(place).pieces(readWxml(place.file, text), false, false);
}
