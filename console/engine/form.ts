/**
 * Forms: from the value of a schema to what is typed, and back. What is typed is kept as it is until it is sent, so an
 * error loses nothing.
 */
import { fenOf, yuan } from '../../client/fen.ts';
import './askedSchema.ts';
import { meaningOf } from './meaning.ts';
import { type Choice, type Field, fieldsOf, type Type, typeOf } from './schema.ts';
import { fieldTime, momentOf } from './shanghai.ts';

/** What is typed: a text, a box, several of one kind, the fields of an object, a choice; null for what is left out. */
export type Typed = string | boolean | null | readonly Typed[] | TypedFields | TypedChoice;

/** What is typed into the fields of an object, by name. */
export interface TypedFields {
  readonly fields: Readonly<Record<string, Typed>>;
}

/** Which of several objects, and what is typed into its fields. */
export interface TypedChoice extends TypedFields {
  readonly choice: string;
}

/** What is wrong in one place, such as `lines.0.refundFen`, as a sentence. */
export interface Fault {
  readonly at: string;
  readonly says: string;
}

/** A value that can be sent, or what is wrong. `value` is undefined for what is left out. */
export type Formed = { readonly value: unknown } | { readonly faults: readonly Fault[] };

/** Whether a list is typed as a text with one item a line. */
export function isByLine(type: Type): boolean {
  if (type.kind !== 'list') return false;
  const { kind } = typeOf(type.of);
  return kind === 'text' || kind === 'int';
}

/** Whether it can be left out as a whole by a box of its own: an object, or one of several. */
export function isLeavable(type: Type): boolean {
  return (type.isOptional || type.isNullable) && (type.kind === 'object' || type.kind === 'choice');
}

/** An amount of hundredths as it is typed: `12.50`. */
const hundredths = (count: number) => yuan(count).replace(/[¥,]/g, '');

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(type: Type, field: string, value: unknown): string {
  if (typeof value !== 'number') return value === undefined || value === null ? '' : String(value);
  const meaning = meaningOf(type, field);
  if (meaning === 'money' || meaning === 'share') return hundredths(value);
  return meaning === 'time' ? fieldTime(value) : String(value);
}

/** The choice that a value is one of: by its `kind`, else by the field that it has. */
function choiceOf(choices: readonly Choice[], value: Readonly<Record<string, unknown>>): Choice | undefined {
  return choices.find(({ label }) => value.kind === label) ?? choices.find(({ label }) => label in value);
}

/** What stands in a form for a value; for `undefined`, what an empty form shows. */
export function typedOf(text: string, field: string, value: unknown): Typed {
  const type = typeOf(text);
  if (isLeavable(type) && (value === undefined || value === null)) return null;
  switch (type.kind) {
    case 'bool':
      // A box that nobody touches leaves out what may be left out.
      return value === undefined && type.isOptional ? null : value === true;
    case 'list': {
      const items = Array.isArray(value) ? value : [];
      if (isByLine(type)) return items.map((item) => textOf(typeOf(type.of), field, item)).join('\n');
      return items.map((item: unknown) => typedOf(type.of, field, item));
    }
    case 'object':
      return { fields: typedFields(type.fields, isFields(value) ? value : {}) };
    case 'choice': {
      const own = isFields(value) ? value : {};
      const chosen = choiceOf(type.choices, own) ?? type.choices[0];
      if (chosen === undefined) return null;
      return { choice: chosen.label, fields: typedFields(askedOf(chosen), own) };
    }
    default:
      return textOf(type, field, value);
  }
}

