/** Values as people read them, as plain text: in cells, in files, and inside of other values. */
import { yuan } from '../../client/fen.ts';
import { described } from '../describe.ts';
import { labelOf } from '../labels.ts';
import { meaningOf, shortId } from './meaning.ts';
import { fieldsOf, type Type, typeOf, wordOf, wordsOfChoice } from './schema.ts';
import { shanghaiTime } from './shanghai.ts';
import type { Thing } from './view.ts';

/** What stands for a value that there is none of. */
export const NONE = '—';

/** A share of ten thousand as per cent: `12.5%`. */
export function percent(share: number): string {
  const [whole, part = ''] = yuan(share).slice(1).split('.');
  const decimals = part.replace(/0+$/, '');
  return `${whole}${decimals === '' ? '' : `.${decimals}`}%`;
}

const UNITS = [
  [86_400_000, '天'],
  [3_600_000, '小时'],
  [60_000, '分钟'],
  [1000, '秒'],
] as const;

/** A length of time in its two largest units: `2 小时 5 分钟`. */
export function lengthOf(ms: number): string {
  const parts: string[] = [];
  let rest = ms;
  for (const [size, unit] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.slice(0, 2).join(' ') || '0 秒';
}

function numberText(type: Type, field: string, value: number): string {
  switch (meaningOf(type, field)) {
    case 'money':
      return yuan(value);
    case 'time':
      return shanghaiTime(value);
    case 'share':
      return percent(value);
    case 'duration':
      return lengthOf(value);
    case 'seconds':
      return lengthOf(value * 1000);
    default:
      return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
  }
}

const isThing = (value: unknown): value is Thing =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function objectText(type: string, value: Thing, without = ''): string {
  const parts = fieldsOf(type)
    .filter(({ name }) => name !== without && value[name] !== null && value[name] !== undefined)
    .map((field) => `${labelOf(field.name)} ${textIn(field.type, field.name, value[field.name])}`);
  return parts.join('，');
}

function choiceText(type: Type & { readonly kind: 'choice' }, value: Thing): string {
  const chosen = type.choices.find(({ label }) => label === value.kind || label in value);
  if (chosen === undefined) return NONE;
  const rest = objectText(chosen.type, value, 'kind');
  const word = 'kind' in value ? wordOf(wordsOfChoice(type.choices), value.kind) : '';
  return [word, rest].filter((part) => part !== '').join('：');
}

/** A value of a type, under the name of its field. */
export function textIn(text: string, field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return NONE;
  const type = typeOf(text);
  if (type.kind === 'bool') return value === true ? '是' : '否';
  if (type.kind === 'enum') return wordOf(type.words, value);
  if (type.kind === 'list' && Array.isArray(value)) {
    return value.length === 0 ? NONE : value.map((item) => textIn(type.of, field, item)).join('、');
  }
  if (typeof value === 'number') return numberText(type, field, value);
  const plain = text.replace(/[~?]+$/, '');
  const own = isThing(value) ? described(plain, value) : null;
  if (own !== null) return own;
  if (type.kind === 'choice' && isThing(value)) return choiceText(type, value);
  if (type.kind === 'object' && isThing(value)) return objectText(plain, value) || NONE;
  if (typeof value === 'object') return JSON.stringify(value);
  return meaningOf(type, field) === 'id' ? shortId(String(value)) : String(value);
}

/** What stands at a path in a thing, such as `event.name`. */
export function valueAt(thing: unknown, path: string): unknown {
  return path.split('.').reduce((from: unknown, name) => (isThing(from) ? from[name] : undefined), thing);
}
