/** Identities: the ways a user proves who they are. The id is what makes each unique. */
import type { Reader, Tx } from '../../ports/database.ts';
import { Identity } from '../../schemas/identity/user.ts';
import { defineCollection } from '../collection.ts';

/** By id only: the id is the unique thing. */
export const collection = defineCollection({
  name: 'identities',
  schema: Identity,
  version: 1,
  indexes: {},
});

/** The identity of a WeChat account in this mini-program. */
export function wechatId(openid: string): string {
  return `wx:${openid}`;
}

/** The identity of a user name, which is in lower case already (`UserName`). */
export function nameId(userName: string): string {
  return `name:${userName}`;
}

/** The identity, or null when nobody has it. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<Identity | null> {
  return reader.find(collection, id);
}

/** Stores a new identity. @throws DuplicateId when somebody has it. */
export function insert(tx: Tx, identity: Identity): Promise<void> {
  return tx.insert(collection, identity);
}

/** Stores an identity's new state. */
export function save(tx: Tx, identity: Identity): Promise<void> {
  return tx.update(collection, identity);
}
