/** Fields of a form: what is typed for a value of a schema. `form.ts` makes the value of it. */
import { labelOf } from '../labels.ts';
import { Finder } from './finder.tsx';
import { askedOf, type Fault, isByLine, isLeavable, type Typed, type TypedFields, typedOf } from './form.ts';
import { type Control, Input, type InputKind } from './input.tsx';
import { Labelled } from './labelled.tsx';
import { type Meaning, meaningOf } from './meaning.ts';
import { type Choice, type Field, fieldsOf, type Type, typeOf, wordOf, wordsOfChoice } from './schema.ts';
import { SeveralFound } from './several.tsx';

/** What every field gets: what it is, what is typed, and what to do with what will be. */
export interface FieldProps {
  readonly field: Field;
  readonly typed: Typed;
  readonly type: (typed: Typed) => void;
  readonly faults: readonly Fault[];
  /** The place of the field in the form, such as `lines.0.refundFen`. */
  readonly at: string;
  readonly label?: string | undefined;
}

const faultAt = (faults: readonly Fault[], at: string) => faults.find((one) => one.at === at)?.says ?? null;

const UNITS: Partial<Readonly<Record<Meaning, string>>> = { money: '元', share: '%', seconds: '秒' };

function kindOf(type: Type, meaning: Meaning): InputKind {
  if (type.kind === 'day') return 'date';
  return meaning === 'time' ? 'datetime-local' : 'text';
}

/** A single line, with its unit. */
function Line({
  type,
  meaning,
  text,
  set,
  control,
}: {
  readonly type: Type;
  readonly meaning: Meaning;
  readonly text: string;
  readonly set: (text: string) => void;
  readonly control: Control;
}) {
  const isNumber = type.kind === 'int' && meaning !== 'time';
  const most = type.kind === 'text' && type.most !== null ? { maxLength: type.most } : {};
  const number = isNumber ? ({ inputMode: 'decimal', class: 'number' } as const) : {};
  return (
    <span class="line">
      <Input
        kind={kindOf(type, meaning)}
        text={text}
        set={set}
        control={{ ...control, ...most, ...number }}
      />
      {UNITS[meaning] !== undefined && <span>{UNITS[meaning]}</span>}
    </span>
  );
}

function Scalar({ field, typed, type: set, faults, at, label }: FieldProps) {
  const type = typeOf(field.type);
  const text = typeof typed === 'string' ? typed : '';
  const fault = faultAt(faults, at);
  const title = label ?? labelOf(field.name);
  const isMust = !type.isOptional && !type.isNullable;
  const shown = isMust ? title : `${title}（可不填）`;
  const meaning = meaningOf(type, field.name);
  const isLong = meaning === 'long' || type.kind === 'list';
  const hint = hintOf(type, meaning);
  return (
    <Labelled label={shown} fault={fault} hint={hint}>
      {(ids) => {
        const control = { ...ids, 'aria-invalid': fault !== null, 'aria-required': isMust };
        if (type.kind === 'enum') {
          return <Select type={type} text={text} set={set} isMust={isMust} control={control} />;
        }
        if (type.name === 'ProductId' || type.name === 'UserId') {
          return <Finder of={type.name} text={text} set={set} control={control} />;
        }
        const sought = soughtOf(type);
        if (sought !== null) return <SeveralFound of={sought} typed={typed} set={set} control={control} />;
        if (isLong) {
          return (
            <textarea
              rows={3}
              value={text}
              onInput={(event) => set(event.currentTarget.value)}
              {...control}
            />
          );
        }
        return <Line type={type} meaning={meaning} text={text} set={set} control={control} />;
      }}
    </Labelled>
  );
}

/** What is searched for a list of ids; null for any other type. */
function soughtOf(type: Type): 'ProductId' | 'UserId' | null {
  const name = type.kind === 'list' ? typeOf(type.of).name : null;
  return name === 'ProductId' || name === 'UserId' ? name : null;
}

function hintOf(type: Type, meaning: Meaning): string | undefined {
  if (soughtOf(type) !== null) return undefined;
  if (type.kind === 'list') return '每行一个。';
  if (type.name === 'Reason') return '会记入审计日志，最多 200 个字。';
  return meaning === 'time' ? '上海时间。' : undefined;
}

function Select({
  type,
  text,
  set,
  isMust,
  control,
}: {
  readonly type: Type & { readonly kind: 'enum' };
  readonly text: string;
  readonly set: (text: string) => void;
  readonly isMust: boolean;
  readonly control: Control;
}) {
  return (
    <select value={text} onInput={(event) => set(event.currentTarget.value)} {...control}>
      <option value="">{isMust ? '请选择' : '不填'}</option>
      {type.values.map((value) => (
        <option key={value} value={String(value)}>
          {wordOf(type.words, value)}
        </option>
      ))}
    </select>
  );
}

