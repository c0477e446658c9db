import { request } from 'node:http';
import * as z from 'zod';
import { fail } from '../../shared/errors.ts';
import { type AnyFunction, download } from '../../shared/function.ts';
import { type Served, serve } from '../../shared/runtime/node.ts';
import { unit } from '../../shared/runtime/scf.ts';
import * as samples from '../fixtures/platform.events.json';
import { createWorld, type World } from '../support/world.ts';

/** A file of so many pieces of 10,000 letters, and how many of them were made. */
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
  served = await serve({ own }, world.ports, { port: 0 });
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
        // Nothing is read: what was made is what fits into the buffers on the way.
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

describe('a file on the platform', () => {
  const event = { ...samples.functionUrl, httpMethod: 'GET', path: '/api/file', queryString: {}, body: '' };
  const context = { request_id: 'abcdefgh-1234' };
  const answerOf = async (own: AnyFunction, changes: object = {}) => {
    const answer = await unit({ own }, () => world.ports)({ ...event, ...changes }, context);
    return z.object({ statusCode: z.int(), body: z.string() }).parse(answer);
  };

  test('comes whole where it fits', async () => {
    const { statusCode, body } = await answerOf(fileOf(500).own);
    expect([statusCode, body.length]).toEqual([200, 5_000_000]);
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
