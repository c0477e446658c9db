/** Random inputs that match a JSON schema: more often small than large, and instants near now. */
import fc from 'fast-check';
import { type Contract, type Operation, refName, type Schema } from './contract.ts';

/** An operation's input, split into the parts in which it is sent. */
export interface Input {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** Undefined when there is none. */
  readonly body: unknown;
}

/** Chooses values that a schema alone cannot give: existing ids, an instant near now. */
export interface Hints {
  /** The centre of chosen instants, in epoch milliseconds. */
  readonly nowMs: number;
  /**
   * A generator for a component, or for a property of this name without a component. Null for any value that matches.
   */
  readonly insteadOf?: (component: string) => fc.Arbitrary<unknown> | null;
}

const DAY_MS = 86_400_000;
const ITEMS_MAX = 3;
const CHARACTERS_MAX = 12;

function instants(name: string, { nowMs }: Hints): fc.Arbitrary<number> {
  const wide = fc.integer({ min: 0, max: 9_999_999_999_999 });
  const days = /until|end|expire/i.test(name)
    ? [1, 60]
    : /from|start|begin/i.test(name)
      ? [-30, -1]
      : [-30, 30];
  const [from = 0, to = 0] = days;
  const near = fc.integer({ min: from, max: to }).map((day) => nowMs + day * DAY_MS);
  return fc.oneof({ weight: 9, arbitrary: near }, { weight: 1, arbitrary: wide });
}

function integers(schema: Schema, name: string, hints: Hints): fc.Arbitrary<unknown> {
  if (/AtMs$/.test(name)) return instants(name, hints);
  const min =
    schema.minimum ?? (schema.exclusiveMinimum === undefined ? -1_000 : schema.exclusiveMinimum + 1);
  const max = schema.maximum ?? Math.max(min, 0) + 1_000_000;
  const small = fc.integer({ min, max: Math.min(max, Math.max(min, 0) + 20) });
  return fc.oneof({ weight: 3, arbitrary: small }, { weight: 1, arbitrary: fc.integer({ min, max }) });
}

const shaped = new Map<string, fc.Arbitrary<string>>();

/** Texts that match a pattern. One generator is made for each pattern, because making it is slow. */
function matching(pattern: string): fc.Arbitrary<string> {
  const made = shaped.get(pattern) ?? fc.stringMatching(new RegExp(pattern));
  shaped.set(pattern, made);
  return made;
}

function texts(schema: Schema): fc.Arbitrary<unknown> {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern, format } = schema;
  if (format === 'uri') {
    return matching('^[a-z]{1,8}$').map((word) => `https://media.example/${word}.png`);
  }
  const free = fc.string({
    unit: fc.constantFrom('知', '课', 'a', 'Z', '0', '9', '-', '_', '"', '\\', '<', '=', '😀'),
    minLength: Math.max(minLength, Math.min(1, maxLength)),
    maxLength: Math.min(maxLength, minLength + CHARACTERS_MAX),
  });
  if (pattern === undefined) return free;
  const regex = new RegExp(pattern, 'u');
  // Such a pattern excludes characters, so nearly every text matches. Any other pattern describes the whole text.
  if (pattern.startsWith('^[^')) return free.filter((text) => regex.test(text));
  return matching(pattern).filter((text) => regex.test(text) && text.length <= maxLength);
}

/**
 * Optional parts are mostly left out. If each were present half of the time, one of ten would be wrong and no call
 * would ever succeed.
 */
function seldom(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}

/** The record without its undefined values. */
function given<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

function objects(schema: Schema, contract: Contract, hints: Hints): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  if (Object.keys(properties).length === 0 && typeof additionalProperties === 'object') {
    const keys =
      schema.propertyNames === undefined
        ? fc.string({ minLength: 1, maxLength: 8 })
        : arbitraryOf(schema.propertyNames, contract, hints).map(String);
    return fc.dictionary(keys, arbitraryOf(additionalProperties, contract, hints), { maxKeys: ITEMS_MAX });
  }
  const fields = Object.entries(properties).map(([name, own]) => {
    const value = arbitraryOf(own, contract, hints, name);
    return [name, required.includes(name) ? value : seldom(value)] as const;
  });
  return fc.record(Object.fromEntries(fields), { noNullPrototype: true }).map(given);
}

