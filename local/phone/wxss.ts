/**
 * Turns WXSS into CSS for the phone. Each rule counts for what its file's templates draw and for nothing else, `rpx` is
 * a length of the phone's screen, and dark rules follow the phone's setting in place of the machine's.
 */
import { lengthsOf } from './lengths.ts';
import { Outside } from './outside.ts';
import { PARTS } from './parts.ts';

interface Rule {
  readonly prelude: string;
  readonly line: number;
  /** Declarations, or rules inside of an at-rule. */
  readonly body: string | readonly Rule[];
}

class Reader {
  readonly #file: string;
  readonly #text: string;
  #at = 0;

  constructor(file: string, text: string) {
    this.#file = file;
    // A comment leaves its lines, so that the lines of what follows are right.
    this.#text = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '));
  }

  rules(isInner: boolean): Rule[] {
    const rules: Rule[] = [];
    for (;;) {
      while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
      const line = this.#text.slice(0, this.#at).split('\n').length;
      if (this.#at >= this.#text.length) {
        if (isInner) throw new Outside(this.#file, line, 'a “}” is missing');
        return rules;
      }
      if (this.#text[this.#at] === '}') {
        if (!isInner) throw new Outside(this.#file, line, '“}” closes nothing');
        this.#at++;
        return rules;
      }
      rules.push(this.#rule(line));
    }
  }

  #rule(line: number): Rule {
    const end = this.#text.slice(this.#at).search(/[{};]/);
    const prelude = this.#text.slice(this.#at, this.#at + end).trim();
    if (end === -1 || this.#text[this.#at + end] !== '{') {
      throw new Outside(this.#file, line, `“${prelude.slice(0, 40)}” is no rule`);
    }
    this.#at += end + 1;
    if (prelude.startsWith('@')) return { prelude, line, body: this.rules(true) };
    const close = this.#text.indexOf('}', this.#at);
    if (close === -1) throw new Outside(this.#file, line, 'a “}” is missing');
    const body = this.#text.slice(this.#at, close);
    if (body.includes('{')) throw new Outside(this.#file, line, 'rules inside of rules');
    this.#at = close + 1;
    return { prelude, line, body };
  }
}

const COMPOUND = /^(page|[a-z][a-z-]*)?((?:\.[A-Za-z_][\w-]*)*)((?:::?[a-z-]+(?:\([^()]*\))?)*)$/;

class Scoper {
  readonly #file: string;
  readonly #scope: string;

  constructor(file: string, scope: string) {
    this.#file = file;
    this.#scope = scope;
  }

  #compound(text: string, line: number, isLast: boolean): string {
    const [, tag, classes = '', pseudo = ''] = COMPOUND.exec(text) ?? [];
    if (text === ':host') return `:where(.host-${this.#scope})`;
    if (tag === undefined && classes === '' && pseudo === '') {
      throw new Outside(this.#file, line, `“${text}” is no selector of the phone`);
    }
    if (tag !== undefined && tag !== 'page' && PARTS[tag] === undefined) {
      throw new Outside(this.#file, line, `<${tag}> is not among the phone's parts`);
    }
    const own = tag === undefined ? '' : `:where(.p-${tag})`;
    return `${own}${classes}${isLast ? `:where(.s-${this.#scope})` : ''}${pseudo}`;
  }

  #selector(text: string, line: number): string {
    const pieces = text
      .trim()
      .replace(/\s*([>+~])\s*/g, ' $1 ')
      .split(/\s+/);
    const last = pieces.length - 1;
    return pieces
      .map((piece, at) => (/^[>+~]$/.test(piece) ? piece : this.#compound(piece, line, at === last)))
      .join(' ');
  }

  print(rules: readonly Rule[], ground: string): string {
    return rules.map((rule) => this.#rule(rule, ground)).join('');
  }

  #rule({ prelude, body, line }: Rule, ground: string): string {
    if (typeof body === 'string') {
      const selectors = prelude.split(',').map((one) => `${ground}${this.#selector(one, line)}`);
      return `${selectors.join(',')}{${lengthsOf(body).replace(/\s+/g, ' ').trim()}}\n`;
    }
    if (/^@media\s*\(\s*prefers-color-scheme\s*:\s*dark\s*\)$/.test(prelude)) {
      return this.print(body, ':where(.phone-dark) ');
    }
    if (/^@media\s*\(\s*prefers-reduced-motion/.test(prelude))
      return `${prelude}{${this.print(body, ground)}}\n`;
    if (/^@keyframes\s+[\w-]+$/.test(prelude)) {
      const frames = body.map((one) => `${one.prelude}{${lengthsOf(String(one.body))}}`);
      return `${prelude}{${frames.join('')}}\n`;
    }
    throw new Outside(this.#file, line, `${prelude.split(/[\s(]/)[0]} is not supported so`);
  }
}

/** The CSS of a sheet without imports. `scope` is a class that its elements have on the screen. @throws Outside */
export function compileSheet(file: string, text: string, scope: string): string {
  return new Scoper(file, scope).print(new Reader(file, text).rules(false), '');
}
