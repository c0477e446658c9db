/** Reads the texts of `console/contract.ts`: what an operation takes, and what a schema is. */
import { words } from '../../client/words.ts';
import { operations, shapes } from '../contract.ts';
import type { Operation } from './operation.ts';

/** The name of an operation that the console calls. */
export type OperationName = keyof typeof operations;

/** The schemas that are known so far, by name. */
const known: Record<string, string> = { ...shapes };

/** What changes ask, by the names of their operations, as far as it is known. */
const inputs: Record<string, string> = {};

/** Adds the schemas that only forms need, and what each change asks. */
export function know(
  schemas: Readonly<Record<string, string>>,
  asked: Readonly<Record<string, string>>,
): void {
  Object.assign(known, schemas);
  Object.assign(inputs, asked);
}

/** An operation by its name. Before any form is loaded, a change asks nothing. */
export function operationOf(name: OperationName): Operation {
  return { input: inputs[name] ?? '', ...operations[name] };
}

/** The names of the parameters in an operation's path. They name what is there. */
export function pathNames({ route }: Operation): readonly string[] {
  return [...route.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

/** One field of an object. */
export interface Field {
  readonly name: string;
  readonly type: string;
}

/** A type, read. `name` is the last named schema on the way, by which people know what it is; null for a plain one. */
export type Type = {
  readonly name: string | null;
  readonly isOptional: boolean;
  readonly isNullable: boolean;
} & Kind;

/** What a type is made of. Texts and numbers have their bounds, null where there is none. */
export type Kind =
  | { readonly kind: 'text' | 'int'; readonly least: number | null; readonly most: number | null }
  | { readonly kind: 'bool' | 'day' | 'any' }
  | { readonly kind: 'enum'; readonly words: WordsName | null; readonly values: readonly (string | number)[] }
  | { readonly kind: 'list'; readonly of: string }
  | { readonly kind: 'object'; readonly fields: readonly Field[] }
  | { readonly kind: 'choice'; readonly choices: readonly Choice[] };

/** The words of one value of an enumeration; the value itself where it has none. */
export function wordOf(name: WordsName | null, value: unknown): string {
  const own: Readonly<Record<string, string>> = name === null ? {} : words[name];
  return own[String(value)] ?? String(value);
}

/** The words of the kinds that a choice is made of; null where its objects are told apart otherwise. */
export function wordsOfChoice(choices: readonly Choice[]): WordsName | null {
  const labels = choices.map(({ label }) => label);
  const found = Object.entries(words).find(
    ([, own]) => Object.keys(own).length === labels.length && labels.every((label) => label in own),
  );
  return found !== undefined && isWordsName(found[0]) ? found[0] : null;
}

/** One of several objects. `label` is what tells it: its `kind`, or its first field. */
export interface Choice {
  readonly label: string;
  readonly type: string;
}

/** The name of an enumeration that has words. */
export type WordsName = keyof typeof words;

const isWordsName = (name: string): name is WordsName => Object.hasOwn(words, name);

const numberOr = (text: string | undefined) => (text === undefined || text === '' ? null : Number(text));

function fieldsIn(text: string): readonly Field[] {
  const parts = text.slice(1, -1).split(',');
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', type = 'any'] = part.split(' ');
      return { name, type };
    });
}

/** What stands at the beginning of a type's text, and what it says. */
function plainKind(text: string): Kind {
  const rest = text.slice(1);
  if (text.startsWith('=')) {
    if (!isWordsName(rest)) throw new Error(`no words for ${rest}`);
    return { kind: 'enum', words: rest, values: Object.keys(words[rest]) };
  }
  if (text.startsWith('|')) return { kind: 'enum', words: null, values: rest.split('|') };
  if (text.startsWith('#')) return { kind: 'enum', words: null, values: rest.split('|').map(Number) };
  if (text.startsWith('{')) return { kind: 'object', fields: fieldsIn(text) };
  if (text.startsWith('+')) {
    const choices = rest.split('+').map((type) => ({ label: type.slice(type.lastIndexOf('.') + 1), type }));
    return { kind: 'choice', choices };
  }
  const [base, least, most] = text.split(':');
  if (base === 'text' || base === 'int') return { kind: base, least: numberOr(least), most: numberOr(most) };
  return { kind: base === 'bool' || base === 'day' ? base : 'any' };
}

/** Reads a type: a name or a text, with `[]` for a list, `~` where it may be null, `?` where it may be left out. */
export function typeOf(text: string): Type {
  if (text.endsWith('?')) return { ...typeOf(text.slice(0, -1)), isOptional: true };
  if (text.endsWith('~')) return { ...typeOf(text.slice(0, -1)), isNullable: true };
  const none = { name: null, isOptional: false, isNullable: false };
  if (text.endsWith('[]')) return { ...none, kind: 'list', of: text.slice(0, -2) };
  const found = known[text];
  if (found === undefined) return { ...none, ...plainKind(text) };
  const inner = typeOf(found);
  return { ...inner, name: inner.name ?? text };
}

/** The fields of an object's type, and none of anything else. */
export function fieldsOf(text: string): readonly Field[] {
  const type = typeOf(text);
  return type.kind === 'object' ? type.fields : [];
}

/** The type of what stands at a path, such as `order.lines`; `any` where the contract does not tell. */
export function typeAt(text: string, path: string): string {
  return path.split('.').reduce((from, name) => {
    const { kind, ...type } = typeOf(from);
    const inner = kind === 'list' && 'of' in type ? type.of : from;
    return fieldsOf(inner).find((field) => field.name === name)?.type ?? 'any';
  }, text);
}

/** The type of one item of what an operation answers. */
export function itemType(name: OperationName): string {
  const type = typeOf(operationOf(name).output ?? 'any');
  return type.kind === 'list' ? type.of : 'any';
}
