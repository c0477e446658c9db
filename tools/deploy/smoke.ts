/** The smoke test: a release is tried by the shop's public address, as buyers, platforms and attackers reach it. */
import * as z from 'zod';
import type { OutsideResponse, Send } from '../../shared/adapters/http/request.ts';

/** One try. `wrong` says what is wrong with an answer, or null. */
interface Try {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly wrong: (status: number, json: unknown) => string | null;
}

const TIMES_MAX = 5;
const PAUSE_MS = 2_000;
const TIMEOUT_MS = 20_000;

const Refusal = z.object({ error: z.object({ code: z.string() }) });
const Listed = z.object({ data: z.object({ items: z.array(z.unknown()) }) });

/** Refused with that status, in our own words. */
const refused = (expected: number) => (status: number, json: unknown) => {
  if (status !== expected) return `answers ${status}, not ${expected}`;
  return Refusal.safeParse(json).success ? null : 'is refused by somebody else than us';
};

const TRIES: readonly Try[] = [
  {
    name: 'health: a route that needs a session',
    method: 'GET',
    path: '/api/me',
    wrong: refused(401),
  },
  {
    name: 'the catalogue',
    method: 'GET',
    path: '/api/products',
    wrong: (status, json) => {
      if (status !== 200) return `answers ${status}, not 200`;
      return Listed.safeParse(json).success ? null : 'is no list';
    },
  },
  {
    name: 'a login with a wrong password',
    method: 'POST',
    path: '/api/login/password',
    body: { userName: 'smoke-test', password: 'not-the-password-of-anybody' },
    wrong: refused(401),
  },
  {
    name: 'the staff’s side without a session',
    method: 'GET',
    path: '/api/admin/orders',
    wrong: refused(401),
  },
  {
    name: 'a callback without a signature',
    method: 'POST',
    path: '/api/pay/notify',
    body: { id: 'forged', event_type: 'TRANSACTION.SUCCESS' },
    wrong: (status) => (status >= 400 && status < 500 ? null : `answers ${status}, and has to refuse`),
  },
  {
    name: 'a forged event of a timer',
    method: 'POST',
    path: '/',
    body: { Type: 'Timer', TriggerName: 'sweepTasks', Time: '2026-01-01T00:00:00Z', Message: '' },
    wrong: refused(404),
  },
];

function jsonOf({ body }: OutsideResponse): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return null;
  }
}

/**
 * Tries the shop. A try that fails is made again some times, because a switch takes a while to be everywhere.
 * @throws Error that names what failed, and how
 */
export async function smokeTest(
  url: string,
  send: Send,
  pause: (ms: number) => Promise<void>,
): Promise<void> {
  for (const { name, method, path, body, wrong } of TRIES) {
    let problem: string | null = null;
    for (let times = 1; times <= TIMES_MAX; times += 1) {
      try {
        const answer = await send({
          method,
          url: `${url}${path}`,
          headers: body === undefined ? {} : { 'content-type': 'application/json' },
          body: body === undefined ? '' : JSON.stringify(body),
          timeoutMs: TIMEOUT_MS,
        });
        problem = wrong(answer.status, jsonOf(answer));
      } catch (caught) {
        problem = `does not answer: ${caught instanceof Error ? caught.message : String(caught)}`;
      }
      if (problem === null) break;
      if (times < TIMES_MAX) await pause(PAUSE_MS * times);
    }
    if (problem !== null) throw new Error(`${name} (${method} ${path}) ${problem}`);
  }
}
