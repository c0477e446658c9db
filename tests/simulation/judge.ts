/** The judge: looks at everything while it stands still, and keeps what is broken, each thing once. */

import { everyCheck } from '../../shared/flows/operations/checkStore.ts';
import type { Database } from '../../shared/ports/database.ts';
import type { TimeMs } from '../../shared/schemas/base.ts';
import { audited } from '../support/audited.ts';
import {
  always,
  atRest,
  type Broken,
  broken,
  isAskedAbout,
  isOpen,
  paymentsWithOtherRefunds,
  untold,
} from './invariants.ts';
import { Promises } from './promises.ts';
import type { RailBooks } from './railBooks.ts';
import { type Store, StoreReader } from './store.ts';

/** A run that is so broken says nothing new. */
const BROKEN_MAX = 20;

/** The judge of one run. */
export class Judge {
  /** What the product has acknowledged so far. */
  readonly promises = new Promises();
  /** Orders whose buyers have been given the way to pay them. */
  readonly handed = new Set<string>();
  /** Refunds that somebody asked for, by id. */
  readonly asked = new Set<string>();
  readonly #database: Database;
  readonly #reader: StoreReader;
  readonly #books: () => RailBooks;
  readonly #broken = new Map<string, Broken>();
  readonly #until: string | null;
  #isFound = false;
  #looks = 0;

  /** `until` is the rule whose breach is all there is to be learned; null for everything. */
  constructor(database: Database, books: () => RailBooks, until: string | null) {
    this.#until = until;
    this.#database = database;
    this.#reader = new StoreReader(database);
    this.#books = books;
  }

  get broken(): readonly Broken[] {
    return [...this.#broken.values()];
  }

  get looks(): number {
    return this.#looks;
  }

  /** Whether there is anything left to be learned. */
  get isInterested(): boolean {
    return this.#until === null ? this.#broken.size < BROKEN_MAX : !this.#isFound;
  }

  /** Notes something that somebody else has seen. */
  add(found: readonly Broken[]): void {
    for (const each of found) {
      this.#broken.set(`${each.rule}: ${each.what}`, each);
      this.#isFound ||= each.rule === this.#until;
    }
  }

  /** The whole store as it is. */
  read(): Promise<Store> {
    return this.#reader.read();
  }

  /** Looks, as one may at any moment. */
  async look(): Promise<void> {
    this.#looks += 1;
    const store = await this.read();
    this.add(broken(always, { store, rail: this.#books(), handed: this.handed, asked: this.asked }));
    this.#holdToPromises(store);
  }

  /**
   * Looks when everything has come to rest: then more has to hold, also by the audit's own arithmetic, and the product's
   * own nightly look finds nothing.
   */
  async lookAtRest(store: Store, now: TimeMs): Promise<void> {
    for await (const check of everyCheck(this.#database, now))
      this.add((await check()).map((found) => ({ rule: 'nightly', what: JSON.stringify(found) })));
    const { findings } = await audited(this.#database);
    this.add(findings.map((found) => ({ rule: 'audit', what: JSON.stringify(found) })));
    const evidence = { store, rail: this.#books(), handed: this.handed, asked: this.asked };
    this.add([...broken(always, evidence), ...broken(atRest, evidence)]);
    this.#holdToPromises(store);
  }

  /** Looks a day after nothing went on any more: of what still waits somebody has to have been told. */
  async lookADayLater(now: TimeMs): Promise<void> {
    this.add(untold(await this.read(), now).map((what) => ({ rule: 'untold', what })));
  }

  /** WeChat Pay was told that a notice has been taken, and forgets it: at this very moment it has to be written down. */
  async acknowledged(kind: 'payment' | 'refund', about: string): Promise<void> {
    if (kind === 'payment') this.promises.paymentNoticed(about);
    else this.promises.refundNoticed(about);
    this.#holdToPromises(await this.read());
  }

  /** Reads a line of the product's log: what it calls a bug of its own is one. */
  readLog(record: Readonly<Record<string, unknown>>): void {
    if (record.level === 'error' && ('stack' in record || record.code === 'internal')) {
      this.add([{ rule: 'log', what: JSON.stringify(record) }]);
    }
  }

  /** Whether there is nothing left that would go on by itself. */
  isAtRest(store: Store): boolean {
    const isOpenAtRail = (refund: {
      readonly id: string;
      readonly state: string;
      readonly lines: readonly unknown[];
    }) =>
      isOpen(refund.state) ||
      (refund.state === 'closed' && refund.lines.length === 0 && !hasNextTry(store, refund.id));
    return (
      this.untold(store, 'wxpay') === 0 &&
      ![...store.orders.values()].some(({ state }) => state === 'pending' || state === 'closing') &&
      ![...store.tasks.values()].some(({ state }) => state === 'pending') &&
      ![...store.payments.values()].some(isAskedAbout) &&
      ![...store.refunds.values()].some(isOpenAtRail)
    );
  }

  /** How many payments of that rail, and refunds that it made by itself, are nowhere written down. */
  untold(store: Store, rail: 'wxpay' | 'xpay'): number {
    const { transactions, refunds } = this.#books();
    const refused = new Set([...store.paymentExceptions.values()].map(({ transactionId }) => transactionId));
    const takenBack = new Set(
      [...store.refunds.values()]
        .filter(({ reason }) => reason === 'platform')
        .map(({ transactionId }) => transactionId),
    );
    const isUntold = (transactionId: string) =>
      !store.receipts.has(`${rail}:${transactionId}`) && !refused.has(transactionId);
    const paid = transactions.filter((each) => each.rail === rail && isUntold(each.transactionId));
    const back = refunds.filter(
      (each) => each.rail === rail && each.refundNumber === null && !takenBack.has(each.transactionId),
    );
    return paid.length + back.length;
  }

  /** Of how many payments something else has gone back than is written down. */
  untoldBack(store: Store): number {
    return paymentsWithOtherRefunds(store, this.#books()).length;
  }

  #holdToPromises(store: Store): void {
    this.add(this.promises.brokenBy(store).map((what) => ({ rule: 'promises', what })));
  }
}

/** Whether money that paid for nothing was tried to be given back once more, after the rail had refused. */
function hasNextTry(store: Store, refundId: string): boolean {
  const [letters, number, tried = '1'] = refundId.split('_');
  return store.refunds.has(`${letters}_${number}_${Number(tried) + 1}`);
}
