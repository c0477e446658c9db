/** Establishes who is calling, and whether they may. */
import * as secondFactors from '../data/identity/secondFactors.ts';
import * as sessions from '../data/identity/sessions.ts';
import * as users from '../data/identity/users.ts';
import { mayDo } from '../domain/identity/permission.ts';
import { isFresh, seen, sessionEndMs } from '../domain/identity/session.ts';
import { fail } from '../errors.ts';
import type { Auth } from '../function.ts';
import type { Caller } from '../schemas/identity/caller.ts';
import type { Role, Session } from '../schemas/identity/user.ts';
import type { Exchange, ExchangeRequest, Step } from './exchange.ts';
import { countAddress } from './limit.ts';

type StaffAuth = Extract<Auth, object>;

const BEARER = /^Bearer ([A-Za-z0-9_-]{20,200})$/i;

async function callerOf(
  { ports, now }: Pick<Exchange, 'ports' | 'now'>,
  authorization: string,
): Promise<{ readonly caller: Caller; readonly session: Session }> {
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) throw fail('auth.required', { detail: 'no bearer token' });
  const sessionId = sessions.idOf(token);
  const session = await sessions.find(ports.database, sessionId);
  if (session === null) throw fail('auth.required', { detail: 'unknown token' });
  if (session.revokedAtMs !== null) throw fail('auth.required', { detail: 'revoked' });
  const user = await users.find(ports.database, session.userId);
  if (user === null) throw fail('auth.required', { detail: 'user is gone' });
  if (user.state === 'banned') throw fail('auth.user_banned');
  if (session.generation !== user.sessionGeneration) throw fail('auth.required', { detail: 'all ended' });
  if (sessionEndMs(session, user.role) <= now) throw fail('auth.required', { detail: 'expired' });
  const { hasSecondFactor, factorShownAtMs } = session;
  const hasFreshFactor = hasSecondFactor && isFresh(factorShownAtMs, now);
  const { id, role, createdAtMs: registeredAtMs } = user;
  return { caller: { id, role, registeredAtMs, sessionId, hasSecondFactor, hasFreshFactor }, session };
}

/**
 * Refuses a caller without the permission or the second factor. The error says what is missing (`need`): to `enrol`
 * a factor, to `show` it in this session, or to show it again because it has to be `fresh`.
 * @throws auth.forbidden, auth.second_factor_required
 */
async function allow(
  { ports }: Pick<Exchange, 'ports'>,
  caller: Caller,
  { may, secondFactor }: StaffAuth,
): Promise<void> {
  if (!mayDo(caller.role, may)) throw fail('auth.forbidden', { params: { action: may } });
  if (secondFactor === 'shows' || caller.hasFreshFactor) return;
  if (caller.hasSecondFactor && secondFactor !== 'fresh') return;
  const factor = caller.hasSecondFactor ? null : await secondFactors.find(ports.database, caller.id);
  const toShow = factor?.state === 'on' ? 'show' : 'enrol';
  throw fail('auth.second_factor_required', { params: { need: caller.hasSecondFactor ? 'fresh' : toShow } });
}

/** Records that a staff session is in use, at most once a minute. */
async function keepAlive(
  { ports, now }: Pick<Exchange, 'ports' | 'now'>,
  { id }: Session,
  role: Role,
): Promise<void> {
  await ports.database.tx(async (tx) => {
    const before = await sessions.find(tx, id);
    if (before !== null && seen(before, role, now) !== before)
      await sessions.save(tx, before, seen(before, role, now));
  });
}

/**
 * The authentication step. It runs for every route but `public` ones, which ignore tokens. Failed attempts are
 * counted by address, like all unauthenticated calls. Valid callers from the same address are still let in. What
 * protects tokens from guessing is their length, not this limit.
 */
export function authenticate(auth: Exclude<Auth, 'public'>): Step {
  return {
    before: async ({ event: exchange }: ExchangeRequest) => {
      const authorization = exchange.request.headers.authorization;
      if (authorization === undefined && auth === 'optional') return;
      let found: Awaited<ReturnType<typeof callerOf>>;
      try {
        found = await callerOf(exchange, authorization ?? '');
      } catch (caught) {
        await countAddress(exchange.ports, exchange.request.address);
        throw caught;
      }
      const { caller, session } = found;
      exchange.caller = caller;
      if (typeof auth === 'object') await allow(exchange, caller, auth);
      if (seen(session, caller.role, exchange.now) !== session)
        await keepAlive(exchange, session, caller.role);
    },
  };
}

/**
 * Authenticates the caller of a long-lasting answer once more, as if they had just called.
 * @throws auth.required, auth.user_banned, auth.forbidden, auth.second_factor_required
 */
export async function authenticateAgain(
  { ports, request }: Exchange,
  auth: Exclude<Auth, 'public'>,
): Promise<void> {
  const { caller } = await callerOf({ ports, now: ports.clock.now() }, request.headers.authorization ?? '');
  if (typeof auth === 'object') await allow({ ports }, caller, auth);
}
