/**
 * Reads the committed OpenAPI document as an outsider does: which operations there are, who may call them, their inputs
 * and answers.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ROOT } from '../../tools/sources.ts';

/** A JSON schema (2020-12), with the fields from which inputs are made. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly description?: string;
}

/** A parameter of the path or the query. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: Schema;
}

/**
 * Who may call: everybody; everybody, with or without a session; whoever is logged in; some staff; or a platform with a
 * signature.
 */
export type Access = 'public' | 'optional' | 'member' | 'staff' | 'platform';

/** One operation of the API. */
export interface Operation {
  readonly id: string;
  /** In upper case. */
  readonly method: string;
  /** With `{parameters}`. */
  readonly path: string;
  readonly access: Access;
  /** The permission that a member of staff needs; null when it is not for staff. */
  readonly action: string | null;
  readonly parameters: readonly Parameter[];
  /** Null when the operation has no body. */
  readonly body: Schema | null;
  /** The schema of each declared answer by status; null for one that is not always JSON. */
  readonly answers: ReadonlyMap<number, Schema | null>;
}

/** The document. */
export interface Contract {
  readonly operations: readonly Operation[];
  readonly components: Readonly<Record<string, Schema>>;
  /** The schema itself, with the component that it refers to put in its place. */
  resolve(schema: Schema): Schema;
}

const AnySchema = z.custom<Schema>((value) => typeof value === 'object' && value !== null);
const Content = z.record(z.string(), z.object({ schema: AnySchema.optional() }));
const Answer = z.object({ $ref: z.string().optional(), content: Content.optional() });
const DeclaredParameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean(),
  schema: AnySchema,
});
const Declared = z.object({
  operationId: z.string(),
  security: z.array(z.record(z.string(), z.unknown())),
  'x-staff-action': z.string().optional(),
  'x-caller': z.string().optional(),
  parameters: z.array(DeclaredParameter).optional(),
  requestBody: z.object({ content: Content }).optional(),
  responses: z.record(z.string(), Answer),
});
type Declared = z.infer<typeof Declared>;
const Document = z.object({
  paths: z.record(z.string(), z.record(z.string(), Declared)),
  components: z.object({ schemas: z.record(z.string(), AnySchema), responses: z.record(z.string(), Answer) }),
});
type Document = z.infer<typeof Document>;

const SCHEMAS = '#/components/schemas/';
const RESPONSES = '#/components/responses/';

/** The name of the component that a schema refers to, or null. */
export function refName({ $ref }: Schema): string | null {
  return $ref?.startsWith(SCHEMAS) ? $ref.slice(SCHEMAS.length) : null;
}

function accessOf(declared: Declared): Access {
  if (declared['x-caller'] !== undefined) return 'platform';
  if (declared['x-staff-action'] !== undefined) return 'staff';
  const { security } = declared;
  if (security.length === 0) return 'public';
  return security.some((one) => Object.keys(one).length === 0) ? 'optional' : 'member';
}

function jsonOf(content: z.infer<typeof Content> | undefined): Schema | null {
  return content?.['application/json']?.schema ?? null;
}

/** The parameters without headers, which only the signatures of platforms use. */
function parametersOf({ parameters = [] }: Declared): Parameter[] {
  return parameters.flatMap((one) => (one.in === 'header' ? [] : [{ ...one, in: one.in }]));
}

function answersOf({ responses }: Declared, { components }: Document): Map<number, Schema | null> {
  return new Map(
    Object.entries(responses).map(([status, answer]) => {
      const name = answer.$ref?.startsWith(RESPONSES) ? answer.$ref.slice(RESPONSES.length) : null;
      const own = name === null ? answer : components.responses[name];
      const isMixed = Object.keys(own?.content ?? {}).length > 1;
      return [Number(status), isMixed ? null : jsonOf(own?.content)];
    }),
  );
}

/** Reads an OpenAPI document, by default the committed one. */
export function readContract(text = readFileSync(join(ROOT, 'docs', 'openapi.json'), 'utf8')): Contract {
  const document = Document.parse(JSON.parse(text));
  const components = document.components.schemas;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, declared]) => ({
      id: declared.operationId,
      method: method.toUpperCase(),
      path,
      access: accessOf(declared),
      action: declared['x-staff-action'] ?? null,
      parameters: parametersOf(declared),
      body: jsonOf(declared.requestBody?.content),
      answers: answersOf(declared, document),
    })),
  );
  const resolve = (schema: Schema): Schema => {
    const name = refName(schema);
    if (name === null) return schema;
    const { $ref, ...beside } = schema;
    return { ...resolve(components[name] ?? {}), ...beside };
  };
  return { operations, components, resolve };
}
