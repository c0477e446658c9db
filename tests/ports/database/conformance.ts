/** What every engine behind the database port promises and refuses. */
import type { Collection, Engine as Opening } from '../../../shared/ports/database.ts';
import { collections } from '../../support/collections.ts';
import { buildsSuite, migrationSuite } from './builds.ts';
import { costsSuite } from './costs.ts';
import { documentsSuite, idsSuite, limitsSuite } from './documents.ts';
import { contentionSuite, isolationSuite, peekSuite } from './isolation.ts';
import { closeSuite, exportSuite, snapshotSuite } from './lifecycle.ts';
import { cursorsSuite, listsSuite, queriesSuite } from './lists.ts';
import { reopenSuite, shapesSuite } from './reopen.ts';
import { misuseSuite, transactionsSuite } from './transactions.ts';

/** An engine to test. */
export interface Engine {
  /** Whether the next opening of a store sees what an earlier one wrote. False for an engine in memory. */
  readonly isKept: boolean;
  /** Whether it can show one moment while others write; like `isKept` when left out. */
  readonly hasSnapshots?: boolean;
  readonly make: () => Promise<Store>;
}

/** An empty store for one test. */
export interface Store {
  /** Whether only another writer can make a transaction run again. */
  readonly isCalm: boolean;
  /** How many random queries are compared, page by page; 160 when left out. */
  readonly queries?: number;
  open(collections: readonly Collection[]): Promise<Opening>;
  /** Deletes the store, after every database on it was closed. */
  dispose(): Promise<void>;
}

/** The test's store, and a database opened on it. */
export interface Opened {
  readonly store: Store;
  readonly database: Opening;
}

/** Runs the suite over stores that `make` makes, one for each test. */
export function databaseSuite(name: string, { isKept, hasSnapshots = isKept, make }: Engine): void {
  describe(`database: ${name}`, () => {
    let opened: Opened;
    beforeEach(async () => {
      const store = await make();
      opened = { store, database: await store.open(collections) };
    });
    afterEach(async () => {
      await opened.database.close();
      await opened.store.dispose();
    });
    const at = () => opened;

    describe('documents', () => documentsSuite(at));
    describe('ids', () => idsSuite(at));
    describe('limits', () => limitsSuite(at));
    describe('transactions', () => transactionsSuite(at));
    describe('misuse', () => misuseSuite(at));
    describe('isolation', () => isolationSuite(at));
    describe('peek', () => peekSuite(at));
    describe('contention', () => contentionSuite(at));
    describe('lists', () => listsSuite(at));
    describe('cursors', () => cursorsSuite(at));
    describe('queries', () => queriesSuite(at));
    describe('costs', () => costsSuite(at));
    describe('export', () => exportSuite(at));
    describe('snapshot', () => snapshotSuite(at, hasSnapshots));
    describe('close', () => closeSuite(at));
    if (isKept) {
      describe('reopening', () => reopenSuite(at));
      describe('shapes', () => shapesSuite(at));
      describe('two builds', () => buildsSuite(at));
      describe('migration', () => migrationSuite(at));
    }
  });
}
