import * as usages from '../../data/access/usages.ts';
import type { Access } from '../../domain/access/access.ts';
import { isKnown, markOpened, type Opened } from '../../domain/access/usage.ts';
import type { Ports } from '../../ports/ports.ts';
import { HOUR_MS, type LessonId, type ProductId, type TimeMs, type UserId } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import { accessToOne } from './accessTo.ts';

/** How long it is remembered that something was written down, so that opening it again reads nothing. */
const REMEMBERED_MS = HOUR_MS;

/**
 * Writes down that somebody opened something they may use, before it is shown to them: of the product, and of each
 * bundle through which alone they may use it, because a refund of that asks too. Written once; a read first, and a
 * write only of what is new, in a transaction that sees that they still may: a refund that is agreed to meanwhile, as if
 * nothing had been opened, has taken the access away.
 * @throws `refusal` when they may not use it any more
 */
export async function recordOpened(
  ports: Pick<Ports, 'database' | 'cache'>,
  opened: {
    readonly userId: UserId;
    readonly product: Product;
    readonly access: Access;
    readonly what: LessonId | ProductId;
    readonly isDownload: boolean;
    /** What is thrown when they may not use it any more. */
    readonly refusal: () => Promise<Error>;
  },
  now: TimeMs,
): Promise<void> {
  const { userId, product, access, what, isDownload, refusal } = opened;
  const all = [product.id, ...access.through].map((productId): Opened => {
    return { userId, productId, what, isDownload };
  });
  const key = `opened:${userId}:${what}:${isDownload}:${access.through.join()}`;
  await ports.cache.remember(key, REMEMBERED_MS, async () => {
    const before = await Promise.all(all.map((each) => usages.find(ports.database, userId, each.productId)));
    if (before.every((usage, index) => isKnown(usage, all[index] ?? { what, isDownload }))) return true;
    const isOpen = await ports.database.tx(async (tx) => {
      if (!(await accessToOne(tx, userId, product, now)).mayUse) return false;
      for (const each of all) {
        const usage = await usages.find(tx, userId, each.productId);
        await usages.save(tx, usage, markOpened(usage, each, now));
      }
      return true;
    });
    if (!isOpen) throw await refusal();
    return true;
  });
}
