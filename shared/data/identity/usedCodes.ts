/**
 * The collection of `wx.login` codes that have opened a session. Each code opens one session, even if WeChat accepts
 * it twice.
 */
import type { Reader, Tx } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import { UsedCode } from '../../schemas/identity/user.ts';
import { all, defineCollection } from '../collection.ts';

/** Found by the code's digest. `byTime` lists old ones. */
export const collection = defineCollection({
  name: 'usedCodes',
  schema: UsedCode,
  version: 1,
  indexes: { byTime: { fields: ['usedAtMs'] } },
});

/** The use of the code with this digest, or null. */
export function find(reader: Pick<Reader, 'find'>, digest: string): Promise<UsedCode | null> {
  return reader.find(collection, digest);
}

/** Records a code as used. @throws DuplicateId when it was used before */
export function insert(tx: Tx, used: UsedCode): Promise<void> {
  return tx.insert(collection, used);
}

/** All codes used before `before`. */
export function before(reader: Reader, before: TimeMs): AsyncGenerator<UsedCode> {
  return all(reader, collection, {
    index: 'byTime',
    where: {},
    range: { field: 'usedAtMs', below: before },
    order: 'ascending',
    limit: 500,
  });
}
