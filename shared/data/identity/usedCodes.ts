/** Codes of wx.login that have opened a session: each opens one, whatever WeChat says the second time. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import { UsedCode } from '../../schemas/identity/user.ts';
import { all, defineCollection } from '../collection.ts';

/** Under the digest of the code; `byTime` finds the old ones. */
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

/** Stores that a code is used. @throws DuplicateId when it was before. */
export function insert(tx: Tx, used: UsedCode): Promise<void> {
  return tx.insert(collection, used);
}

/** Every code that was used before then. */
export function before(reader: Reader, before: TimeMs): AsyncGenerator<UsedCode> {
  return all(reader, collection, {
    index: 'byTime',
    where: {},
    range: { field: 'usedAtMs', below: before },
    order: 'ascending',
    limit: 500,
  });
}
