/** The OpenAPI 3.1 document of every HTTP function and callback. */
import { type ErrorCode, errors } from '../shared/errors.ts';
import type { CallbackFunction, HttpFunction } from '../shared/function.ts';
import { areas } from './areas.ts';
import { errorsOf } from './contractErrors.ts';
import { type ContractSchemas, type JsonSchema, refTo } from './contractSchemas.ts';
import { type FunctionEntry, type Manifest, routeOf } from './manifest.ts';

type Json = Readonly<Record<string, unknown>>;

const EXAMPLE_REQUEST_ID = 'req_01JD000000000000000000000A';

const FAILURE: JsonSchema = {
  type: 'object',
  description: 'An error: `message` is for the user, `code` for the program.',
  properties: {
    requestId: { type: 'string' },
    error: {
      type: 'object',
      properties: {
        code: { type: 'string' },
        message: { type: 'string' },
        params: { type: 'object', additionalProperties: true },
      },
      required: ['code', 'message', 'params'],
    },
  },
  required: ['requestId', 'error'],
};

const PLATFORM_FAILURE: JsonSchema = {
  type: 'object',
  description: 'An error in the form that the calling platform reads.',
  properties: { code: { const: 'FAIL' }, message: { type: 'string' } },
  required: ['code', 'message'],
};

/** Error answers of one shape. Each set of codes becomes one component, named after its codes. */
interface FailureShape {
  readonly prefix: string;
  readonly schemaOf: (codes: readonly ErrorCode[]) => JsonSchema;
  readonly exampleOf: (code: ErrorCode) => Json;
}

const OWN_SHAPE: FailureShape = {
  prefix: '',
  schemaOf: (codes) => ({
    allOf: [
      refTo('Failure'),
      { type: 'object', properties: { error: { type: 'object', properties: { code: { enum: codes } } } } },
    ],
  }),
  exampleOf: (code) => ({
    requestId: EXAMPLE_REQUEST_ID,
    error: { code, message: errors[code].message, params: {} },
  }),
};

const PLATFORM_SHAPE: FailureShape = {
  prefix: 'platform.',
  schemaOf: () => refTo('PlatformFailure'),
  exampleOf: (code) => ({ code: 'FAIL', message: errors[code].message }),
};

/**
 * The failures of one function by status, as references. The components that they refer to are added to `responses`.
 */
function failures(
  codes: readonly ErrorCode[],
  shape: FailureShape,
  responses: Map<string, Json>,
): Record<string, Json> {
  const byStatus: Record<string, Json> = {};
  for (const status of new Set(codes.map((code) => errors[code].status))) {
    const those = codes.filter((code) => errors[code].status === status);
    const name = `${shape.prefix}${those.join('-')}`;
    responses.set(name, {
      description: those.map((code) => `\`${code}\` ${errors[code].message}`).join('; '),
      content: {
        'application/json': {
          schema: shape.schemaOf(those),
          examples: Object.fromEntries(those.map((code) => [code, { value: shape.exampleOf(code) }])),
        },
      },
    });
    byStatus[status] = { $ref: `#/components/responses/${name}` };
  }
  return byStatus;
}

