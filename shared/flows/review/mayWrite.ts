import * as legalTexts from '../../data/identity/legalTexts.ts';
import * as users from '../../data/identity/users.ts';
import * as writers from '../../data/review/writers.ts';
import { isAgreed } from '../../domain/identity/legal.ts';
import { countWriting, flagWeightOf, newWriter, trustOf } from '../../domain/review/trust.ts';
import { fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Caller } from '../../schemas/identity/caller.ts';
import type { User } from '../../schemas/identity/user.ts';
import type { Reviewed } from '../../schemas/review/review.ts';
import type { Trust, WritingKind } from '../../schemas/review/writer.ts';
import { withPurchase } from './withPurchase.ts';

/**
 * The user, if they have agreed to the present text of this kind and, where the shop asks for it, have bound a phone.
 * @throws consent.required, phone.required
 */
export async function agreedUser(
  tx: Tx,
  id: UserId,
  kind: 'community' | 'questions' | 'expert',
  { settings }: Pick<Ports, 'settings'>,
): Promise<User> {
  const stored = await activeUser(tx, id);
  const rules = await legalTexts.peekCurrent(tx, kind);
  if (!isAgreed(stored, rules)) throw fail('consent.required', { params: { kind } });
  if (settings.talk.needsPhone && stored.phoneDigest === null) throw fail('phone.required');
  return stored;
}

/** The user, who may have been banned or taken over since the call began. */
async function activeUser(tx: Tx, id: UserId): Promise<User> {
  const user = await users.find(tx, id);
  if (user === null || user.takenOverBy !== null) throw fail('auth.required', { detail: 'taken over' });
  if (user.state === 'banned') throw fail('auth.user_banned');
  return user;
}

/**
 * Lets somebody write, and counts it on their `writers` document in the same transaction. Texts also need consent to
 * the present community rules and, where the shop asks for it, a bound phone. A flag does not: only staff read it.
 * Answers how far the caller is trusted, and what a flag of theirs weighs.
 * @throws writing.too_many, writing.suspended; for texts also consent.required and phone.required
 */
export async function mayWrite(
  tx: Tx,
  asked: {
    readonly user: Caller;
    readonly what: WritingKind;
    /** Where it is written: whether the caller teaches or assists there. */
    readonly place?: { readonly isStaffHere: boolean };
    /** What an edit changes. */
    readonly edited?: Reviewed;
    readonly ports: Pick<Ports, 'database' | 'settings'>;
    readonly now: TimeMs;
  },
): Promise<{ readonly trust: Trust; readonly flagWeight: number }> {
  const { user, what, place, edited = null, ports, now } = asked;
  const isText = what === 'comment' || what === 'topic';
  const stored = isText ? await agreedUser(tx, user.id, 'community', ports) : await activeUser(tx, user.id);
  const before = await writers.find(tx, user.id);
  const known = {
    createdAtMs: stored.createdAtMs,
    isStaff: stored.role !== 'learner' || place?.isStaffHere === true,
  };
  const writer = await withPurchase(ports.database, before ?? newWriter(user.id, now), known, now);
  const trust = trustOf(writer, known, now);
  await writers.save(tx, before, countWriting(writer, { what, edited }, trust, now));
  return { trust, flagWeight: flagWeightOf(writer, trust, now) };
}
