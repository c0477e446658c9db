/** The collections of certificates: the certificates, and which of them has a number. */
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { ProductId, TimeMs, UserId } from '../../schemas/base.ts';
import { Certificate, StoredCertificateNumber } from '../../schemas/learning/certificate.ts';
import { all, defineCollection, many, store } from '../collection.ts';

/**
 * A certificate from before names were checked. Its name counts as one that did not pass: only its owner sees it, and
 * may write it again.
 */
function fromUnchecked({ name, ...certificate }: Record<string, unknown>): unknown {
  const { issuedAtMs } = certificate;
  return {
    ...certificate,
    newest: { title: name, body: '', images: [], audio: null },
    ...{ shown: null, isShown: false, checkingSinceMs: null },
    review: {
      ...{ state: 'rejected', version: 1, publicVersion: null, waitsFor: [], doubts: [], isHidden: false },
      ...{ keptVersion: null, sampledVersion: null, removals: 0, flagWeight: 0, flaggers: 0 },
      ...{ appealedVersion: null, label: null, cause: 'unchecked', by: 'rule', takenBy: 'rule' },
      ...{ sinceAtMs: issuedAtMs, publicAtMs: null },
    },
  };
}

/**
 * Found by the user's and the course's id. `ofUser` lists a user's own, and `checking` those whose name waits for the
 * platform.
 */
export const collection = defineCollection({
  name: 'certificates',
  schema: Certificate,
  version: 2,
  indexes: { ofUser: { fields: ['userId', 'finishedAtMs'] }, checking: { fields: ['checkingSinceMs'] } },
  upgrade: fromUnchecked,
});

/** The numbers. No two certificates have the same. */
export const numbers = defineCollection({
  name: 'certificateNumbers',
  schema: StoredCertificateNumber,
  version: 1,
  indexes: {},
});

const idOf = (userId: UserId, productId: ProductId) => `${userId}:${productId}`;

/** The certificate with this id, or null. */
export function findById(reader: Pick<Reader, 'find'>, id: string): Promise<Certificate | null> {
  return reader.find(collection, id);
}

/** The user's certificate of a course, or null. */
export function find(
  reader: Pick<Reader, 'find'>,
  userId: UserId,
  productId: ProductId,
): Promise<Certificate | null> {
  return reader.find(collection, idOf(userId, productId));
}

/** The certificate with this number, or null. */
export async function findByNumber(
  reader: Pick<Reader, 'find'>,
  number: string,
): Promise<Certificate | null> {
  const stored = await reader.find(numbers, number);
  return stored === null ? null : reader.find(collection, stored.certificateId);
}

/** The certificates of these users for a course, as far as they have one. */
export function ofLearners(
  reader: Pick<Reader, 'findMany'>,
  userIds: readonly UserId[],
  productId: ProductId,
): Promise<Certificate[]> {
  return many(
    reader,
    collection,
    userIds.map((userId) => idOf(userId, productId)),
  );
}

/** One page of a user's certificates, the last finished course first. @throws request.invalid for a foreign cursor */
export function ofUser(
  reader: Reader,
  userId: UserId,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<Certificate>> {
  return reader.list(collection, { index: 'ofUser', where: { userId }, order: 'descending', ...page });
}

/** All certificates whose name has waited for its check since before a moment, the longest waiting first. */
export function checkingSince(reader: Reader, before: TimeMs): AsyncGenerator<Certificate> {
  const range = { field: 'checkingSinceMs', from: 0, below: before };
  return all(reader, collection, { index: 'checking', where: {}, range, order: 'ascending', limit: 100 });
}

/**
 * Stores `after` in place of `before`, and the number of a new certificate. Does nothing when it is the same object.
 * @throws DuplicateId when another certificate has the number
 */
export async function save(tx: Tx, before: Certificate | null, after: Certificate): Promise<void> {
  if (before === null) await tx.insert(numbers, { id: after.number, certificateId: after.id });
  await store(tx, collection, before, after);
}