function arrays(schema: Schema, contract: Contract, hints: Hints, name: string): fc.Arbitrary<unknown> {
  if (schema.prefixItems !== undefined) {
    return fc.tuple(...schema.prefixItems.map((item) => arbitraryOf(item, contract, hints, name)));
  }
  const { minItems = 0, maxItems = minItems + ITEMS_MAX } = schema;
  const maxLength = Math.min(maxItems, Math.max(minItems, 1) + ITEMS_MAX);
  const items = arbitraryOf(schema.items ?? {}, contract, hints, name);
  // Duplicates are refused nearly everywhere. Wrong inputs are made elsewhere.
  return fc.uniqueArray(items, { minLength: minItems, maxLength, selector: (item) => JSON.stringify(item) });
}

function ofType(
  type: string,
  schema: Schema,
  contract: Contract,
  hints: Hints,
  name: string,
): fc.Arbitrary<unknown> {
  switch (type) {
    case 'object':
      return objects(schema, contract, hints);
    case 'array':
      return arrays(schema, contract, hints, name);
    case 'integer':
      return integers(schema, name, hints);
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e6, max: schema.maximum ?? 1e6, noNaN: true });
    case 'string':
      return texts(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      throw new Error(`no values of type ${type}`);
  }
}

/** Values that match a schema. `name` is the property's name, which tells what an instant is for. */
export function arbitraryOf(
  given: Schema,
  contract: Contract,
  hints: Hints,
  name = '',
): fc.Arbitrary<unknown> {
  const hinted = hints.insteadOf?.(refName(given) ?? name) ?? null;
  if (hinted !== null) return hinted;
  const schema = contract.resolve(given);
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const branches = schema.oneOf ?? schema.anyOf;
  if (branches !== undefined)
    return fc.oneof(...branches.map((one) => arbitraryOf(one, contract, hints, name)));
  if (schema.type === undefined) return fc.jsonValue({ maxDepth: 1 });
  const types = typeof schema.type === 'string' ? [schema.type] : schema.type;
  return fc.oneof(...types.map((type) => ofType(type, schema, contract, hints, name)));
}

/** Inputs that match an operation's declaration. Bodies may have hints of their own. */
export function inputsOf(
  operation: Operation,
  contract: Contract,
  hints: Hints,
  inBody: Hints = hints,
): fc.Arbitrary<Input> {
  const partOf = (where: 'path' | 'query') => {
    const own = operation.parameters.filter((parameter) => parameter.in === where);
    const fields = own.map(({ name, required, schema }) => {
      const value = arbitraryOf(schema, contract, hints, name);
      return [name, required ? value : seldom(value)] as const;
    });
    return fc.record(Object.fromEntries(fields), { noNullPrototype: true }).map(given);
  };
  const { body } = operation;
  return fc.record({
    path: partOf('path').map((path) =>
      Object.fromEntries(Object.entries(path).map(([name, value]) => [name, String(value)])),
    ),
    query: partOf('query'),
    body: body === null ? fc.constant(undefined) : arbitraryOf(body, contract, inBody),
  });
}

/** A value as it stands in a query, where everything is text. */
export function wordOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

/** Percent-encoded. Half a surrogate pair is sent as the bytes of a careless encoder. */
function encoded(text: string): string {
  return text
    .split(/(\p{Surrogate})/u)
    .map((part) => (/^\p{Surrogate}$/u.test(part) ? '%ED%A0%80' : encodeURIComponent(part)))
    .join('');
}

/** The path and query of a request for this input. A list in the query repeats its parameter. */
export function targetOf({ path }: Operation, input: Input): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encoded(input.path[name] ?? ''));
  const pairs = Object.entries(input.query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${encoded(name)}=${encoded(wordOf(one))}`),
  );
  return pairs.length === 0 ? filled : `${filled}?${pairs.join('&')}`;
}
