import * as sales from '../../data/shares/sales.ts';
import * as shares from '../../data/shares/shares.ts';
import * as visits from '../../data/shares/visits.ts';
import { countShare, shareIdOf } from '../../domain/shares/share.ts';
import type { Tx } from '../../ports/database.ts';
import type { Sale, ShareToken, Visit } from '../../schemas/shares/share.ts';

/** The most visits and sales in one transaction. With their share they are within what a transaction may touch. */
const FOLDED_AT_ONCE = 50;

/** What came of one share, as much of it as one transaction counts. */
export interface Come {
  readonly token: ShareToken;
  readonly visits: readonly Visit[];
  readonly sales: readonly Sale[];
}

/** Visits and sales in parts that one transaction can count: those of one share. */
export function foldable(come: readonly Visit[], sold: readonly Sale[]): readonly Come[] {
  const tokens = new Set([...come, ...sold].map(({ token }) => token));
  return [...tokens].flatMap((token) => {
    const own = [
      ...come.flatMap((visit) => (visit.token === token ? [{ visits: [visit], sales: [] }] : [])),
      ...sold.flatMap((sale) => (sale.token === token ? [{ visits: [], sales: [sale] }] : [])),
    ];
    const parts: Come[] = [];
    for (let from = 0; from < own.length; from += FOLDED_AT_ONCE) {
      const some = own.slice(from, from + FOLDED_AT_ONCE);
      parts.push({
        token,
        visits: some.flatMap((one) => one.visits),
        sales: some.flatMap((one) => one.sales),
      });
    }
    return parts;
  });
}

/**
 * Adds to the counts of a share what these visits and sales change. It finds each again, so that what another run has
 * counted, or what has changed meanwhile, counts as it is. Answers how many it counted.
 */
export async function foldShare(tx: Tx, come: Come): Promise<number> {
  const stored = await shares.findToken({ find: tx.peek.bind(tx) }, come.token);
  const share = stored === null ? null : await shares.find(tx, shareIdOf(stored));
  if (share === null) return 0;
  const foundVisits = await Promise.all(come.visits.map((visit) => visits.find(tx, visit)));
  const foundSales = await Promise.all(come.sales.map(({ id }) => sales.find(tx, id)));
  const before = {
    visits: foundVisits.filter((visit) => visit !== null),
    sales: foundSales.filter((sale) => sale !== null),
  };
  const after = countShare(share, before.visits, before.sales);
  await shares.save(tx, share, after.share);
  await visits.saveEach(tx, before.visits, after.visits);
  await sales.saveEach(tx, before.sales, after.sales);
  return after.visits.length + after.sales.length;
}
