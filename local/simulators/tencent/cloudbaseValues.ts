/**
 * The values of documents on the wire and in the simulator: canonical EJSON
 * (https://github.com/mongodb/specifications/blob/master/source/extended-json.rst) of the types that a client in
 * JavaScript sends.
 */

/** A document: texts, numbers, booleans, null, dates, lists, and objects of these. */
export type Document = Readonly<Record<string, unknown>>;

const INT32_MAX = 2 ** 31;

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Works for the key `__proto__` too, which an assignment would take for the prototype. */
function mapped(object: Document, change: (value: unknown) => unknown): Document {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

/** Reads a value of canonical EJSON that was parsed as JSON. @throws a plain Error for a type that it does not know */
export function decodedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decodedValue);
  if (!isPlain(value)) return value;
  const [[type, inner] = [], ...more] = Object.entries(value);
  if (more.length > 0 || type === undefined) return mapped(value, decodedValue);
  switch (type) {
    case '$numberInt':
    case '$numberLong':
    case '$numberDouble':
      return Number(inner);
    case '$date':
      return new Date(Number(decodedValue(inner)));
    case '$oid':
    case '$binary':
    case '$numberDecimal':
    case '$regularExpression':
      throw new Error(`the simulator does not know ${type}`);
    default:
      return mapped(value, decodedValue);
  }
}

/** The same value as canonical EJSON. */
export function encodedValue(value: unknown): unknown {
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || Object.is(value, -0) || !Number.isSafeInteger(value)) {
      return { $numberDouble: Object.is(value, -0) ? '-0.0' : String(value) };
    }
    return value >= -INT32_MAX && value < INT32_MAX
      ? { $numberInt: `${value}` }
      : { $numberLong: `${value}` };
  }
  if (value instanceof Date) return { $date: { $numberLong: `${value.getTime()}` } };
  if (Array.isArray(value)) return value.map(encodedValue);
  return isPlain(value) ? mapped(value, encodedValue) : value;
}

/**
 * The value with texts whose order in JavaScript is that of the database: by the bytes of their UTF-8. JavaScript
 * itself compares halves of surrogate pairs.
 */
export function comparable(value: unknown): unknown {
  if (typeof value === 'string') return Buffer.from(value).toString('latin1');
  if (Array.isArray(value)) return value.map(comparable);
  return isPlain(value) ? mapped(value, comparable) : value;
}
