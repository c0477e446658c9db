import * as products from '../../data/catalogue/products.ts';
import * as groupNotes from '../../data/talk/groupNotes.ts';
import * as groups from '../../data/talk/groups.ts';
import * as topics from '../../data/talk/topics.ts';
import { groupView, maySeeGroup, type Standing } from '../../domain/talk/group.ts';
import type { Reader } from '../../ports/database.ts';
import type { ProductId, TimeMs, UserId } from '../../schemas/base.ts';
import type { Group, GroupItem } from '../../schemas/talk/group.ts';
import { accessTo } from '../access/accessTo.ts';

/** How the user stands to each of these groups now. */
async function standings(
  reader: Reader,
  found: readonly Group[],
  { userId, now }: { readonly userId: UserId; readonly now: TimeMs },
): Promise<(group: Group) => Standing> {
  const ids = [...new Set(found.flatMap(({ productId }) => productId ?? []))];
  const [ofGroups, notes] = await Promise.all([
    products.findMany(reader, ids),
    groupNotes.among(
      reader,
      found.map(({ id }) => id),
      userId,
    ),
  ]);
  const access = await accessTo(reader, userId, ofGroups, now);
  const byId = new Map(ofGroups.map((product) => [product.id, product]));
  return ({ id, productId }) => {
    const product = productId === null ? undefined : byId.get(productId);
    const note = notes.find(({ groupId }) => groupId === id) ?? null;
    return { userId, note, mayUse: product !== undefined && access(product).mayUse };
  };
}

/** One page of the published groups that a user may see now, of one product or of all, the last published first. */
export async function groupsPage(
  reader: Reader,
  asked: {
    readonly userId: UserId;
    readonly productId: ProductId | null;
    readonly limit: number;
    readonly cursor: string | null;
    readonly now: TimeMs;
  },
): Promise<{ items: GroupItem[]; nextCursor: string | null }> {
  const { productId, limit, cursor } = asked;
  const page = await groups.listPublished(reader, productId, { limit, cursor });
  const standing = await standings(reader, page.items, asked);
  const seen = page.items.filter((group) => maySeeGroup(group, standing(group)));
  const items = seen.map(async (group): Promise<GroupItem> => {
    const view = groupView(group, standing(group));
    const isQuiet = view.isMuted || !view.isMember;
    const lastAtMs = isQuiet ? null : await topics.lastIn(reader, group.id);
    return { ...view, hasNews: lastAtMs !== null && lastAtMs > view.lastReadAtMs };
  });
  return { items: await Promise.all(items), nextCursor: page.nextCursor };
}
