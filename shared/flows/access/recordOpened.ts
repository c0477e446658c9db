import * as usages from '../../data/access/usages.ts';
import { type Access, isOwned } from '../../domain/access/access.ts';
import { isKnown, markOpened, type Opened } from '../../domain/access/usage.ts';
import type { Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import { HOUR_MS, type LessonId, type ProductId, type TimeMs, type UserId } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import { accessToOne } from './accessTo.ts';

/** How long a process remembers a record, so that opening the same thing again reads nothing. */
const REMEMBERED_MS = HOUR_MS;

/** Something that a user owns, and is about to be shown. */
export interface Opening {
  readonly userId: UserId;
  readonly product: Product;
  readonly access: Access;
  readonly what: LessonId | ProductId;
  readonly isDownload: boolean;
  /** Makes the error for a user who may not use it any more. */
  readonly refusal: () => Promise<Error>;
}

/**
 * Marks it as opened: for the product, and for each bundle that alone gives the access, because a refund of the bundle
 * asks about it too. Returns whether they still own it.
 *
 * Each opening is written once. What is known already is only peeked at, which costs no check and causes no conflict.
 * Else access is checked again. If a refund was approved meanwhile on the assumption that nothing was opened, access is
 * gone, and nothing may be shown.
 */
export async function openIn(tx: Tx, opening: Opening, now: TimeMs): Promise<boolean> {
  const { userId, product, access, what, isDownload } = opening;
  const all = [product.id, ...access.through].map((productId): Opened => {
    return { userId, productId, what, isDownload };
  });
  const peeker = { find: tx.peek.bind(tx) };
  const before = await Promise.all(all.map((each) => usages.find(peeker, userId, each.productId)));
  if (before.every((usage) => isKnown(usage, { what, isDownload }))) return true;
  if (!isOwned(await accessToOne(tx, userId, product, now))) return false;
  for (const each of all) {
    const usage = await usages.find(tx, userId, each.productId);
    await usages.save(tx, usage, markOpened(usage, each, now));
  }
  return true;
}

/**
 * Records that a user opened something they own, as `openIn` says. What a trial alone opens is not recorded: a refund
 * asks what was used of what was paid for.
 * @throws `refusal` when they do not own it any more
 */
export async function recordOpened(
  ports: Pick<Ports, 'database' | 'memory'>,
  opening: Opening,
  now: TimeMs,
): Promise<void> {
  const { userId, access, what, isDownload, refusal } = opening;
  if (!isOwned(access)) return;
  const key = `opened:${userId}:${what}:${isDownload}:${access.through.join()}`;
  await ports.memory.remember(key, REMEMBERED_MS, async () => {
    const isOpen = await ports.database.tx((tx) => openIn(tx, opening, now));
    if (!isOpen) throw await refusal();
    return true;
  });
}
