/** What all editors share: a form in parts, what is wrong with it, and its button. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { permissions } from '../../client/permissions.ts';
import { Fields } from '../engine/field.tsx';
import { type Fault, formedFields, type Typed, type TypedFields, typedFields } from '../engine/form.ts';
import { mayCall, type RoleName } from '../engine/may.ts';
import { type Field, fieldsOf, type OperationName, operationOf, wordOf } from '../engine/schema.ts';
import type { Thing } from '../engine/view.ts';

/** A form that is being filled in. */
export interface Form {
  readonly fields: readonly Field[];
  readonly typed: TypedFields['fields'];
  readonly set: (name: string, typed: Typed) => void;
  readonly type: (typed: TypedFields['fields']) => void;
  /** What is shown as wrong: nothing before it was sent once. */
  readonly faults: readonly Fault[];
  /** What would be sent; null while something is wrong. */
  readonly value: Thing | null;
  readonly isChanged: boolean;
  /** Shows what is wrong, and moves to the first of it. Answers what is to be sent. */
  readonly asked: (form: HTMLElement) => Thing | null;
  /** What stands there counts as saved. */
  readonly settle: () => void;
}

/** The fields of a type as an editor asks them: each has a value, so none is left out. */
export function editedFields(type: string, without: readonly string[]): readonly Field[] {
  return fieldsOf(type)
    .filter(({ name }) => !without.includes(name))
    .map((field) => ({ ...field, type: field.type.replace(/\?$/, '') }));
}

function focusFault(form: HTMLElement): void {
  requestAnimationFrame(() => {
    const found = form.querySelector<HTMLElement>('[aria-invalid="true"]');
    (found ?? form.querySelector<HTMLElement>('.fault'))?.scrollIntoView({ block: 'center' });
    found?.focus({ preventScroll: true });
  });
}

/** Asks before the page is left by the browser while something is not saved. */
function useLeaveGuard(isChanged: boolean): void {
  useEffect(() => {
    if (!isChanged) return;
    const ask = (event: Event) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [isChanged]);
}

/** A form over these fields, beginning with `first`. `check` says what is wrong with a value of right fields. */
export function useForm(
  fields: readonly Field[],
  first: Thing,
  check: (value: Thing) => readonly Fault[],
): Form {
  const [typed, type] = useState(() => typedFields(fields, first));
  const [saved, save] = useState(() => JSON.stringify(typed));
  const [isAsked, ask] = useState(false);
  const formed = formedFields(fields, typed);
  const value = 'value' in formed ? (formed.value as Thing) : null;
  const wrong = 'faults' in formed ? formed.faults : check(formed.value as Thing);
  const isChanged = JSON.stringify(typed) !== saved;
  useLeaveGuard(isChanged);
  return {
    ...{ fields, typed, type, isChanged },
    set: (name, next) => type((before) => ({ ...before, [name]: next })),
    faults: isAsked ? wrong : [],
    value: wrong.length === 0 ? value : null,
    asked: (form) => {
      ask(true);
      if (wrong.length > 0) focusFault(form);
      return wrong.length === 0 ? value : null;
    },
    settle: () => save(JSON.stringify(typed)),
  };
}

/** What is wrong at a place, as a sentence; null for nothing. */
export function faultAt({ faults }: Form, at: string): string | null {
  return faults.find((fault) => fault.at === at)?.says ?? null;
}

/** A part of a form, with its heading. */
export function Part({
  title,
  hint,
  children,
}: {
  readonly title: string;
  readonly hint?: string;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="box part">
      <header>
        <h2>{title}</h2>
        {hint !== undefined && <p class="hint">{hint}</p>}
      </header>
      {children}
    </section>
  );
}

/** Some fields of a form, as their types ask them. */
export function Some({
  form,
  names,
  labels = {},
}: {
  readonly form: Form;
  readonly names: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}) {
  const fields = names.flatMap((name) => form.fields.find((field) => field.name === name) ?? []);
  return <Fields fields={fields} typed={form.typed} type={form.type} faults={form.faults} labels={labels} />;
}

/** Fields beside each other. */
export function Beside({ children }: { readonly children: ComponentChildren }) {
  return <div class="beside">{children}</div>;
}

/** The roles that may call an operation, in words. */
export function whoMay(name: OperationName): string {
  const roles = Object.keys(permissions) as RoleName[];
  const able = operationOf(name).may === undefined ? [] : roles.filter((role) => mayCall(role, name));
  return able.map((role) => wordOf('role', role)).join('、');
}

/** Who publishes, and when a second person is needed. */
export function Approval({ name, over }: { readonly name: OperationName; readonly over: string }) {
  const { asksSecond } = operationOf(name);
  return (
    <p class="hint">
      由{whoMay(name)}发布，发布时要双重验证。{asksSecond === true && `${over}，要另一位同事同意。`}
    </p>
  );
}
