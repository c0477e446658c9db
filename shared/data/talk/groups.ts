/** The collection of groups. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { GroupId, ProductId } from '../../schemas/base.ts';
import { Group, type GroupState } from '../../schemas/talk/group.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by id. `published` lists those that learners may see, `byProduct` those of a product, `newest` all of them. */
export const collection = defineCollection({
  name: 'groups',
  schema: Group,
  version: 1,
  indexes: {
    published: { fields: ['state', 'publishedAtMs'] },
    byProduct: { fields: ['productId', 'state', 'publishedAtMs'] },
    newest: { fields: ['createdAtMs'] },
  },
});

/** The group in any state, or null. */
export function find(reader: Pick<Reader, 'find'>, id: GroupId): Promise<Group | null> {
  return reader.find(collection, id);
}

/** The group in any state, or null. A change to it meanwhile causes no conflict. */
export function peek(tx: Pick<Tx, 'peek'>, id: GroupId): Promise<Group | null> {
  return tx.peek(collection, id);
}

/** The group in any state. @throws group.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: GroupId): Promise<Group> {
  const group = await find(reader, id);
  if (group === null) throw fail('group.not_found');
  return group;
}

interface PageAsked {
  readonly limit: number;
  readonly cursor: string | null;
}

const published = { state: 'published' } as const satisfies { readonly state: GroupState };

/**
 * One page of the published groups, of one product or of all (null), the last published first.
 * @throws request.invalid for a cursor of another query
 */
export function listPublished(
  reader: Pick<Reader, 'list'>,
  productId: ProductId | null,
  page: PageAsked,
): Promise<Page<Group>> {
  const part =
    productId === null
      ? { index: 'published', where: published }
      : { index: 'byProduct', where: { productId, ...published } };
  return reader.list(collection, { ...part, order: 'descending', ...page });
}

/** One page of all groups, newest first. @throws request.invalid for a cursor of another query */
export function list(reader: Pick<Reader, 'list'>, page: PageAsked): Promise<Page<Group>> {
  return reader.list(collection, { index: 'newest', where: {}, order: 'descending', ...page });
}

/** Stores a new group. */
export function insert(tx: Tx, group: Group): Promise<void> {
  return tx.insert(collection, group);
}

/** Stores a group's new state. */
export function save(tx: Tx, before: Group, after: Group): Promise<void> {
  return store(tx, collection, before, after);
}
