/** What a list asks for, of its address: filters, what is searched, and the page. */
import { cursorsOf, filterValue, type Place } from './address.ts';
import { type Field, fieldsOf, operationOf, typeOf } from './schema.ts';
import type { List, Thing } from './view.ts';

/** How many items a page of a list has. */
export const PAGE_SIZE = 20;

/** A filter: a field of what the operation takes, with its own title if it has one. */
export interface Filter extends Field {
  readonly title: string | null;
}

/** The filters of a list, with their types. */
export function filtersOf(list: List): readonly Filter[] {
  const fields = fieldsOf(operationOf(list.name).input);
  return list.filters.flatMap(({ of, title }) => {
    const field = fields.find(({ name }) => name === of);
    return field === undefined ? [] : [{ ...field, title }];
  });
}

/** What a filter says when the address does not: the first value of one that is a must. */
export function firstOf({ type }: Field): string {
  const read = typeOf(type);
  return read.kind === 'enum' && !read.isOptional ? String(read.values[0]) : '';
}

/** What stands in a filter. */
export function filterIn(field: Field, query: Place['query']): string {
  return query[field.name] ?? firstOf(field);
}

/** The operation to call, and what it takes. */
export interface ListCall {
  readonly name: List['name'];
  readonly input: Thing;
}

/**
 * What a list calls at an address; null while a filter that is a must is empty. `key` is what the list is about. Words
 * that are searched win over filters.
 */
export function callOf(list: List, query: Place['query'], key: string): ListCall | null {
  const { search } = list;
  const words = (query.q ?? '').trim();
  const cursor = cursorsOf(query).at(-1);
  const pageOf = (name: List['name']) => ({
    ...(takes(name, 'limit') && { limit: PAGE_SIZE }),
    ...(takes(name, 'cursor') && cursor !== undefined && { cursor }),
  });
  if (search !== null && words !== '') {
    const by = query.by ?? Object.keys(search.by)[0] ?? '';
    return { name: search.name, input: { ...search.input(by, words), ...pageOf(search.name) } };
  }
  const given = filtersOf(list).flatMap((field) => {
    const value = filterValue(field, filterIn(field, query).trim());
    return value === undefined ? [] : [[field.name, value] as const];
  });
  const input = { ...list.input(key), ...Object.fromEntries(given) };
  const isMissing = fieldsOf(operationOf(list.name).input).some(
    ({ name, type }) => !typeOf(type).isOptional && !(name in input),
  );
  return isMissing ? null : { name: list.name, input: { ...input, ...pageOf(list.name) } };
}

function takes(name: List['name'], field: string): boolean {
  return fieldsOf(operationOf(name).input).some((one) => one.name === field);
}
