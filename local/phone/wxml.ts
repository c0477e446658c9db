/** Reads WXML: elements, attributes and texts, with their lines. What the phone does not know is refused elsewhere. */
import { Outside } from './outside.ts';

/** An attribute as it is written. `null` when it has no value. */
export interface Attribute {
  readonly name: string;
  readonly value: string | null;
  readonly line: number;
}

/** An element or a text. */
export type WxmlNode =
  | {
      readonly kind: 'element';
      readonly tag: string;
      readonly attributes: readonly Attribute[];
      readonly children: readonly WxmlNode[];
      readonly line: number;
    }
  | { readonly kind: 'text'; readonly text: string; readonly line: number };

/** An element. */
export type WxmlElement = Extract<WxmlNode, { kind: 'element' }>;

interface Open {
  readonly tag: string;
  readonly attributes: readonly Attribute[];
  readonly children: WxmlNode[];
  readonly line: number;
}

const NAME = /[a-z][a-z0-9-]*/y;
const ATTRIBUTE = /[A-Za-z][\w:.-]*/y;
const SPACE = /\s*/y;
const DEPTH_MAX = 100;

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

const decoded = (text: string) =>
  text.replace(/&([a-z]+);/g, (whole, name: string) => ENTITIES[name] ?? whole);

class Reader {
  readonly #file: string;
  readonly #text: string;
  #at = 0;
  #line = 1;
  #counted = 0;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  whole(): WxmlNode[] {
    const root: Open = { tag: '', attributes: [], children: [], line: 1 };
    const open: Open[] = [root];
    while (this.#at < this.#text.length) this.#next(open);
    const last = open.at(-1);
    if (last !== undefined && last !== root) this.#refuse(`<${last.tag}> is not closed`, last.line);
    return root.children;
  }

  #refuse(what: string, line = this.#here()): never {
    throw new Outside(this.#file, line, what);
  }

  /** The line of the place that is read now. Places only grow, so each line is counted once. */
  #here(): number {
    for (; this.#counted < this.#at; this.#counted++) if (this.#text[this.#counted] === '\n') this.#line++;
    return this.#line;
  }

  #next(open: Open[]): void {
    const top = open.at(-1);
    if (top === undefined) return;
    if (this.#text.startsWith('<!--', this.#at)) {
      const end = this.#text.indexOf('-->', this.#at);
      if (end === -1) this.#refuse('a comment is not closed');
      this.#at = end + 3;
    } else if (this.#text.startsWith('</', this.#at)) this.#close(open, top);
    else if (this.#text[this.#at] === '<') this.#open(open, top);
    else this.#words(top);
  }

  #words(top: Open): void {
    const line = this.#here();
    let end = this.#at;
    while (end < this.#text.length && this.#text[end] !== '<') {
      const isExpression = this.#text.startsWith('{{', end);
      const close = isExpression ? this.#text.indexOf('}}', end) : end;
      if (close === -1) this.#refuse('“{{” is not closed');
      end = isExpression ? close + 2 : end + 1;
    }
    const text = this.#text.slice(this.#at, end);
    this.#at = end;
    if (text.trim() !== '') top.children.push({ kind: 'text', text: decoded(text), line });
  }

  #close(open: Open[], top: Open): void {
    this.#at += 2;
    const tag = this.#match(NAME);
    if (open.length === 1 || tag !== top.tag) {
      this.#refuse(`</${tag ?? ''}> closes ${open.length === 1 ? 'nothing' : `<${top.tag}>`}`);
    }
    this.#match(SPACE);
    if (this.#text[this.#at++] !== '>') this.#refuse(`</${tag}> is not closed`);
    open.pop();
    open.at(-1)?.children.push({ kind: 'element', ...top });
  }

  #open(open: Open[], top: Open): void {
    const line = this.#here();
    this.#at++;
    const tag = this.#match(NAME);
    if (tag === null) this.#refuse('“<” without a name');
    const attributes: Attribute[] = [];
    for (;;) {
      this.#match(SPACE);
      if (this.#text.startsWith('/>', this.#at)) {
        this.#at += 2;
        top.children.push({ kind: 'element', tag, attributes, children: [], line });
        return;
      }
      if (this.#text[this.#at] === '>') {
        this.#at++;
        if (open.length > DEPTH_MAX) this.#refuse('elements are nested too deeply');
        open.push({ tag, attributes, children: [], line });
        return;
      }
      attributes.push(this.#attribute(tag, attributes));
    }
  }

  #attribute(tag: string, before: readonly Attribute[]): Attribute {
    const line = this.#here();
    const name = this.#match(ATTRIBUTE);
    if (name === null) this.#refuse(`<${tag}> is not closed, or has a wrong attribute`);
    if (before.some((one) => one.name === name)) this.#refuse(`${name} is given twice`);
    if (this.#text[this.#at] !== '=') return { name, value: null, line };
    const quote = this.#text[++this.#at];
    if (quote !== '"' && quote !== "'") this.#refuse(`the value of ${name} has no quotes`);
    const end = this.#text.indexOf(quote, this.#at + 1);
    if (end === -1) this.#refuse(`the value of ${name} is not closed`);
    const value = decoded(this.#text.slice(this.#at + 1, end));
    this.#at = end + 1;
    return { name, value, line };
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) return null;
    this.#at += found.length;
    return found;
  }
}

/** Reads a template. @throws Outside with the line of what cannot be read */
export function readWxml(file: string, text: string): WxmlNode[] {
  return new Reader(file, text).whole();
}
