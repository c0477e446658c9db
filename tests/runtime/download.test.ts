import { request } from 'node:http';
import * as z from 'zod';
import { logout } from '../../functions/identity/logout.ts';
import * as users from '../../shared/data/identity/users.ts';
import { fail } from '../../shared/errors.ts';
import { type AnyFunction, download } from '../../shared/function.ts';
import { endpointsOf } from '../../shared/runtime/endpoints.ts';
import { type Served, serve } from '../../shared/runtime/node.ts';
import { unit } from '../../shared/runtime/scf.ts';
import { DAY_MS } from '../../shared/schemas/base.ts';
import type { User } from '../../shared/schemas/identity/user.ts';
import * as samples from '../fixtures/platform.events.json';
import { givenChanged } from '../support/given/changed.ts';
import { storedIn } from '../support/given/order.ts';
import { givenStaff, type Staff } from '../support/given/staff.ts';
import { late } from '../support/late.ts';
import { createWorld, type World } from '../support/world.ts';

/** A file of `pieces` pieces with 10,000 letters each, with a count of the pieces made so far. */
function fileOf(pieces: number, failAfter = Number.POSITIVE_INFINITY) {
  const seen = { made: 0, isEnded: false };
  async function* chunks() {
    try {
      for (let index = 0; index < pieces; index += 1) {
        if (index === failAfter) throw new TypeError('canary');
        seen.made += 1;
        yield String(index % 10).repeat(10_000);
      }
    } finally {
      seen.isEnded = true;
    }
  }
  const own = download(
    {
      route: 'GET /api/file',
      auth: 'public',
      input: z.strictObject({}),
      contentType: 'text/plain; charset=utf-8',
      errors: ['course.not_found'],
    },
    async () => {
      if (pieces === 0) throw fail('course.not_found');
      return { fileName: 'file.txt', chunks: chunks() };
    },
  );
  return { seen, own };
}

let world: World;
let served: Served | null;
beforeEach(async () => {
  world = await createWorld();
  served = null;
});
afterEach(async () => {
  await served?.close();
  await world.close();
});

async function serving(own: AnyFunction): Promise<string> {
  served = await serve(endpointsOf({ own }), world.ports, { port: 0 });
  return `${served.url}/api/file`;
}

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('a file over HTTP', () => {
  test('comes whole, under its name, and says its request’s id', async () => {
    const { own } = fileOf(50);
    const answer = await fetch(await serving(own));
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="file.txt"');
    expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
    expect(await answer.text()).toHaveLength(500_000);
  });

  test('is made no faster than it is taken, and no further once nobody takes it', async () => {
    const { own, seen } = fileOf(100_000);
    const url = await serving(own);
    await new Promise<void>((resolve, reject) => {
      const asked = request(url, async (incoming) => {
        // The client reads nothing, so only what fits into the buffers was made.
        await turns(2_000);
        const made = seen.made;
        await turns(2_000);
        expect(made).toBeLessThan(5_000);
        expect(seen.made).toBe(made);
        incoming.destroy();
        asked.destroy();
        while (!seen.isEnded) await turns(1);
        resolve();
      });
      asked.on('error', (caught) => (seen.isEnded ? undefined : reject(caught)));
      asked.end();
    });
    expect(seen.made).toBeLessThan(5_000);
  });

  test('that cannot be made to its end is cut off and never looks whole, and the log says why', async () => {
    const { own } = fileOf(50, 20);
    const answer = await fetch(await serving(own));
    await expect(answer.text()).rejects.toThrow();
    expect(world.logs).toContainEqual(
      expect.objectContaining({ level: 'error', function: 'own', cutOff: true }),
    );
  });

  test('that is refused is an error like any other', async () => {
    const answer = await fetch(await serving(fileOf(0).own));
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: { code: 'course.not_found' } });
  });

  test('is not made for HEAD', async () => {
    const { own, seen } = fileOf(50);
    const answer = await fetch(await serving(own), { method: 'HEAD' });
    expect([answer.status, await answer.text(), seen.made]).toEqual([200, '', 0]);
  });
});

