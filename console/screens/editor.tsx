/** What all editors share: a form in parts, what is wrong with it, and its button. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { permissions } from '../../client/permissions.ts';
import { Actions } from '../engine/action.tsx';
import { Fields } from '../engine/field.tsx';
import { type Fault, formedFields, type Typed, type TypedFields, typedFields } from '../engine/form.ts';
import { mayCall, type RoleName } from '../engine/may.ts';
import { TroubleNote } from '../engine/notice.tsx';
import { SendButton } from '../engine/plain.tsx';
import { type Field, type OperationName, operationOf, wordOf } from '../engine/schema.ts';
import { useSubmit } from '../engine/submit.ts';
import type { Action, Thing } from '../engine/view.ts';

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

/** An editor's page: the form with its parts at the left, and beside it what becomes of it. */
export function EditorPage({
  title,
  state,
  actions,
  thing,
  links,
  form,
  save,
  saves = '保存草稿',
  after,
  aside,
  children,
}: {
  readonly title: string;
  /** Its state as a tag; null for a new one. */
  readonly state: ComponentChildren;
  readonly actions: readonly Action[];
  readonly thing: Thing | null;
  /** Ways to other screens, beside the actions. */
  readonly links?: ComponentChildren;
  readonly form: Form;
  /** Sends what was asked. */
  readonly save: (value: Thing) => Promise<void>;
  readonly saves?: string;
  /** What is said above the button. */
  readonly after: ComponentChildren;
  readonly aside: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  const [isSaved, say] = useState(false);
  const submit = useSubmit(async (element) => {
    say(false);
    const value = form.asked(element);
    if (value === null) return;
    await save(value);
    form.settle();
    say(true);
  });
  return (
    <>
      <header class="head">
        <h1 tabIndex={-1}>{title}</h1>
        {state}
        <span class="grow" />
        {links}
        {thing !== null && !form.isChanged && <Actions actions={actions} thing={thing} isAll />}
      </header>
      <div class="editor">
        <form noValidate onSubmit={submit.send}>
          {children}
          {after !== null && <div class="after">{after}</div>}
          <div class="savebar">
            {submit.trouble !== null && <TroubleNote trouble={submit.trouble} />}
            <div class="buttons">
              {form.faults.length > 0 && <span class="fault">还有 {form.faults.length} 处要改。</span>}
              <span class="hint" role="status">
                {form.isChanged ? '有未保存的修改' : isSaved ? '已保存' : ''}
              </span>
              <SendButton title={saves} submit={submit} />
            </div>
          </div>
        </form>
        <aside>{aside}</aside>
      </div>
    </>
  );
}
