import * as z from 'zod';
import { http, type Route } from '../../shared/function.ts';
import { endpointsOf } from '../../shared/runtime/endpoints.ts';
import { createRouter } from '../../shared/runtime/router.ts';
import { createWorld, type World } from '../support/world.ts';

const at = (route: Route) =>
  http(
    { route, auth: 'member', input: z.looseObject({}), output: z.object({}), errors: [] },
    async () => ({}),
  );

const functions = {
  listCourses: at('GET /api/courses'),
  searchCourses: at('GET /api/courses/search'),
  getCourse: at('GET /api/courses/{courseId}'),
  putCourse: at('PUT /api/courses/{courseId}'),
  getPart: at('GET /api/courses/{courseId}/parts/{partId}'),
  cancelOrder: at('POST /api/orders/{orderId}/cancel'),
};
const router = createRouter(endpointsOf(functions));
const named = (method: string, path: string) => {
  const { endpoint, params } = router.find(method, path);
  return { name: endpoint.name, params: { ...params } };
};

test.each([
  ['GET', '/api/courses', 'listCourses', {}],
  ['HEAD', '/api/courses', 'listCourses', {}],
  ['GET', '/api/courses/search', 'searchCourses', {}],
  ['GET', '/api/courses/prd_1', 'getCourse', { courseId: 'prd_1' }],
  ['PUT', '/api/courses/prd_1', 'putCourse', { courseId: 'prd_1' }],
  ['GET', '/api/courses/search/parts/2', 'getPart', { courseId: 'search', partId: '2' }],
  ['POST', '/api/orders/ord_1/cancel', 'cancelOrder', { orderId: 'ord_1' }],
])('%s %s is %s', (method, path, name, params) => {
  expect(named(method, path)).toEqual({ name, params });
});

test.each([
  '/api/courses/',
  '//api/courses',
  '/api//courses',
  '/API/courses',
  '/api/Courses',
  '/api/courses/.',
  '/api/courses/..',
  '/api/courses/prd%5f1',
  '/api/courses%2Fsearch',
  '/api/%63ourses',
  '/api/courses;x=1',
  '/api/courses/a b',
  '/api/courses/知',
  `/api/courses/${'x'.repeat(129)}`,
  '/api/courses/a/b',
  '/api',
  '/',
  '',
  'api/courses',
  'http://evil.example/api/courses',
  '*',
  '/__proto__',
  '/api/courses/prd_1\0',
  '/api/courses\\search',
])('route.not_found: "%s" is not there, like any other path that is not', (path) => {
  for (const method of ['GET', 'PUT', 'OPTIONS', 'TRACE']) {
    expect(named(method, path)).toEqual({ name: 'route.not_found', params: {} });
  }
});

describe('answers', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  const ask = (method: string, path: string) =>
    router.answer(
      { method, path, query: {}, headers: {}, rawBody: null, address: '203.0.113.1' },
      world.ports,
      router.find(method, path),
    );

  test('route.method_not_allowed: 405 says what is allowed, before it asks who calls', async () => {
    const answer = await ask('DELETE', '/api/courses/prd_1');
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('GET, PUT, HEAD, OPTIONS');
  });

  test('OPTIONS says what is allowed', async () => {
    const answer = await ask('OPTIONS', '/api/orders/x/cancel');
    expect(answer).toMatchObject({ status: 204, body: '', headers: { allow: 'POST, OPTIONS' } });
  });

  test('404 does not say whether a path with a trick in it would be there', async () => {
    const [unknown, tricked] = [await ask('GET', '/api/nothing'), await ask('GET', '/api/courses/')];
    const shape = ({ status, body }: { status: number; body: string | Uint8Array }) => ({
      status,
      error: JSON.parse(String(body)).error,
    });
    expect(shape(tricked)).toEqual(shape(unknown));
    expect(unknown.status).toBe(404);
  });
});

test('two functions with one route do not start', () => {
  expect(() => createRouter(endpointsOf({ one: at('GET /api/a/{x}'), two: at('GET /api/a/{y}') }))).toThrow(
    'two functions',
  );
});
