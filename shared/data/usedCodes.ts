/** Codes of wx.login that have opened a session: each opens one, whatever WeChat says the second time. */
import type { Reader, Tx } from '../ports.ts';
import { UsedCode } from '../schemas/user.ts';
import { defineCollection } from './collection.ts';

/** By id only: the digest of the code. */
export const collection = defineCollection({ name: 'usedCodes', schema: UsedCode, version: 1, indexes: {} });

/** The use of the code with this digest, or null. */
export function find(reader: Pick<Reader, 'find'>, digest: string): Promise<UsedCode | null> {
  return reader.find(collection, digest);
}

/** Stores that a code is used. @throws DuplicateId when it was before. */
export function insert(tx: Tx, used: UsedCode): Promise<void> {
  return tx.insert(collection, used);
}
