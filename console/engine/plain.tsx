/** Fields and buttons of the forms that are written by hand. */
import { Labelled } from './labelled.tsx';
import type { Submit } from './submit.ts';

/** A field of one line. */
export function TextField({
  label,
  text,
  set,
  kind = 'text',
  autocomplete = 'off',
  hint,
  fault = null,
}: {
  readonly label: string;
  readonly text: string;
  readonly set: (text: string) => void;
  readonly kind?: 'text' | 'password';
  readonly autocomplete?: 'off' | 'username' | 'current-password' | 'new-password' | 'one-time-code';
  readonly hint?: string | undefined;
  readonly fault?: string | null;
}) {
  const onInput = (event: { readonly currentTarget: HTMLInputElement }) => set(event.currentTarget.value);
  return (
    <Labelled label={label} fault={fault} hint={hint}>
      {(ids) => {
        const own = { ...ids, value: text, onInput, autocomplete, 'aria-invalid': fault !== null };
        return kind === 'password' ? <input type="password" {...own} /> : <input type="text" {...own} />;
      }}
    </Labelled>
  );
}

/** The button that sends a form. */
export function SendButton({
  title,
  submit,
  tone = 'main',
}: {
  readonly title: string;
  readonly submit: Submit;
  readonly tone?: 'main' | 'bad';
}) {
  return (
    <button type="submit" class={tone} aria-busy={submit.isBusy}>
      {submit.isBusy ? '正在提交…' : title}
    </button>
  );
}
