import * as articles from '../../data/talk/articles.ts';
import type { Database } from '../../ports/database.ts';
import { taggedAs } from '../../schemas/talk/article.ts';

/**
 * Stores the tags by which published articles are found, where they are not there yet: for articles from before there
 * was such a list, and those that an older build has published. Answers for how many. Safe to repeat.
 */
export async function fillArticleTags(database: Database): Promise<number> {
  let count = 0;
  for await (const seen of articles.everyOne(database)) {
    const wanted = taggedAs(seen);
    if ((await articles.tagsAmong(database, wanted)).length === wanted.length) continue;
    await database.tx(async (tx) => {
      const article = await articles.find(tx, seen.id);
      for (const tag of article === null ? [] : taggedAs(article)) await articles.addTag(tx, tag);
    });
    count += 1;
  }
  return count;
}
