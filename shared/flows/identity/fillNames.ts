import * as nameWords from '../../data/identity/nameWords.ts';
import * as users from '../../data/identity/users.ts';
import { nameWordsOf } from '../../domain/identity/nameWords.ts';
import type { Database } from '../../ports/database.ts';

/**
 * Stores what people are found by, where it is not there yet: for users from before there was a search, and those that
 * an older build has written. Answers for how many. Safe to repeat, and beside whoever is renamed meanwhile.
 */
export async function fillNames(database: Database): Promise<number> {
  let count = 0;
  for await (const { id, nickname } of users.everyOne(database)) {
    const wanted = nameWordsOf({ id, nickname }).map((word) => word.id);
    if ((await nameWords.among(database, wanted)).length === wanted.length) continue;
    await database.tx(async (tx) => {
      const user = await users.find(tx, id);
      for (const word of user === null ? [] : nameWordsOf(user)) await nameWords.add(tx, word);
    });
    count += 1;
  }
  return count;
}
