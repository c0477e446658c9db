/** What stands around a control: its name, a hint, and what is wrong. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

/** The name of a field with its control, a hint, and what is wrong with it. */
export function Labelled({
  label,
  fault,
  hint,
  children,
}: {
  readonly label: string;
  readonly fault: string | null;
  readonly hint?: string | undefined;
  readonly children: (ids: {
    readonly id: string;
    readonly 'aria-describedby'?: string;
  }) => ComponentChildren;
}) {
  const id = useId();
  const described = fault === null && hint === undefined ? {} : { 'aria-describedby': `${id}-says` };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, ...described })}
      <div id={`${id}-says`} class={fault === null ? 'hint' : 'fault'}>
        {fault ?? hint ?? ''}
      </div>
    </div>
  );
}
