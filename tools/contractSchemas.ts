/** Converts zod schemas to JSON Schema (2020-12). The schemas of `shared/schemas` become named components. */
import { basename, join } from 'node:path';
import * as z from 'zod';
import { filesBelow, ROOT, readSource } from './sources.ts';

/** A JSON schema, with the fields that the generators read. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

const REF = '#/components/schemas/';

/** The component that a schema refers to, or null. */
export function refName(schema: JsonSchema): string | null {
  return schema.$ref?.startsWith(REF) ? schema.$ref.slice(REF.length) : null;
}

/** A schema that refers to a component. */
export function refTo(name: string): JsonSchema {
  return { $ref: `${REF}${name}` };
}

interface Names {
  readonly registry: z.core.$ZodRegistry<{ id: string; description?: string }>;
  readonly owners: Map<string, string>;
}

async function addNamesOf(path: string, { registry, owners }: Names): Promise<void> {
  const exports: Readonly<Record<string, unknown>> = await import(join(ROOT, path));
  for (const { name, kind, doc } of readSource(path).exports) {
    const schema = exports[name];
    if (kind !== 'value' || !(schema instanceof z.ZodType)) continue;
    const owner = owners.get(name);
    if (owner !== undefined) throw new Error(`${name} is a schema in ${owner} and in ${path}`);
    owners.set(name, path);
    // A schema exported under two names keeps the first.
    if (registry.has(schema)) continue;
    registry.add(schema, doc === null ? { id: name } : { id: name, description: doc.replace(/\s+/g, ' ') });
  }
}

function rewriteRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewriteRefs);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    key === '$ref' && typeof inner === 'string' ? inner.replace('#/$defs/', REF) : rewriteRefs(inner),
  ]);
  return Object.fromEntries(entries);
}

type Override = NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>;

/**
 * Differences from zod's own JSON Schema. A text that is parsed as a number is described as that number. Only a strict
 * object is closed, because an answer may get new fields. The limits of a double are left out.
 */
const override: Override = ({ zodSchema, jsonSchema }) => {
  const { def } = zodSchema._zod;
  if (def.type === 'pipe' && def.out._zod.def.type === 'number') {
    for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
    const { $schema, ...number } = z.toJSONSchema(def.out);
    Object.assign(jsonSchema, number);
  }
  if (def.type === 'object' && def.catchall === undefined) delete jsonSchema.additionalProperties;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
};

/** Turns schemas into JSON Schema and collects the components they use. */
export class ContractSchemas {
  readonly #names: Names;
  readonly #components = new Map<string, JsonSchema>();

  constructor(names: Names) {
    this.#names = names;
  }

  /** The JSON schema of a zod schema. @throws Error when one component would differ between input and output */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { registry } = this.#names;
    const { $schema, $defs, ...own } = z.toJSONSchema(schema, { io, metadata: registry, override });
    for (const [name, component] of Object.entries($defs ?? {})) {
      const one = rewriteRefs(component) as JsonSchema;
      const before = this.#components.get(name);
      if (before !== undefined && JSON.stringify(before) !== JSON.stringify(one)) {
        throw new Error(`${name} is one thing when it is sent and another when it is answered`);
      }
      this.#components.set(name, one);
    }
    return rewriteRefs(own) as JsonSchema;
  }

  /** The schema itself, or the component that it refers to. */
  resolve(schema: JsonSchema): JsonSchema {
    const name = refName(schema);
    return name === null ? schema : (this.#components.get(name) ?? schema);
  }

  /** Every component used so far, by name. */
  components(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.#components].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** Reads the schema names of `shared/schemas`. @throws Error when two schemas have the same name */
export async function readContractSchemas(): Promise<ContractSchemas> {
  const names: Names = { registry: z.registry(), owners: new Map() };
  const files = filesBelow('shared/schemas').filter((path) => !basename(path).startsWith('.'));
  for (const path of files) await addNamesOf(path, names);
  return new ContractSchemas(names);
}
