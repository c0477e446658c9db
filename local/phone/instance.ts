/** Pages and components at work: their data, how it is set, and what observes it. */
import type { Data, Given, Instance, Part } from './live.ts';

/** Why something is refused that WeChat lets pass in silence. */
export class Strict extends Error {
  override readonly name = 'Strict';
}

/** The most that one `setData` may carry, in bytes of JSON. WeChat's own limit is four times as much. */
export const SET_BYTES_MAX = 256 * 1024;

const isObject = (value: unknown): value is Given => typeof value === 'object' && value !== null;

/** A copy, as it comes out on the other side. @throws Strict for what has no JSON */
export function copied(value: unknown, path: string): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Strict(`setData: ${path} is ${value}`);
    return value;
  }
  if (Array.isArray(value)) return value.map((one, at) => copied(one, `${path}[${at}]`));
  if (!isObject(value)) throw new Strict(`setData: ${path} is ${typeof value}`);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, copied(one, path === '' ? name : `${path}.${name}`)]),
  );
}

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length;

/** `a.b[2]` as its steps. @throws Strict for a path that is none */
export function stepsOf(path: string): (string | number)[] {
  if (!/^[\w$-]+(\.[\w$-]+|\[\d+\])*$/.test(path)) throw new Strict(`setData: “${path}” is no path`);
  return [...path.matchAll(/([\w$-]+)|\[(\d+)\]/g)].map(([whole, name]) =>
    whole.startsWith('[') ? Number(whole.slice(1, -1)) : (name ?? ''),
  );
}

/** The holder with a value put in, changed along the path only. */
function put(holder: unknown, [step, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (step === undefined) return value;
  if (typeof step === 'number') {
    const list = Array.isArray(holder) ? [...holder] : [];
    if (step > list.length) throw new Strict(`setData: item ${step} of a list of ${list.length}`);
    list[step] = put(list[step], rest, value);
    return list;
  }
  const fields = isObject(holder) && !Array.isArray(holder) ? holder : {};
  return { ...fields, [step]: put(fields[step], rest, value) };
}

/** Puts a patch into the data. Answers the changed fields and the bytes that went over. @throws Strict */
export function patched(instance: Instance, patch: Given): { fields: Set<string>; bytes: number } {
  const carried = copied(patch, '');
  if (!isObject(carried)) throw new Strict('setData takes an object');
  const bytes = bytesOf(carried);
  if (bytes > SET_BYTES_MAX) throw new Strict(`setData of ${bytes} bytes; the limit is ${SET_BYTES_MAX}`);
  const fields = new Set<string>();
  let data: unknown = instance.data;
  for (const [path, value] of Object.entries(carried)) {
    const steps = stepsOf(path);
    fields.add(String(steps[0]));
    data = put(data, steps, value);
  }
  setData(instance, data as Data);
  return { fields, bytes };
}

/** Makes these the data of an instance. `this.data` and `this.properties` are the same. */
export function setData(instance: Instance, data: Data): void {
  instance.data = data;
  instance.self.data = data;
  if (instance.part !== null) instance.self.properties = data;
}

/** The observers that run after these fields were set, with the values that they get. */
export function observersOf(instance: Instance, fields: ReadonlySet<string>): (() => void)[] {
  const { observers } = instance.options;
  if (!isObject(observers)) return [];
  return Object.entries(observers).flatMap(([names, observer]) => {
    const paths = names.split(',').map((name) => name.trim());
    const isMeant = paths.some((path) => path === '**' || fields.has(String(stepsOf(path)[0])));
    if (!isMeant || typeof observer !== 'function') return [];
    const values = () =>
      paths.map((path) =>
        path === '**'
          ? instance.data
          : stepsOf(path).reduce<unknown>((of, step) => (isObject(of) ? of[step] : undefined), instance.data),
      );
    return [() => void Reflect.apply(observer, instance.self, values())];
  });
}

const KINDS: ReadonlyMap<unknown, (value: unknown) => boolean> = new Map<
  unknown,
  (value: unknown) => boolean
>([
  [String, (value) => typeof value === 'string'],
  [Number, (value) => typeof value === 'number'],
  [Boolean, (value) => typeof value === 'boolean'],
  [Array, Array.isArray],
  [Object, (value) => value === null || (isObject(value) && !Array.isArray(value))],
]);

/** The declared properties of a component with their values when nothing is given. */
export function propertiesOf(options: Given): Readonly<Record<string, { type: unknown; value: unknown }>> {
  const { properties } = options;
  return isObject(properties)
    ? (properties as Readonly<Record<string, { type: unknown; value: unknown }>>)
    : {};
}

/** Attributes of a part that are no properties of its component. */
const OWN_ATTRIBUTES = /^(id|class|style|slot|hidden|hover-class|aria-[a-z]+)$/;

/** What a part's attributes give to its component. @throws Strict for an unknown property and for a wrong type */
export function givenTo(options: Given, { tag, drawn }: Part): Data {
  const properties = propertiesOf(options);
  const given: Data = {};
  for (const [name, value] of Object.entries(drawn.attributes)) {
    const property = properties[name];
    if (property === undefined) {
      if (OWN_ATTRIBUTES.test(name)) continue;
      throw new Strict(`<${tag}> has no property ${name}`);
    }
    const { type } = property;
    const isRight = KINDS.get(nameOfType(type)) ?? (() => true);
    if (value === undefined || !isRight(value)) {
      throw new Strict(`<${tag}> is given ${value === undefined ? 'undefined' : typeof value} as ${name}`);
    }
    given[name] = value;
  }
  return given;
}

/** The same constructor here, for one of the realm in which the mini-program runs. */
function nameOfType(type: unknown): unknown {
  const name = typeof type === 'function' ? type.name : '';
  return [String, Number, Boolean, Array, Object].find((one) => one.name === name) ?? null;
}
