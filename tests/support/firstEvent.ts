import { type Manifest, routeOf } from '../../tools/manifest.ts';

/** An event for such a unit, in the platform's format: a request for its first route, a schedule or a ring. */
export function firstEventFor({ functions }: Pick<Manifest['units'][number], 'functions'>): unknown {
  const [first] = functions;
  const route = first === undefined ? null : routeOf(first.own);
  if (route !== null) {
    const headers = { 'content-type': 'application/json', 'x-scf-remote-addr': '203.0.113.9' };
    return {
      httpMethod: route.method,
      path: route.path.replace(/\{\w+\}/g, 'x'),
      headers,
      queryString: {},
      body: '',
    };
  }
  return first?.own.kind === 'timer'
    ? { Type: 'Timer', TriggerName: first.name, Time: '2026-11-22T00:00:00Z', Message: '' }
    : { Records: [{ CMQ: { type: 'topic', msgBody: '{"eventId":"order.paid:x"}' } }] };
}
