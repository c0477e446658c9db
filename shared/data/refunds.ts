/** Refunds, under the number the rail knows them by. */
import type { Reader, Tx } from '../ports.ts';
import type { TimeMs } from '../schemas/base.ts';
import { Refund } from '../schemas/refund.ts';
import { all, defineCollection } from './collection.ts';

/** What a refund of version 1 was: of money that had paid for nothing. */
const BEFORE_LINES = {
  platform: 'web',
  words: null,
  lines: [],
  approvals: [],
  approvalsNeeded: 0,
  rejected: null,
  pointsReturned: 0,
  pointsTaken: 0,
};

/** Stored refunds; `due` finds those the rail has to be asked about. */
export const collection = defineCollection({
  name: 'refunds',
  schema: Refund,
  version: 2,
  upgrade: (doc) => ({
    ...BEFORE_LINES,
    ...doc,
    approvedAtMs: doc.requestedAtMs,
    state: doc.state === 'requested' ? 'approved' : doc.state,
  }),
  indexes: {
    due: { fields: ['syncNextAtMs'] },
    ofOrder: { fields: ['orderId', 'requestedAtMs'] },
    byState: { fields: ['state', 'requestedAtMs'] },
  },
});

/** The refund, or null. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<Refund | null> {
  return reader.find(collection, id);
}

/** The refund of a fact that was told. @throws a plain Error when it is missing: they are written together. */
export async function get(reader: Pick<Reader, 'find'>, id: string): Promise<Refund> {
  const refund = await find(reader, id);
  if (refund === null) throw new Error(`there is no refund ${id}`);
  return refund;
}

/** Writes a new refund. */
export function insert(tx: Tx, refund: Refund): Promise<void> {
  return tx.insert(collection, refund);
}

/** Stores a refund's new state. */
export function save(tx: Tx, refund: Refund): Promise<void> {
  return tx.update(collection, refund);
}

/** Every refund the rail is to be asked about now, longest due first. */
export function due(reader: Reader, now: TimeMs): AsyncGenerator<Refund> {
  return all(reader, collection, {
    index: 'due',
    where: {},
    range: { field: 'syncNextAtMs', from: 0, below: now + 1 },
    order: 'ascending',
    limit: 100,
  });
}
