/**
 * The fields of a template, and what WeChat takes in each. Source: developers.weixin.qq.com, "发送订阅消息", 订阅消息参数值内容限制.
 */
import type { FieldType } from '../../schemas/inbox/template.ts';

interface Limits {
  /** What WeChat takes. */
  readonly shape: RegExp;
  /** Makes a value that is too long, or has other characters in it, as fit as it can be. */
  readonly fit: (value: string) => string;
}

/** The first `max` UTF-16 units, with a sign that something is missing, and no half of a character. */
function cut(value: string, max: number): string {
  if (value.length <= max) return value;
  return `${value.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

const asItIs = (value: string) => value;
const DAY = '\\d{4}年\\d{1,2}月\\d{1,2}日';
const MINUTE = '\\d{2}:\\d{2}';

const LIMITS = {
  thing: { shape: /^[^\p{C}]{1,20}$/u, fit: (value) => cut(value.replace(/\s+/gu, ' ').trim(), 20) },
  number: { shape: /^(?=[\d.]{1,32}$)\d+(\.\d+)?$/, fit: asItIs },
  character_string: { shape: /^[\x21-\x7e]{1,32}$/, fit: (value) => value.slice(0, 32) },
  time: { shape: new RegExp(`^(${DAY} )?${MINUTE}(~(${DAY} )?${MINUTE})?$`), fit: asItIs },
  date: { shape: new RegExp(`^${DAY}( ${MINUTE})?$`), fit: asItIs },
  amount: {
    shape: /^[\u00a5\uffe5$](?=[\d.]{1,11}$|[\d.]{1,11}\u5143$)\d+(\.\d{1,2})?\u5143?$/,
    fit: asItIs,
  },
  phrase: { shape: /^\p{Script=Han}{1,5}$/u, fit: (value) => value.slice(0, 5) },
  name: {
    shape: /^(\p{Script=Han}{1,10}|[A-Za-z][A-Za-z ]{0,19})$/u,
    fit: (value) => value.replace(/[^\p{Script=Han}]/gu, '').slice(0, 10) || '知友',
  },
} as const satisfies Record<FieldType, Limits>;

/** The type of a field, by its name: `thing` of `thing1`. */
export function typeOf(field: string): FieldType {
  return field.replace(/[0-9]/g, '') as FieldType;
}

/** The value, cut to what a field of this type takes. */
export function fitted(type: FieldType, value: string): string {
  return LIMITS[type].fit(value);
}

/** Whether WeChat takes the value in a field of this type. */
export function isTaken(type: FieldType, value: string): boolean {
  return LIMITS[type].shape.test(value);
}