describe('a file that takes long', () => {
  const PIECES = 20;
  let staff: Staff;
  let made: number;
  beforeEach(async () => {
    staff = await givenStaff(world, 'finance');
    made = 0;
  });

  /** A file whose pieces take two seconds each. `happens` runs before the fifth. */
  const slow = (auth: 'member' | { readonly may: 'export.create' }, happens: () => Promise<unknown>) => {
    async function* chunks() {
      for (let index = 0; index < PIECES; index += 1) {
        if (index === 4) await happens();
        world.clock.advance(2_000);
        made += 1;
        yield String(index % 10).repeat(10_000);
      }
    }
    return download(
      { route: 'GET /api/file', auth, input: z.strictObject({}), contentType: 'text/plain', errors: [] },
      async () => ({ fileName: 'file.txt', chunks: chunks() }),
    );
  };
  const nothing = async () => undefined;
  const get = async (own: AnyFunction, { token }: { readonly token: string } = staff) =>
    fetch(await serving(own), { headers: { authorization: `Bearer ${token}` } });
  const cutOff = () => storedIn(world, 'audit');
  const change = (changes: Partial<User>) => givenChanged(world, users, staff.userId, changes);

  test('comes whole for who may have it all the time', async () => {
    const answer = await get(slow({ may: 'export.create' }, nothing));
    expect([(await answer.text()).length, await cutOff()]).toEqual([PIECES * 10_000, []]);
  });

  test.each<[string, string, () => Promise<unknown>]>([
    ['whose session ended', 'auth.required', () => world.call(logout, {}, staff)],
    ['whose sessions all ended', 'auth.required', () => change({ sessionGeneration: 7 })],
    ['whose session ran out', 'auth.required', async () => world.clock.advance(400 * DAY_MS)],
    ['whose role was taken', 'auth.forbidden', () => change({ role: 'learner' })],
    ['who was banned', 'auth.user_banned', () => change({ state: 'banned' })],
  ])('breaks off within five seconds for who may not have it any more: %s', async (_, code, happens) => {
    const answer = await get(slow({ may: 'export.create' }, happens));
    await expect(answer.text()).rejects.toThrow();
    // Two pieces of two seconds each may be on their way when the third is checked.
    expect(made).toBeLessThanOrEqual(4 + 3);
    expect(await cutOff()).toMatchObject([
      { actorId: staff.userId, action: 'download.cut_off', target: 'own', after: { code } },
    ]);
    expect(world.logs).toContainEqual(expect.objectContaining({ cutOff: true, thrown: code }));
  });

  test('breaks off for a learner too, of whom the audit log says nothing', async () => {
    const alice = await world.login('alice');
    const answer = await get(
      slow('member', () => world.call(logout, {}, alice)),
      alice,
    );
    await expect(answer.text()).rejects.toThrow();
    expect([made < PIECES, await cutOff()]).toEqual([true, []]);
  });

  test('is an error on the platform, where nothing of it has been sent', async () => {
    const own = slow({ may: 'export.create' }, () => change({ state: 'banned' }));
    const event = { ...samples.functionUrl, httpMethod: 'GET', path: '/api/file', queryString: {}, body: '' };
    const headers = { authorization: `Bearer ${staff.token}` };
    const answer = await unit(late({ own }), () => world.ports)(
      { ...event, headers },
      { request_id: 'abcdefgh-1234' },
    );
    expect(answer).toMatchObject({ statusCode: 403, body: expect.stringContaining('auth.user_banned') });
    expect(await cutOff()).toHaveLength(1);
  });
});

describe('a file on the platform', () => {
  const event = { ...samples.functionUrl, httpMethod: 'GET', path: '/api/file', queryString: {}, body: '' };
  const context = { request_id: 'abcdefgh-1234' };
  const answerOf = async (own: AnyFunction, changes: object = {}) => {
    const answer = await unit(late({ own }), () => world.ports)({ ...event, ...changes }, context);
    return z.object({ statusCode: z.int(), body: z.string() }).parse(answer);
  };

  test('comes whole where it fits', async () => {
    const { statusCode, body } = await answerOf(fileOf(500).own);
    expect([statusCode, body.length]).toEqual([200, 5_000_000]);
  });

  test('that cannot be made to its end is an error like any other: nothing of it has been sent', async () => {
    const { statusCode, body } = await answerOf(fileOf(50, 20).own);
    expect([statusCode, JSON.parse(body).error.code]).toEqual([500, 'internal']);
  });

  test('answer.too_large where it does not, and no more of it is made', async () => {
    const { own, seen } = fileOf(5_000);
    const { statusCode, body } = await answerOf(own);
    expect([statusCode, JSON.parse(body).error.code]).toEqual([422, 'answer.too_large']);
    expect([seen.made < 600, seen.isEnded]).toEqual([true, true]);
  });

  test('is not made for HEAD', async () => {
    const { own, seen } = fileOf(50);
    expect(await answerOf(own, { httpMethod: 'HEAD' })).toEqual({ statusCode: 200, body: '' });
    expect(seen.made).toBe(0);
  });
});