/** A box to tick, with its label behind it. */
export function Box({
  label,
  isOn,
  set,
}: {
  readonly label: string;
  readonly isOn: boolean;
  readonly set: (isOn: boolean) => void;
}) {
  return (
    <label class="tick">
      <input type="checkbox" checked={isOn} onInput={(event) => set(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}

function Several({
  field,
  typed,
  type: set,
  faults,
  at,
  label,
  of,
}: FieldProps & { readonly of: Type & { readonly kind: 'enum' } }) {
  const chosen = Array.isArray(typed) ? typed : [];
  const fault = faultAt(faults, at);
  return (
    <fieldset>
      <legend>{label ?? labelOf(field.name)}</legend>
      <div class="boxes">
        {of.values.map((value) => (
          <Box
            key={value}
            label={wordOf(of.words, value)}
            isOn={chosen.includes(String(value))}
            set={(isOn) =>
              set(
                of.values.map(String).filter((one) => (one === String(value) ? isOn : chosen.includes(one))),
              )
            }
          />
        ))}
      </div>
      {fault !== null && <p class="fault">{fault}</p>}
    </fieldset>
  );
}

/** A list of objects: a fieldset each, with what adds and removes one. */
function Rows({ field, typed, type: set, faults, at, label, of }: FieldProps & { readonly of: string }) {
  const rows: readonly Typed[] = Array.isArray(typed) ? typed : [];
  const title = label ?? labelOf(field.name);
  const fault = faultAt(faults, at);
  return (
    <fieldset>
      <legend>{title}</legend>
      {rows.map((row, index) => (
        <div class="row" key={index}>
          <Asked
            field={{ name: field.name, type: of }}
            typed={row}
            type={(next) => set(rows.map((one, place) => (place === index ? next : one)))}
            faults={faults}
            at={`${at}.${index}`}
            label={`第 ${index + 1} 项`}
          />
          <button type="button" onClick={() => set(rows.filter((_, place) => place !== index))}>
            移除第 {index + 1} 项
          </button>
        </div>
      ))}
      <button type="button" onClick={() => set([...rows, typedOf(of, field.name, undefined)])}>
        添加一项
      </button>
      {fault !== null && <p class="fault">{fault}</p>}
    </fieldset>
  );
}

/** The fields of an object, one below the other. */
export function Fields({
  fields,
  typed,
  type: set,
  faults,
  at = '',
  labels = {},
}: {
  readonly fields: readonly Field[];
  readonly typed: TypedFields['fields'];
  readonly type: (fields: TypedFields['fields']) => void;
  readonly faults: readonly Fault[];
  /** The place of the object, with a dot behind it. */
  readonly at?: string;
  readonly labels?: Readonly<Record<string, string>>;
}) {
  return (
    <>
      {fields.map((field) => (
        <Asked
          key={field.name}
          field={field}
          typed={typed[field.name] ?? null}
          type={(next) => set({ ...typed, [field.name]: next })}
          faults={faults}
          at={`${at}${field.name}`}
          label={labels[field.name]}
        />
      ))}
    </>
  );
}

const isTypedFields = (typed: Typed): typed is TypedFields =>
  typeof typed === 'object' && typed !== null && 'fields' in typed;

function OneOf({
  field,
  typed,
  type: set,
  faults,
  at,
  label,
  choices,
}: FieldProps & { readonly choices: readonly Choice[] }) {
  const own = isTypedFields(typed) ? typed : { fields: {} };
  const label_ = 'choice' in own ? String(own.choice) : '';
  const chosen = choices.find((choice) => choice.label === label_);
  const words = wordsOfChoice(choices);
  const choose = (next: string) => {
    const choice = choices.find((one) => one.label === next);
    // What was typed under the same name stays.
    if (choice !== undefined) {
      const fresh = Object.fromEntries(
        askedOf(choice).map(({ name, type }) => [name, own.fields[name] ?? typedOf(type, name, undefined)]),
      );
      set({ choice: next, fields: fresh });
    }
  };
  return (
    <fieldset>
      <legend>{label ?? labelOf(field.name)}</legend>
      <div class="boxes" role="radiogroup" aria-label={label ?? labelOf(field.name)}>
        {choices.map((choice) => (
          <label class="tick" key={choice.label}>
            <input
              type="radio"
              name={at}
              checked={choice.label === label_}
              onInput={() => choose(choice.label)}
            />
            <span>{words === null ? labelOf(choice.label) : wordOf(words, choice.label)}</span>
          </label>
        ))}
      </div>
      {chosen !== undefined && (
        <Fields
          fields={askedOf(chosen)}
          typed={own.fields}
          type={(fields) => set({ choice: label_, fields })}
          faults={faults}
          at={`${at}.`}
        />
      )}
      {faultAt(faults, at) !== null && <p class="fault">{faultAt(faults, at)}</p>}
    </fieldset>
  );
}

/** A field for any type. */
export function Asked(props: FieldProps) {
  const { field, typed, type: set, faults, at, label } = props;
  const type = typeOf(field.type);
  const title = label ?? labelOf(field.name);
  if (isLeavable(type) && typed === null) {
    const begin = () => set(typedOf(field.type.replace(/[~?]+$/, ''), field.name, undefined));
    return <Box label={`设置${title}`} isOn={false} set={begin} />;
  }
  if (type.kind === 'enum' && type.isOptional && type.values.length === 1) {
    const only = String(type.values[0]);
    return <Box label={title} isOn={typed === only} set={(isOn) => set(isOn ? only : '')} />;
  }
  if (type.kind === 'bool') return <Box label={title} isOn={typed === true} set={set} />;
  if (type.kind === 'list' && !isByLine(type)) {
    const of = typeOf(type.of);
    return of.kind === 'enum' ? <Several {...props} of={of} /> : <Rows {...props} of={type.of} />;
  }
  if (type.kind === 'choice') return <OneOf {...props} choices={type.choices} />;
  if (type.kind !== 'object') return <Scalar {...props} />;
  const own = isTypedFields(typed) ? typed.fields : {};
  return (
    <fieldset>
      <legend>{title}</legend>
      {isLeavable(type) && <Box label={`设置${title}`} isOn set={() => set(null)} />}
      <Fields
        fields={fieldsOf(field.type.replace(/[~?]+$/, ''))}
        typed={own}
        type={(fields) => set({ fields })}
        faults={faults}
        at={`${at}.`}
      />
    </fieldset>
  );
}
