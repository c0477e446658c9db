/** The collection of cases: matters that a person has to look at. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import type { Fen, OrderId, ProductId, TimeMs, UserId } from '../../schemas/base.ts';
import { Case, type CaseKind } from '../../schemas/operations/case.ts';
import { all, defineCollection, store } from '../collection.ts';

/** Stored cases. Staff list them by state, with or without kind, or by order. */
export const collection = defineCollection({
  name: 'cases',
  schema: Case,
  version: 1,
  indexes: {
    byState: { fields: ['state', 'openedAtMs'] },
    byKind: { fields: ['state', 'kind', 'openedAtMs'] },
    byOrder: { fields: ['orderId', 'openedAtMs'] },
  },
});

const STORY_CHARACTERS_MAX = 1000;

/** What the opener of a case knows. Fields that are left out become null. */
export interface CaseOpened {
  readonly kind: CaseKind;
  /** The cause in printable ASCII without spaces, at most 119 characters. With the kind it makes the case's id. */
  readonly cause: string;
  /** The story for staff, in Chinese. It is cut after 1,000 characters. */
  readonly story: string;
  readonly orderId?: OrderId | null;
  readonly userId?: UserId | null;
  readonly productId?: ProductId | null;
  readonly refundId?: string | null;
  readonly transactionId?: string | null;
  readonly amountFen?: Fen | null;
}

/** Opens a case, once for each cause. An existing case stays as it is, even when it was closed. */
export async function open(tx: Tx, opened: CaseOpened, now: TimeMs): Promise<void> {
  await openWhen(tx, opened, (before) => before === null, now);
}

/** The case that was opened for that cause; null when there never was one. */
export function find(
  reader: Pick<Reader, 'find'>,
  { kind, cause }: Pick<CaseOpened, 'kind' | 'cause'>,
): Promise<Case | null> {
  return reader.find(collection, `${kind}:${cause}`);
}

/**
 * Opens a case about a condition that should not last. A closed case is opened again, because the condition still
 * holds.
 */
export async function openAgain(tx: Tx, opened: CaseOpened, now: TimeMs): Promise<void> {
  await openWhen(tx, opened, (before) => before?.state !== 'open', now);
}

/**
 * Opens a case, or opens it again, when `isSuch` accepts the existing one (null for none). Returns whether it did.
 */
export async function openWhen(
  tx: Tx,
  opened: CaseOpened,
  isSuch: (before: Case | null) => boolean,
  now: TimeMs,
): Promise<boolean> {
  const made = newCase(opened, now);
  const before = await tx.find(collection, made.id);
  if (!isSuch(before)) return false;
  await store(tx, collection, before, made);
  return true;
}

/** All open cases of a kind, oldest first. */
export function openOf(reader: Reader, kind: CaseKind): AsyncGenerator<Case> {
  const where = { state: 'open', kind };
  return all(reader, collection, { index: 'byKind', where, order: 'ascending', limit: 100 });
}

function newCase({ kind, cause, story, ...about }: CaseOpened, now: TimeMs): Case {
  return {
    orderId: null,
    userId: null,
    productId: null,
    refundId: null,
    transactionId: null,
    amountFen: null,
    ...about,
    id: `${kind}:${cause}`,
    kind,
    state: 'open',
    story: story.slice(0, STORY_CHARACTERS_MAX),
    openedAtMs: now,
    closedAtMs: null,
    closedBy: null,
    resolution: null,
  };
}

/** The case. @throws case.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: string): Promise<Case> {
  const found = await reader.find(collection, id);
  if (found === null) throw fail('case.not_found');
  return found;
}

/** Stores a case's new state. */
export function save(tx: Tx, before: Case, after: Case): Promise<void> {
  return store(tx, collection, before, after);
}

/**
 * One page of the cases in a state, of one kind or of all (null), oldest first.
 * @throws request.invalid for a cursor of another query
 */
export function list(
  reader: Pick<Reader, 'list'>,
  asked: {
    readonly state: Case['state'];
    readonly kind: CaseKind | null;
    readonly limit: number;
    readonly cursor: string | null;
  },
): Promise<Page<Case>> {
  const { state, kind, limit, cursor } = asked;
  const by =
    kind === null ? { index: 'byState', where: { state } } : { index: 'byKind', where: { state, kind } };
  return reader.list(collection, { ...by, order: 'ascending', limit, cursor });
}

/** The cases about an order, oldest first, at most 100. */
export async function ofOrder(reader: Pick<Reader, 'list'>, orderId: OrderId): Promise<readonly Case[]> {
  const query = { index: 'byOrder', where: { orderId }, order: 'ascending' } as const;
  return (await reader.list(collection, { ...query, limit: 100, cursor: null })).items;
}

/** All cases opened within a period: open ones first, then closed ones, each oldest first. */
export async function* openedWithin(
  reader: Reader,
  within: { readonly from: TimeMs; readonly below: TimeMs },
): AsyncGenerator<Case> {
  const range = { field: 'openedAtMs', ...within };
  for (const state of Case.shape.state.options) {
    yield* all(reader, collection, {
      ...{ index: 'byState', where: { state }, range },
      ...{ order: 'ascending', limit: 200 },
    });
  }
}
