/** Brings a store to this build's layout. */
import { adoptCategories } from '../flows/catalogue/adoptCategories.ts';
import { fillNames } from '../flows/identity/fillNames.ts';
import { fillArticleTags } from '../flows/talk/fillArticleTags.ts';
import type { Engine } from '../ports/database.ts';
import type { TimeMs } from '../schemas/base.ts';

/**
 * Creates what is missing, and fills the indexes, while builds run on the store. It may be stopped and run again at any
 * time. Answers lines for people.
 */
export async function migrateStore(
  database: Engine,
  { isOldGone, now }: { readonly isOldGone: boolean; readonly now: TimeMs },
): Promise<readonly string[]> {
  const migrated = await database.migrate({ isOldGone });
  const adopted = await adoptCategories(database, now);
  const named = await fillNames(database);
  const tagged = await fillArticleTags(database);
  const unready = migrated.filter(({ isReady }) => !isReady).map(({ collection }) => collection);
  return [
    ...(named > 0 ? [`${named} users, found by their names`] : []),
    ...(tagged > 0 ? [`${tagged} articles, found by their tags`] : []),
    ...(adopted > 0 ? [`${adopted} categories, made of what products name`] : []),
    `${migrated.length} collections, every document is in their indexes`,
    ...(unready.length > 0
      ? [
          `until no older build runs, and this was run with --old-is-gone, not for good: ${unready.join(', ')}`,
        ]
      : []),
  ];
}
