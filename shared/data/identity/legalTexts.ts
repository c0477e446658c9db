/** The collections of legal texts: every version that was ever published, and which one holds now. */
import { createHash } from 'node:crypto';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import { CurrentText, type LegalKind, LegalText, type LegalTextDraft } from '../../schemas/identity/legal.ts';
import { defineCollection, store } from '../collection.ts';

/** The texts. They are only added. */
export const collection = defineCollection({
  name: 'legalTexts',
  schema: LegalText,
  version: 1,
  indexes: { byKind: { fields: ['kind', 'publishedAtMs'] } },
});

/** Which text of each kind holds now. */
export const present = defineCollection({
  name: 'currentTexts',
  schema: CurrentText,
  version: 1,
  indexes: {},
});

/** What people agree to when they agree to this text: SHA-256 of its title and body, in hex. */
export function digestOf({ title, body }: Pick<LegalTextDraft, 'title' | 'body'>): string {
  return createHash('sha256').update(`${title}\n${body}`).digest('hex');
}

/** The text of a version, or null. */
export function find(
  reader: Pick<Reader, 'find'>,
  { kind, version }: { readonly kind: LegalKind; readonly version: string },
): Promise<LegalText | null> {
  return reader.find(collection, `${kind}:${version}`);
}

/** Which text of the kind holds now; null while none was published. */
export function findCurrent(reader: Pick<Reader, 'find'>, kind: LegalKind): Promise<CurrentText | null> {
  return reader.find(present, kind);
}

/** The same without a conflict when another text takes its place meanwhile. */
export function peekCurrent(tx: Pick<Tx, 'peek'>, kind: LegalKind): Promise<CurrentText | null> {
  return tx.peek(present, kind);
}

/** Publishes a text: stores it, and which one holds from now on. */
export async function publish(
  tx: Tx,
  text: LegalText,
  before: CurrentText | null,
  after: CurrentText,
): Promise<void> {
  await tx.insert(collection, text);
  await store(tx, present, before, after);
}

/**
 * One page of a kind's texts, newest first.
 * @throws request.invalid for a cursor of another query
 */
export function ofKind(
  reader: Pick<Reader, 'list'>,
  { kind, ...page }: { readonly kind: LegalKind; readonly limit: number; readonly cursor: string | null },
): Promise<Page<LegalText>> {
  return reader.list(collection, { index: 'byKind', where: { kind }, order: 'descending', ...page });
}
