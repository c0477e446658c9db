/** A native field of one line. */

/** What ties a control to its name and to what is said about it. */
export interface Control {
  readonly id?: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: boolean;
  readonly 'aria-required'?: boolean;
  readonly 'aria-label'?: string;
  readonly class?: string;
  readonly maxLength?: number;
  readonly placeholder?: string;
  readonly inputMode?: 'decimal' | 'text';
  readonly onBlur?: () => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
}

/** What kind of field: a text, a day, or a day with its time. */
export type InputKind = 'text' | 'date' | 'datetime-local';

/** The field. `set` gets every change. */
export function Input({
  kind = 'text',
  text,
  set,
  control,
}: {
  readonly kind?: InputKind;
  readonly text: string;
  readonly set: (text: string) => void;
  readonly control: Control;
}) {
  const own = { ...control, value: text, autocomplete: 'off' as const };
  const onInput = (event: { readonly currentTarget: HTMLInputElement }) => set(event.currentTarget.value);
  if (kind === 'date') return <input type="date" onInput={onInput} {...own} />;
  if (kind === 'datetime-local') return <input type="datetime-local" onInput={onInput} {...own} />;
  return <input type="text" onInput={onInput} {...own} />;
}
