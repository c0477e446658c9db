/** The fields of a type as an editor asks them. */
import '../engine/askedSchema.ts';
import { type Field, fieldsOf } from '../engine/schema.ts';

/** Each has a value here, so none is left out. */
export function editedFields(type: string, without: readonly string[]): readonly Field[] {
  return fieldsOf(type)
    .filter(({ name }) => !without.includes(name))
    .map((field) => ({ ...field, type: field.type.replace(/\?$/, '') }));
}
