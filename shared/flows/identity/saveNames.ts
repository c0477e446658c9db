import * as nameWords from '../../data/identity/nameWords.ts';
import { changedWords } from '../../domain/identity/nameWords.ts';
import type { Tx } from '../../ports/database.ts';
import type { User } from '../../schemas/identity/user.ts';

/**
 * Stores the words by which a user is found from now on. `before` is null for a new user. The caller stores the user
 * itself.
 */
export async function saveNames(tx: Tx, before: User | null, after: User): Promise<void> {
  const { gone, added } = changedWords(before, after);
  for (const word of gone) await nameWords.remove(tx, word);
  for (const word of added) await nameWords.add(tx, word);
}
