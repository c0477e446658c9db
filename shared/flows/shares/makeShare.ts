import * as shares from '../../data/shares/shares.ts';
import * as touches from '../../data/shares/touches.ts';
import { isFresh, newShare, shareIdOf, tokenOf } from '../../domain/shares/share.ts';
import type { Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Share, ShareTarget, ShareToken } from '../../schemas/shares/share.ts';

/**
 * The person's share of a thing, made now if there is none. Its parent is the share by which they came last, while
 * that counts. Safe to repeat, also at the same moment: the first share stays.
 */
export function makeShare(
  { database, secrets, settings }: Pick<Ports, 'database' | 'secrets' | 'settings'>,
  of: { readonly userId: UserId; readonly target: ShareTarget; readonly now: TimeMs },
): Promise<Share> {
  const id = shareIdOf(of);
  const digestOf = (count: number) => secrets.digest('share.token', `${id}:${count}`);
  return database.tx(async (tx) => {
    const before = await shares.find(tx, id);
    if (before !== null) return before;
    const token = await freeToken(tx, digestOf);
    const made = newShare({ ...of, token, parent: await parentOf(tx, of, settings.talk.touchDays) });
    await shares.insert(tx, made);
    return made;
  });
}

/** The share by which somebody came last; null when by none, or too long ago. Shares lie still, apart from counts. */
async function parentOf(
  tx: Tx,
  { userId, now }: { readonly userId: UserId; readonly now: TimeMs },
  days: number,
): Promise<Share | null> {
  const reader = { find: tx.peek.bind(tx) };
  const touch = await touches.find(reader, userId);
  if (touch === null || !isFresh(touch, days, now)) return null;
  const stored = await shares.findToken(reader, touch.token);
  return stored === null ? null : shares.find(reader, shareIdOf(stored));
}

/** A token that no share has. Two digests have the same token about once in 10^15 times. */
async function freeToken(tx: Tx, digestOf: (count: number) => string): Promise<ShareToken> {
  for (let count = 1; ; count += 1) {
    const token = tokenOf(digestOf(count));
    if ((await shares.findToken(tx, token)) === null) return token;
  }
}
