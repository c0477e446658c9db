/** The collection of subscriptions: how many messages of a template a user still allows. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { UserId } from '../../schemas/base.ts';
import { Subscription } from '../../schemas/inbox/message.ts';
import type { TemplateKind } from '../../schemas/inbox/template.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by id only: `<user>:<template kind>`. */
export const collection = defineCollection({
  name: 'subscriptions',
  schema: Subscription,
  version: 1,
  indexes: {},
});

const idOf = (userId: UserId, template: TemplateKind) => `${userId}:${template}`;

/** What the user allows of a template; null when they were never asked. */
export function find(
  reader: Pick<Reader, 'find'>,
  userId: UserId,
  template: TemplateKind,
): Promise<Subscription | null> {
  return reader.find(collection, idOf(userId, template));
}

/** What the user allows of these templates, as far as they were asked. */
export function among(
  reader: Pick<Reader, 'findMany'>,
  userId: UserId,
  templates: readonly TemplateKind[],
): Promise<Subscription[]> {
  return reader.findMany(
    collection,
    templates.map((template) => idOf(userId, template)),
  );
}

/** Stores `after` in place of `before` (null when new). Does nothing when it is the same object. */
export function save(
  tx: Pick<Tx, 'insert' | 'update'>,
  before: Subscription | null,
  after: Subscription,
): Promise<void> {
  return store(tx, collection, before, after);
}
