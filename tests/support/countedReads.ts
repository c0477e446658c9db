import type { Database } from '../../shared/ports/database.ts';

/** How often a store was asked, by what was asked of it. */
export interface ReadCounts {
  /** Queries and reads of several documents. */
  pages: number;
  /** Reads of one document. */
  finds: number;
}

/** The same store, which counts what is read of it outside transactions. */
export function countedReads(inner: Database, counts: ReadCounts): Database {
  const counting: Database = Object.create(inner);
  return Object.assign(counting, {
    find: ((...asked: Parameters<Database['find']>) => {
      counts.finds += 1;
      return inner.find(...asked);
    }) as Database['find'],
    findMany: ((...asked: Parameters<Database['findMany']>) => {
      counts.pages += 1;
      return inner.findMany(...asked);
    }) as Database['findMany'],
    list: ((...asked: Parameters<Database['list']>) => {
      counts.pages += 1;
      return inner.list(...asked);
    }) as Database['list'],
    tx: inner.tx.bind(inner),
    exportAll: inner.exportAll.bind(inner),
    close: inner.close.bind(inner),
    metered: () => counting,
  });
}
