/** Judges inputs and answers by the OpenAPI document. */

import type { ValidateFunction } from 'ajv/dist/2020.js';
import Ajv from 'ajv/dist/2020.js';
import { type Input, wordOf } from './arbitrary.ts';
import type { Contract, Operation, Schema } from './contract.ts';

/** An answer as it came. */
export interface Answered {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Text that only the inside of the server can produce. */
const INSIDE =
  /\n\s+at |node_modules|[\w/]\.(ts|js):\d+|SQLITE|libsql|TypeError|RangeError|ReferenceError|ZodError/;

/** Signs of the inside in a text, such as a stack, a path or an engine's words; null when there are none. */
export function insideIn(text: string): string | null {
  return INSIDE.exec(text)?.[0] ?? null;
}

/** The same schema with closed objects: only the named fields are allowed. A part of an `allOf` stays open. */
function closed(schema: unknown, isPart = false): unknown {
  if (Array.isArray(schema)) return schema.map((one) => closed(one, isPart));
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [
    key,
    key === 'const' || key === 'enum' ? value : closed(value, isPart || key === 'allOf'),
  ]);
  const own: Record<string, unknown> = Object.fromEntries(entries);
  const isNamed = own.type === 'object' && 'properties' in own && !('additionalProperties' in own);
  return isNamed && !isPart ? { ...own, additionalProperties: false } : own;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const DIGITS = /^[0-9]{1,15}$/;

/** Judges by the contract. */
export class Judge {
  readonly #contract: Contract;
  readonly #ajv: Ajv;
  /** The compiled validators, by purpose and by the schema's text. */
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(contract: Contract) {
    this.#contract = contract;
    // Most schemas check only a few values, so nearly all of their cost is compiling. It is not optimised.
    const code = { optimize: false };
    this.#ajv = new Ajv({ strict: false, validateFormats: false, allErrors: false, inlineRefs: false, code });
    this.#ajv.addSchema({ $id: 'sent:', components: { schemas: contract.components } });
    this.#ajv.addSchema({ $id: 'answered:', components: { schemas: closed(contract.components) } });
  }

  #validator(key: string, from: 'sent:' | 'answered:', schema: Schema): ValidateFunction {
    const before = this.#validators.get(key);
    if (before !== undefined) return before;
    const own = from === 'answered:' ? closed(schema) : schema;
    const text = JSON.stringify(own).replaceAll('"#/components/', `"${from}#/components/`);
    // A schema that many operations share is compiled once.
    const validator = this.#validators.get(text) ?? this.#ajv.compile(JSON.parse(text));
    this.#validators.set(text, validator);
    this.#validators.set(key, validator);
    return validator;
  }

  /** A parameter as a server reads it: a number where digits are sent for one, a list where one is declared. */
  #read(type: Schema['type'], sent: unknown): unknown {
    const words = (Array.isArray(sent) ? sent : [sent]).map(wordOf);
    const [word = ''] = words;
    if (type === 'array' || words.length > 1) return words;
    return type === 'integer' && DIGITS.test(word) ? Number(word) : word;
  }

  /**
   * Whether the document allows this input. A rule that it cannot express, such as the order of two instants, counts as
   * met.
   */
  allows(operation: Operation, { path, query, body }: Input): boolean {
    const { id, parameters } = operation;
    for (const { name, in: where, required, schema } of parameters) {
      const sent = where === 'path' ? path[name] : query[name];
      if (sent === undefined) {
        if (required) return false;
        continue;
      }
      const value = this.#read(this.#contract.resolve(schema).type, sent);
      if (!this.#validator(`${id} ${name}`, 'sent:', schema)(value)) return false;
    }
    const inQuery = new Set(parameters.filter((one) => one.in === 'query').map(({ name }) => name));
    if (Object.keys(query).some((name) => !inQuery.has(name))) return false;
    if (operation.body === null) return body === undefined || JSON.stringify(body) === '{}';
    return this.#validator(`${id} body`, 'sent:', operation.body)(body === undefined ? {} : body);
  }

  /** What is wrong with an answer: an undeclared status, a wrong shape, a server error, or signs of the inside. */
  wrongWith(operation: Operation, { status, headers, text }: Answered): string[] {
    const wrong: string[] = [];
    if (status >= 500) wrong.push(`${status} ${text.slice(0, 200)}`);
    const inside = insideIn(text);
    if (inside !== null) wrong.push(`the answer shows the inside: ${JSON.stringify(inside)}`);
    const schema = operation.answers.get(status);
    if (schema === undefined) return [...wrong, `${status} is not declared: ${text.slice(0, 200)}`];
    if (schema === null) return wrong;
    if (!(headers['content-type'] ?? '').startsWith('application/json')) {
      return [...wrong, `${status} is declared as JSON and comes as ${headers['content-type']}`];
    }
    const validator = this.#validator(`${operation.id} ${status}`, 'answered:', schema);
    if (!validator(parsed(text))) {
      wrong.push(
        `${status} is not as declared: ${this.#ajv.errorsText(validator.errors)}: ${text.slice(0, 300)}`,
      );
    }
    return wrong;
  }
}