/** The parts of the input: path parameters, then query parameters for a GET or DELETE, otherwise the body. */
function partsOf(entry: FunctionEntry, own: HttpFunction, schemas: ContractSchemas): Json {
  const route = routeOf(own);
  const input = schemas.of(own.contract.input, 'input');
  const { properties = {}, required = [], ...rest } = schemas.resolve(input);
  const inPath = [...(route?.path ?? '').matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const lost = inPath.find((name) => !(name in properties));
  if (lost !== undefined) throw new Error(`${entry.name}: {${lost}} of the path is not in the input`);

  const isQuery = route?.method === 'GET' || route?.method === 'DELETE';
  const others = Object.entries(properties).filter(([name]) => !inPath.includes(name));
  const parameter = (name: string, where: 'path' | 'query') => ({
    name,
    in: where,
    required: required.includes(name),
    schema: properties[name],
  });
  const parameters = [
    ...inPath.map((name) => parameter(name, 'path')),
    ...(isQuery ? others.map(([name]) => parameter(name, 'query')) : []),
  ];
  const requiredInBody = required.filter((name) => !inPath.includes(name));
  const body =
    inPath.length === 0
      ? input
      : { ...rest, properties: Object.fromEntries(others), required: requiredInBody };
  return {
    ...(parameters.length > 0 && { parameters }),
    ...(!isQuery &&
      others.length > 0 && {
        requestBody: {
          required: requiredInBody.length > 0,
          content: { 'application/json': { schema: body } },
        },
      }),
  };
}

function securityOf({ contract }: HttpFunction): Json {
  if (contract.auth === 'public') return { security: [] };
  if (contract.auth === 'optional') return { security: [{ bearer: [] }, {}] };
  if (contract.auth === 'member') return { security: [{ bearer: [] }] };
  const { may, secondFactor } = contract.auth;
  return {
    security: [{ bearer: [] }],
    'x-staff-action': may,
    ...(secondFactor !== 'shows' && { 'x-second-factor': secondFactor ?? 'shown' }),
  };
}

function httpOperation(own: HttpFunction, entry: FunctionEntry, schemas: ContractSchemas): Json {
  const { contentType } = own.contract;
  if (contentType !== undefined) {
    const content = { [contentType]: { schema: { type: 'string' } } };
    const responses = { '200': { description: 'The file.', content } };
    return { ...securityOf(own), ...partsOf(entry, own, schemas), responses };
  }
  const envelope = {
    type: 'object',
    properties: { requestId: { type: 'string' }, data: schemas.of(own.contract.output, 'output') },
    required: ['requestId', 'data'],
  };
  return {
    ...securityOf(own),
    ...partsOf(entry, own, schemas),
    responses: {
      '200': { description: 'Done.', content: { 'application/json': { schema: envelope } } },
    },
  };
}

function contentOf(types: readonly string[]): Json {
  const schemaOf = (type: string) => ({ type: type === 'application/json' ? 'object' : 'string' });
  return Object.fromEntries(types.map((type) => [type, { schema: schemaOf(type) }]));
}

function callbackOperation(own: CallbackFunction): Json {
  const { caller, reads, takes, answers } = own.contract;
  const parameter = (name: string, where: 'query' | 'header') => ({
    name,
    in: where,
    required: false,
    schema: { type: 'string' },
  });
  const parameters = [
    ...(reads.query ?? []).map((name) => parameter(name, 'query')),
    ...(reads.headers ?? []).map((name) => parameter(name, 'header')),
  ];
  return {
    security: [],
    'x-caller': caller,
    ...(parameters.length > 0 && { parameters }),
    ...(takes.length > 0 && { requestBody: { required: true, content: contentOf(takes) } }),
    responses: {
      '200': { description: `Accepted. ${caller} does not need to repeat it.`, content: contentOf(answers) },
    },
  };
}

function operationOf(entry: FunctionEntry, schemas: ContractSchemas, responses: Map<string, Json>): Json {
  const { own } = entry;
  if (own.kind !== 'http' && own.kind !== 'callback') throw new Error(`${entry.name} has no route`);
  const operation = own.kind === 'http' ? httpOperation(own, entry, schemas) : callbackOperation(own);
  const shape = own.kind === 'http' ? OWN_SHAPE : PLATFORM_SHAPE;
  return {
    operationId: entry.name,
    tags: [areas[entry.area].title],
    summary: entry.summary,
    ...(entry.details !== '' && { description: entry.details }),
    ...operation,
    responses: { ...(operation.responses as Json), ...failures(errorsOf(own), shape, responses) },
  };
}

/** The whole document. Paths are in the order of their functions' names, components by name. */
export function openapi(manifest: Manifest, schemas: ContractSchemas): Json {
  const paths: Record<string, Record<string, Json>> = {};
  const responses = new Map<string, Json>();
  for (const entry of manifest.functions) {
    const route = routeOf(entry.own);
    if (route === null) continue;
    const methods = paths[route.path] ?? {};
    methods[route.method.toLowerCase()] = operationOf(entry, schemas, responses);
    paths[route.path] = methods;
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Zhike 知课',
      version: '1',
      description:
        'Money is integer fen in fields that end in `Fen`; instants are epoch milliseconds in fields that end in ' +
        '`AtMs`. Every answer is `{ requestId, data }` or `{ requestId, error: { code, message, params } }`.',
      license: { name: 'UNLICENSED', identifier: 'LicenseRef-UNLICENSED' },
    },
    servers: [{ url: '/' }],
    tags: Object.values(areas).map(({ title, chinese, about }) => ({
      name: title,
      description: `${chinese}: ${about}`,
    })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The token that a login answers.' },
      },
      schemas: { ...schemas.components(), Failure: FAILURE, PlatformFailure: PLATFORM_FAILURE },
      responses: Object.fromEntries([...responses].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}