/** What stands in the fields of a form for the values that are given. */
export function typedFields(
  fields: readonly Field[],
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, Typed>> {
  return Object.fromEntries(fields.map(({ name, type }) => [name, typedOf(type, name, values[name])]));
}

const fault = (at: string, says: string): Formed => ({ faults: [{ at, says }] });

function checkedNumber(value: number | null, type: Type, at: string, says: string): Formed {
  if (value === null || !Number.isSafeInteger(value)) return fault(at, says);
  if (type.kind !== 'int') return { value };
  const [least, most] = [type.least ?? Number.MIN_SAFE_INTEGER, type.most ?? Number.MAX_SAFE_INTEGER];
  if (value >= least && value <= most) return { value };
  const bound = (count: number) => textOf(type, at.slice(at.lastIndexOf('.') + 1), count);
  if (type.least === null) return fault(at, `不能大于 ${bound(most)}。`);
  return type.most === null
    ? fault(at, `不能小于 ${bound(least)}。`)
    : fault(at, `须在 ${bound(least)} 到 ${bound(most)} 之间。`);
}

function numberOf(type: Type, field: string, text: string, at: string): Formed {
  const meaning = meaningOf(type, field);
  if (meaning === 'money') return checkedNumber(fenOf(text), type, at, '请输入金额，如 12.50。');
  if (meaning === 'share') return checkedNumber(fenOf(text), type, at, '请输入百分比，如 12.5。');
  if (meaning === 'time') return checkedNumber(momentOf(text), type, at, '请选择日期和时间。');
  const whole = /^[+-]?\d{1,15}$/.test(text.trim()) ? Number(text) : null;
  return checkedNumber(whole, type, at, '请输入整数。');
}

function scalarOf(type: Type, field: string, text: string, at: string): Formed {
  if (text.trim() === '' && (type.isNullable || type.isOptional)) {
    return { value: type.isNullable ? null : undefined };
  }
  if (type.kind === 'enum') {
    const found = type.values.find((value) => String(value) === text);
    return found === undefined ? fault(at, '请选择一项。') : { value: found };
  }
  if (type.kind === 'int') return numberOf(type, field, text, at);
  if (type.kind === 'day') {
    return /^\d{4}-\d\d-\d\d$/.test(text) ? { value: text } : fault(at, '请选择日期。');
  }
  // The server trims, so what is only blank is nothing.
  const least = type.kind === 'text' ? (type.least ?? 1) : 0;
  if (text.trim() === '' && least > 0) return fault(at, '请填写这一项。');
  const most = type.kind === 'text' ? type.most : null;
  return most !== null && text.length > most ? fault(at, `最多 ${most} 个字。`) : { value: text };
}

function joined(parts: readonly (readonly [string, Formed])[]): Formed {
  const faults = parts.flatMap(([, formed]) => ('faults' in formed ? formed.faults : []));
  if (faults.length > 0) return { faults };
  const given = parts.flatMap(([name, formed]) =>
    'value' in formed && formed.value !== undefined ? [[name, formed.value] as const] : [],
  );
  return { value: Object.fromEntries(given) };
}

function listOf(items: readonly Formed[]): Formed {
  const faults = items.flatMap((formed) => ('faults' in formed ? formed.faults : []));
  return faults.length > 0 ? { faults } : { value: items.map((formed) => 'value' in formed && formed.value) };
}

/** The value of the fields of a form, as an object. `at` is the place of the object, with a dot behind it. */
export function formedFields(
  fields: readonly Field[],
  typed: Readonly<Record<string, Typed>>,
  at = '',
): Formed {
  return joined(
    fields.map(
      ({ name, type }) => [name, formedOf(type, name, typed[name] ?? null, `${at}${name}`)] as const,
    ),
  );
}

function formedList(of: string, field: string, typed: Typed, type: Type, at: string): Formed {
  const items =
    typeof typed === 'string'
      ? typed.split('\n').filter((line) => line.trim() !== '')
      : Array.isArray(typed)
        ? typed
        : [];
  if (items.length === 0 && type.isOptional) return { value: undefined };
  const trimmed = items.map((item: Typed) => (typeof item === 'string' ? item.trim() : item));
  return listOf(trimmed.map((item: Typed, index: number) => formedOf(of, field, item, `${at}.${index}`)));
}

function isTypedFields(typed: Typed): typed is TypedFields {
  return typeof typed === 'object' && typed !== null && 'fields' in typed;
}

/** The value of what is typed, or what is wrong with it. Nothing goes through a fraction. */
export function formedOf(text: string, field: string, typed: Typed, at = field): Formed {
  const type = typeOf(text);
  if (isLeavable(type) && typed === null) return { value: type.isNullable ? null : undefined };
  if (type.kind === 'bool') return { value: typed === null && type.isOptional ? undefined : typed === true };
  if (type.kind === 'list') return formedList(type.of, field, typed, type, at);
  const fields = isTypedFields(typed) ? typed.fields : {};
  if (type.kind === 'object') return formedFields(type.fields, fields, `${at}.`);
  if (type.kind === 'choice') {
    const label = isTypedFields(typed) && 'choice' in typed ? typed.choice : '';
    const chosen = type.choices.find((choice) => choice.label === label);
    if (chosen === undefined) return fault(at, '请选择一项。');
    return withKind(chosen, formedFields(askedOf(chosen), fields, `${at}.`));
  }
  return scalarOf(type, field, typeof typed === 'string' ? typed : '', at);
}

const isKind = ({ name, type }: Field) => name === 'kind' && type.startsWith('|');

/** The fields of a chosen object that are asked: all but the `kind`, which the choice says. */
export function askedOf({ type }: Choice): readonly Field[] {
  return fieldsOf(type).filter((field) => !isKind(field));
}

/** The chosen object with its `kind`, if it has one. */
function withKind({ label, type }: Choice, formed: Formed): Formed {
  if ('faults' in formed || !fieldsOf(type).some(isKind)) return formed;
  return { value: { kind: label, ...Object(formed.value) } };
}
