/**
 * The whole database as the judge reads it: every document, parsed with the schemas and nothing else of the product.
 */
import type * as z from 'zod';
import type { Database } from '../../shared/ports/database.ts';
import { Entitlement } from '../../shared/schemas/access/entitlement.ts';
import { Gift } from '../../shared/schemas/access/gift.ts';
import { Membership } from '../../shared/schemas/access/membership.ts';
import { Trial } from '../../shared/schemas/access/trial.ts';
import { JournalEntry } from '../../shared/schemas/books/journal.ts';
import { Coupon, CouponStock, CouponTemplate } from '../../shared/schemas/coupons/coupon.ts';
import { User } from '../../shared/schemas/identity/user.ts';
import { Case } from '../../shared/schemas/operations/case.ts';
import { Cart } from '../../shared/schemas/orders/cart.ts';
import { Order } from '../../shared/schemas/orders/order.ts';
import { Payment, PaymentException, Receipt } from '../../shared/schemas/payments/payment.ts';
import { PointsAccount, PointsEntry, PointsHold } from '../../shared/schemas/points/points.ts';
import { FlashSale, FlashSeats, FlashStock } from '../../shared/schemas/pricing/promotion.ts';
import { Refund } from '../../shared/schemas/refunds/refund.ts';
import { Flag } from '../../shared/schemas/review/flag.ts';
import { Mark } from '../../shared/schemas/review/mark.ts';
import { Comment } from '../../shared/schemas/talk/comment.ts';
import { Drop, DropClaim } from '../../shared/schemas/talk/drop.ts';
import { ThreadCount } from '../../shared/schemas/talk/thread.ts';
import { Topic } from '../../shared/schemas/talk/topic.ts';
import { Task } from '../../shared/schemas/task.ts';

const schemas = {
  carts: Cart,
  comments: Comment,
  topics: Topic,
  marks: Mark,
  flags: Flag,
  threadCounts: ThreadCount,
  drops: Drop,
  dropClaims: DropClaim,
  trials: Trial,
  cases: Case,
  flashSales: FlashSale,
  flashSeats: FlashSeats,
  flashStocks: FlashStock,
  gifts: Gift,
  journal: JournalEntry,
  memberships: Membership,
  coupons: Coupon,
  couponStocks: CouponStock,
  couponTemplates: CouponTemplate,
  entitlements: Entitlement,
  orders: Order,
  payments: Payment,
  paymentExceptions: PaymentException,
  pointsAccounts: PointsAccount,
  pointsEntries: PointsEntry,
  pointsHolds: PointsHold,
  receipts: Receipt,
  refunds: Refund,
  tasks: Task,
  users: User,
} as const;

type Name = keyof typeof schemas;

/** The judged documents by collection and id. */
export type Store = { readonly [N in Name]: ReadonlyMap<string, z.output<(typeof schemas)[N]>> };

/** Makes a reader. It parses each version of a document once, because the store is read again and again. */
export class StoreReader {
  readonly #parsed = new Map<string, { readonly version: number; readonly doc: unknown }>();
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async read(): Promise<Store> {
    const found = new Map<string, Map<string, unknown>>();
    for (const name of Object.keys(schemas)) found.set(name, new Map());
    for await (const { collection, id, version, doc } of this.#database.exportAll()) {
      const docs = found.get(collection);
      if (docs === undefined) continue;
      const key = `${collection}/${id}`;
      const known = this.#parsed.get(key);
      const parsed = known?.version === version ? known.doc : schemas[nameOf(collection)].parse(doc);
      this.#parsed.set(key, { version, doc: parsed });
      docs.set(id, parsed);
    }
    const of = <N extends Name>(name: N) => (found.get(name) ?? new Map()) as Store[N];
    return {
      carts: of('carts'),
      comments: of('comments'),
      topics: of('topics'),
      marks: of('marks'),
      flags: of('flags'),
      threadCounts: of('threadCounts'),
      drops: of('drops'),
      dropClaims: of('dropClaims'),
      trials: of('trials'),
      cases: of('cases'),
      flashSales: of('flashSales'),
      flashSeats: of('flashSeats'),
      flashStocks: of('flashStocks'),
      gifts: of('gifts'),
      journal: of('journal'),
      memberships: of('memberships'),
      coupons: of('coupons'),
      couponStocks: of('couponStocks'),
      couponTemplates: of('couponTemplates'),
      entitlements: of('entitlements'),
      orders: of('orders'),
      payments: of('payments'),
      paymentExceptions: of('paymentExceptions'),
      pointsAccounts: of('pointsAccounts'),
      pointsEntries: of('pointsEntries'),
      pointsHolds: of('pointsHolds'),
      receipts: of('receipts'),
      refunds: of('refunds'),
      tasks: of('tasks'),
      users: of('users'),
    };
  }
}

function nameOf(collection: string): Name {
  if (collection in schemas) return collection as Name;
  throw new Error(`${collection} is not judged`);
}

/** The documents of a collection in groups. */
export function groupedBy<D>(
  docs: Iterable<D>,
  keyOf: (doc: D) => string,
): ReadonlyMap<string, readonly D[]> {
  const groups = new Map<string, D[]>();
  for (const doc of docs) {
    const group = groups.get(keyOf(doc));
    if (group === undefined) groups.set(keyOf(doc), [doc]);
    else group.push(doc);
  }
  return groups;
}

/** The sum of the items. */
export function sumOf<D>(docs: Iterable<D>, amountOf: (doc: D) => number): number {
  let sum = 0;
  for (const doc of docs) sum += amountOf(doc);
  return sum;
}
