/** The kinds of ids: how each looks, which only their owner sees, and where an input has one. */
import type { Input } from './arbitrary.ts';
import { type Contract, type Operation, refName, type Schema } from './contract.ts';

/** A pattern that finds a component's ids in a text; null when they cannot be told from other words. */
function shapeOf(schema: Schema | undefined): RegExp | null {
  const pattern = schema?.pattern;
  if (pattern === undefined || !/^\^[a-z]{3}_/.test(pattern)) return null;
  return new RegExp(`(?<![0-9A-Za-z_])${pattern.replace(/^\^|\$$/g, '')}(?![0-9A-Za-z_])`, 'g');
}

/** The patterns of all kinds of ids, by component. */
export function idShapes({ components }: Contract): ReadonlyMap<string, RegExp> {
  const shapes = new Map<string, RegExp>();
  for (const [name, schema] of Object.entries(components)) {
    const shape = shapeOf(schema);
    if (shape !== null) shapes.set(name, shape);
  }
  return shapes;
}

/** Every component that a schema refers to, at any depth. */
function componentsIn(schema: unknown, contract: Contract, found = new Set<string>()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return found;
  if ('$ref' in schema && typeof schema.$ref === 'string') {
    const name = refName({ $ref: schema.$ref });
    if (name !== null && !found.has(name)) {
      found.add(name);
      componentsIn(contract.components[name], contract, found);
    }
  }
  for (const inner of Object.values(schema)) componentsIn(inner, contract, found);
  return found;
}

/** The kinds of ids that only their owner sees, so no answer for everybody may contain one. */
export function privateKinds(contract: Contract): ReadonlySet<string> {
  const shown = new Set<string>();
  for (const { access, method, answers } of contract.operations) {
    const isForAll = method === 'GET' && (access === 'public' || access === 'optional');
    if (isForAll) for (const name of componentsIn(answers.get(200), contract)) shown.add(name);
  }
  return new Set([...idShapes(contract).keys()].filter((name) => !shown.has(name)));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same input with this id at every place for its kind; null when there is no such place. */
export function withId(
  operation: Operation,
  contract: Contract,
  input: Input,
  kind: string,
  id: string,
): Input | null {
  let isIn = false;
  const put = (schema: Schema, value: unknown): unknown => {
    const branches = [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
    if (branches.some((one) => refName(one) === kind)) {
      isIn = true;
      return id;
    }
    const own = contract.resolve(schema);
    if (Array.isArray(value)) return value.map((item) => put(own.items ?? {}, item));
    if (!isRecord(value) && own.properties === undefined) return value;
    const before = isRecord(value) ? value : {};
    const names = new Set([...Object.keys(before), ...Object.keys(own.properties ?? {})]);
    const entries = [...names].map(
      (name) => [name, put(own.properties?.[name] ?? {}, before[name])] as const,
    );
    const given = entries.filter(([, inner]) => inner !== undefined);
    return value === undefined && given.length === 0 ? undefined : Object.fromEntries(given);
  };
  const path: Record<string, string> = { ...input.path };
  const query: Record<string, unknown> = { ...input.query };
  for (const { name, in: where, schema } of operation.parameters) {
    if (where === 'path') path[name] = String(put(schema, input.path[name]));
    else if (query[name] !== undefined || refName(schema) === kind) query[name] = put(schema, query[name]);
  }
  const body = operation.body === null ? input.body : put(operation.body, input.body);
  return isIn ? { path, query, body } : null;
}
