/** The judge: it reads everything while nothing runs, and records each violation once. */

import type { Database } from '../../shared/ports/database.ts';
import type { TimeMs } from '../../shared/schemas/base.ts';
import { audited } from '../support/audited.ts';
import { nightlyFindings } from '../support/nightlyFindings.ts';
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
import { isTalkGoingOn } from './talkRules.ts';

/** After this many violations, a run has nothing new to tell. */
const BROKEN_MAX = 20;

/** The judge of one run. */
export class Judge {
  /** What the product has acknowledged so far. */
  readonly promises = new Promises();
  /** Orders whose buyers got the parameters to pay them. */
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

  /** `until` is the rule whose violation ends the run; null to look for everything. */
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

  /** Whether anything is left to find. */
  get isInterested(): boolean {
    return this.#until === null ? this.#broken.size < BROKEN_MAX : !this.#isFound;
  }

  /** Records violations that somebody else has found. */
  add(found: readonly Broken[]): void {
    for (const each of found) {
      this.#broken.set(`${each.rule}: ${each.what}`, each);
      this.#isFound ||= each.rule === this.#until;
    }
  }

  /** Reads the whole store. */
  read(): Promise<Store> {
    return this.#reader.read();
  }

  /** Checks what must hold at every moment. */
  async look(): Promise<void> {
    this.#looks += 1;
    const store = await this.read();
    this.add(broken(always, { store, rail: this.#books(), handed: this.handed, asked: this.asked }));
    this.#holdToPromises(store);
  }

  /** Records what people read or were told against the rules. */
  hear(wrong: readonly string[], reachedTwice: readonly string[]): void {
    this.add(wrong.map((what) => ({ rule: 'unchecked', what })));
    this.add(reachedTwice.map((what) => ({ rule: 'toldTwice', what })));
  }

  /**
   * Checks the store at rest. More rules hold then, including the audit's own arithmetic, and the product's nightly
   * check must find nothing.
   */
  async lookAtRest(store: Store, now: TimeMs): Promise<void> {
    const looked = await nightlyFindings(this.#database, now);
    this.add(looked.map((found) => ({ rule: 'nightly', what: JSON.stringify(found) })));
    const { findings } = await audited(this.#database);
    this.add(findings.map((found) => ({ rule: 'audit', what: JSON.stringify(found) })));
    const evidence = { store, rail: this.#books(), handed: this.handed, asked: this.asked };
    this.add([...broken(always, evidence), ...broken(atRest, evidence)]);
    this.#holdToPromises(store);
  }

  /** Checks a day after everything came to rest. Somebody must know of what still waits. */
  async lookADayLater(now: TimeMs): Promise<void> {
    this.add(untold(await this.read(), now).map((what) => ({ rule: 'untold', what })));
  }

  /** WeChat Pay got a success for a notice, and will not repeat it. So the news must be stored at this very moment. */
  async acknowledged(kind: 'payment' | 'refund', about: string): Promise<void> {
    if (kind === 'payment') this.promises.paymentNoticed(about);
    else this.promises.refundNoticed(about);
    this.#holdToPromises(await this.read());
  }

  /** Reads a line of the product's log. An error that the product calls its own bug is a violation. */
  readLog(record: Readonly<Record<string, unknown>>): void {
    if (record.level === 'error' && ('stack' in record || record.code === 'internal')) {
      this.add([{ rule: 'log', what: JSON.stringify(record) }]);
    }
  }

  /** Whether nothing is left that would go on by itself. */
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
      !isTalkGoingOn(store) &&
      ![...store.refunds.values()].some(isOpenAtRail)
    );
  }

  /** How many payments of that rail, and how many refunds that it made by itself, are not stored here. */
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

  /** How many payments have other refunds at the rail than stored here. */
  untoldBack(store: Store): number {
    return paymentsWithOtherRefunds(store, this.#books()).length;
  }

  #holdToPromises(store: Store): void {
    this.add(this.promises.brokenBy(store).map((what) => ({ rule: 'promises', what })));
  }
}

/** Whether a refund of money that paid for nothing was tried again after the rail had refused it. */
function hasNextTry(store: Store, refundId: string): boolean {
  const [letters, number, tried = '1'] = refundId.split('_');
  return store.refunds.has(`${letters}_${number}_${Number(tried) + 1}`);
}
