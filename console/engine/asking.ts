/**
 * What an action asks, and what it sends: what is there is given, an id of something new is made, the rest is asked.
 */
import { type Fault, formedFields, type Typed } from './form.ts';
import { type KeptIds, madeFields } from './ids.ts';
import { type Field, fieldsOf, operationOf } from './schema.ts';
import type { Action, Thing } from './view.ts';

/** The fields of a dialog, and how its input is put together. */
export interface Asking {
  readonly fields: readonly Field[];
  readonly given: Thing;
  /** What the made ids are for. The same thing asked again has the same ids. */
  readonly purpose: string;
}

/** What an action asks of a thing. */
export function askingOf(action: Action, thing: Thing): Asking {
  const operation = operationOf(action.name);
  const given = action.given(thing);
  const made = madeFields(operation);
  const open = fieldsOf(operation.input).filter(({ name }) => !(name in given) && !(name in made));
  const fields =
    action.asks === null
      ? open
      : action.asks.flatMap((name) => open.find((field) => field.name === name) ?? []);
  return { fields, given, purpose: `${action.name} ${JSON.stringify(given)} ` };
}

/** The input to send, or what is wrong with what was typed. */
export function inputOf(
  action: Action,
  asking: Asking,
  typed: Readonly<Record<string, Typed>>,
  ids: KeptIds,
): { readonly input: Thing } | { readonly faults: readonly Fault[] } {
  const formed = formedFields(asking.fields, typed);
  if ('faults' in formed) return formed;
  const made = Object.entries(madeFields(operationOf(action.name)))
    .filter(([name]) => !(name in asking.given))
    .map(([name, prefix]) => [name, ids.keep(`${asking.purpose}${name}`, prefix)] as const);
  return { input: { ...asking.given, ...Object.fromEntries(made), ...Object(formed.value) } };
}

/** Refusals after which an id is used up: it stands for something else by now. */
export function usesUpIds(code: string): boolean {
  return code.endsWith('_taken');
}
