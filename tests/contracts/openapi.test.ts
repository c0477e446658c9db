import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod';
import { callback, http } from '../../shared/function.ts';
import { PageSize, text } from '../../shared/schemas/base.ts';
import { type ContractSchemas, readContractSchemas } from '../../tools/contractSchemas.ts';
import { type Manifest, readManifest, routeOf } from '../../tools/manifest.ts';
import { openapi } from '../../tools/openapi.ts';

/**
 * What a validator says about each document. It runs in its own process, because it is ESM, which Jest does not run.
 */
function problemsOf(...documents: unknown[]): unknown {
  const program = join(__dirname, '..', 'support', 'lintOpenapi.mjs');
  return JSON.parse(
    execFileSync(process.execPath, [program], { input: JSON.stringify(documents), encoding: 'utf8' }),
  );
}

function manifestWith(own: Manifest['functions'][number]['own']): Manifest {
  const entry = {
    name: 'one',
    file: 'functions/orders/one.ts',
    area: 'orders' as const,
    summary: 'One.',
    details: '',
    own,
  };
  return { functions: [entry], events: [], units: [] };
}

describe('the OpenAPI document', () => {
  let schemas: ContractSchemas;
  beforeEach(async () => {
    schemas = await readContractSchemas();
  });

  test('is valid by the rules of the specification, and a fault in it would be seen', async () => {
    const document = openapi(await readManifest(), schemas);
    const dangling = { ...document, components: {} };
    const wrong = { ...document, paths: { '/api/x/{id}': { get: { responses: {} } } } };
    expect(problemsOf(document, dangling, wrong)).toEqual([
      [],
      expect.arrayContaining([expect.stringContaining("Can't resolve $ref")]),
      expect.arrayContaining([expect.stringContaining('path-parameters-defined')]),
    ]);
  });

  test('has every route, once', async () => {
    const manifest = await readManifest();
    const document = JSON.parse(JSON.stringify(openapi(manifest, schemas))) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const there = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => [operationId, method.toUpperCase(), path]),
    );
    const routed = manifest.functions.flatMap(({ name, own }) => {
      const route = routeOf(own);
      return route === null ? [] : [[name, route.method, route.path]];
    });
    expect(there.sort()).toEqual(routed.sort());
  });

  test('splits an input into path, query and body; a count in a query is a number', () => {
    const get = http(
      {
        route: 'GET /api/ones/{id}',
        auth: 'optional',
        input: z.strictObject({ id: text(10), limit: PageSize }),
        output: z.object({}),
        errors: ['order.not_found'],
      },
      async () => ({}),
    );
    const document = openapi(manifestWith(get), schemas);
    expect(document).toMatchObject({
      paths: {
        '/api/ones/{id}': {
          get: {
            security: [{ bearer: [] }, {}],
            parameters: [
              { name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 10 } },
              {
                name: 'limit',
                in: 'query',
                required: false,
                schema: { $ref: '#/components/schemas/PageSize' },
              },
            ],
            responses: { '404': { $ref: '#/components/responses/order.not_found' } },
          },
        },
      },
      components: { schemas: { PageSize: { type: 'integer', minimum: 1, maximum: 50 } } },
    });

    const patch = http(
      {
        route: 'PATCH /api/ones/{id}',
        auth: { may: 'course.create' },
        input: z.strictObject({ id: text(10), title: text(20).optional() }),
        output: z.object({}),
        errors: [],
      },
      async () => ({}),
    );
    expect(openapi(manifestWith(patch), schemas)).toMatchObject({
      paths: {
        '/api/ones/{id}': {
          patch: {
            'x-staff-action': 'course.create',
            parameters: [{ name: 'id', in: 'path' }],
            requestBody: {
              required: false,
              content: {
                'application/json': {
                  schema: {
                    type: 'object',
                    properties: { title: { type: 'string', maxLength: 20 } },
                    required: [],
                    additionalProperties: false,
                  },
                },
              },
            },
          },
        },
      },
    });
  });

  test('a callback says what it reads, and takes a body only where there is one', () => {
    const contract = { caller: 'a platform', errors: [], bodyBytesMax: 10, answers: ['text/plain'] } as const;
    const run = async () => ({ status: 200, body: '', contentType: 'text/plain' });
    const told = callback(
      { ...contract, route: 'POST /api/told', reads: { headers: ['X-Sign'] }, takes: ['text/xml'] },
      run,
    );
    const text = { schema: { type: 'string' } };
    expect(openapi(manifestWith(told), schemas)).toMatchObject({
      paths: {
        '/api/told': {
          post: {
            parameters: [{ name: 'X-Sign', in: 'header' }],
            requestBody: { content: { 'text/xml': text } },
            responses: { '200': { content: { 'text/plain': text } } },
          },
        },
      },
    });
    const checked = callback(
      { ...contract, route: 'GET /api/told', reads: { query: ['sign'] }, takes: [] },
      run,
    );
    const { paths } = openapi(manifestWith(checked), schemas);
    expect(paths).toMatchObject({ '/api/told': { get: { parameters: [{ name: 'sign', in: 'query' }] } } });
    expect(JSON.stringify(paths)).not.toContain('requestBody');
  });

  test('a parameter of the path that the input does not have is refused', () => {
    const own = http(
      {
        route: 'GET /api/ones/{id}',
        auth: 'public',
        input: z.strictObject({}),
        output: z.object({}),
        errors: [],
      },
      async () => ({}),
    );
    expect(() => openapi(manifestWith(own), schemas)).toThrow('{id} of the path is not in the input');
  });

  test('each declared error of each function is there with its sentence', async () => {
    const manifest = await readManifest();
    const text = JSON.stringify(openapi(manifest, schemas));
    for (const { own } of manifest.functions) {
      if (own.kind !== 'http' && own.kind !== 'callback') continue;
      for (const code of own.contract.errors) expect(text).toContain(`"${code}":{"value"`);
    }
  });
});
