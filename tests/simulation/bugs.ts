/**
 * Planted bugs: each makes a typical mistake at a seam of the product, without touching its code. If the simulation
 * stayed quiet about one of them, it would be quiet about a real bug too.
 *
 * The M-numbers are those of the design's list of mutants. M5 is left out because it cannot be written here, where
 * every find counts.
 */
import { collection as entitlements } from '../../shared/data/access/entitlements.ts';
import { collection as orders } from '../../shared/data/orders/orders.ts';
import { collection as comments } from '../../shared/data/talk/comments.ts';
import { collection as tasks } from '../../shared/data/tasks.ts';
import { fail } from '../../shared/errors.ts';
import type { Collection, Database, Doc, Tx } from '../../shared/ports/database.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { WxpayRail } from '../../shared/ports/wxpay.ts';
import type { XpayRail } from '../../shared/ports/xpay.ts';
import { Entitlement } from '../../shared/schemas/access/entitlement.ts';
import { fen } from '../../shared/schemas/base.ts';
import { Order } from '../../shared/schemas/orders/order.ts';
import { FlashSeats, FlashStock } from '../../shared/schemas/pricing/promotion.ts';
import { Comment } from '../../shared/schemas/talk/comment.ts';
import { Task } from '../../shared/schemas/task.ts';
import type { Profile, RailsName } from './faults.ts';
import type { RuleName } from './invariants.ts';

/** A planted mistake. */
export interface Bug {
  /** What is done wrong. */
  readonly what: string;
  readonly plant?: (ports: Ports) => Ports;
  /** Timers that do not run. */
  readonly without?: readonly string[];
  /** Whether a rail's news is answered before it is processed. */
  readonly isAckedFirst?: boolean;
  /** The rule that it breaks, besides any others; null when another guard hides it. */
  readonly breaks: RuleName | null;
  /** The profile of faults under which it shows most; any by default. */
  readonly profile?: Profile;
  /** How buyers pay; by default only in browsers. */
  readonly rails?: RailsName;
  /** How many people talk; by default none. */
  readonly talkers?: number;
  /** For a bug that shows seldom, a seed that shows it, to start with. */
  readonly showsAt?: number;
  /** For a bug that breaks nothing, the guard that hides it. */
  readonly hiddenBy?: string;
}

const withDatabase =
  (around: (inner: Database) => Database) =>
  (ports: Ports): Ports => {
    // Each call has a view of the store of its own, and the bug is in all of them.
    const planted = (inner: Database): Database => ({
      ...around(inner),
      metered: (meter) => planted(inner.metered(meter)),
    });
    return { ...ports, database: planted(ports.database) };
  };

const withPay =
  (around: (inner: WxpayRail, ports: Ports) => Partial<WxpayRail>) =>
  (ports: Ports): Ports => ({
    ...ports,
    rails: { ...ports.rails, wxpay: { ...ports.rails.wxpay, ...around(ports.rails.wxpay, ports) } },
  });

const withTx = (around: (tx: Tx) => Partial<Tx>) =>
  withDatabase((inner) => ({
    ...inner,
    tx: (work) => inner.tx((tx) => work({ ...tx, ...around(tx) })),
  }));

/** Updates a document, or inserts it if it is missing: `set` in place of `create`. */
async function put<D extends Doc>(tx: Tx, collection: Collection<D>, doc: D): Promise<void> {
  if ((await tx.peek(collection, doc.id)) === null) await tx.insert(collection, doc);
  else await tx.update(collection, doc);
}

/** Leaves out the chosen writes of one collection. */
const withoutWrites = (write: 'insert' | 'update', isLeftOut: (name: string, doc: Doc) => boolean) =>
  withTx((tx) => ({
    [write]: async <D extends Doc>(collection: Collection<D>, doc: D) => {
      if (!isLeftOut(collection.name, doc)) await tx[write](collection, doc);
    },
  }));

const field = (doc: Doc, name: string): unknown => new Map<string, unknown>(Object.entries(doc)).get(name);

/** Reads without validation at the commit, and overwrites whatever is there by then. */
function unvalidated(inner: Database): Database {
  return {
    ...inner,
    tx: async (work) => {
      const writes: ((tx: Tx) => Promise<void>)[] = [];
      const own = new Map<string, Doc | null>();
      const find = async <D extends Doc>(collection: Collection<D>, id: string): Promise<D | null> => {
        const key = `${collection.name}/${id}`;
        return own.has(key) ? collection.schema.nullable().parse(own.get(key)) : inner.find(collection, id);
      };
      const write = async <D extends Doc>(collection: Collection<D>, doc: D) => {
        own.set(`${collection.name}/${doc.id}`, doc);
        writes.push((tx) => put(tx, collection, doc));
      };
      const end = await work({
        find,
        peek: find,
        insert: write,
        update: write,
        remove: async (collection, id) => {
          own.set(`${collection.name}/${id}`, null);
          writes.push((tx) => tx.remove(collection, id));
        },
      });
      await inner.tx(async (tx) => {
        for (const each of writes) await each(tx);
      });
      return end;
    },
  };
}

/** Ends a task in a separate transaction, after the one of its effect. */
function endedApart(inner: Database): Database {
  return {
    ...inner,
    tx: async (work) => {
      let later: ((tx: Tx) => Promise<void>) | null = null;
      const end = await inner.tx((tx) =>
        work({
          ...tx,
          update: async (collection, doc) => {
            const isEnd = collection.name === 'tasks' && field(doc, 'state') === 'done';
            if (isEnd) later = (other) => other.update(collection, doc);
            else await tx.update(collection, doc);
          },
        }),
      );
      if (later !== null) await inner.tx(later);
      return end;
    },
  };
}

const withXpay =
  (around: (inner: XpayRail) => Partial<XpayRail>) =>
  (ports: Ports): Ports => {
    const { xpay } = ports.rails;
    return xpay === null
      ? ports
      : { ...ports, rails: { ...ports.rails, xpay: { ...xpay, ...around(xpay) } } };
  };

/** Leaves out the updates that are chosen by the document before and after. */
const withoutChanges = (isLeftOut: (name: string, before: Doc, after: Doc) => boolean) =>
  withTx((tx) => {
    const found = new Map<string, Doc>();
    return {
      find: async (collection, id) => {
        const doc = await tx.find(collection, id);
        if (doc !== null) found.set(`${collection.name}/${id}`, doc);
        return doc;
      },
      update: async (collection, doc) => {
        const before = found.get(`${collection.name}/${doc.id}`);
        if (before !== undefined && isLeftOut(collection.name, before, doc)) return;
        await tx.update(collection, doc);
      },
    };
  });

const stateOf = (doc: Doc) => field(doc, 'state');

/** Whether the update gives a flash sale's place back. */
function givesSeatBack(name: string, before: Doc, after: Doc): boolean {
  if (name === 'flashStocks') return FlashStock.parse(after).remaining > FlashStock.parse(before).remaining;
  if (name !== 'flashSeats') return false;
  return FlashSeats.parse(after).seats.length < FlashSeats.parse(before).seats.length;
}

/** The order, with every partly refunded line counted as fully refunded. */
function wholeBack(order: Order): Order {
  const paidFen = (id: string) => order.lines.find(({ productId }) => productId === id)?.paidFen ?? fen(0);
  const lineRefunds = order.lineRefunds.map((line) =>
    line.refundedFen === 0 ? line : { ...line, refundedFen: paidFen(line.productId) },
  );
  return { ...order, lineRefunds };
}

/** The bugs by name. */
export const bugs = {
  M1: {
    what: 'no guard by the receipt: each notice of a payment counts',
    breaks: 'paidMeansMoney',
    plant: withTx((tx) => ({
      find: async (collection, id) => (collection.name === 'receipts' ? null : tx.find(collection, id)),
      insert: (collection, doc) =>
        collection.name === 'receipts' ? put(tx, collection, doc) : tx.insert(collection, doc),
    })),
  },
  M2: { what: 'WeChat Pay is answered before the commit', breaks: 'promises', isAckedFirst: true },
  M3: {
    what: 'an order is closed here without a word to the rail',
    breaks: 'closedIsClosedThere',
    plant: withPay(() => ({ close: async () => 'closed' })),
  },
  unbooked: {
    what: 'what was booked of money is never written',
    breaks: 'audit',
    plant: withoutWrites('insert', (name) => name === 'journal'),
  },
  unissued: {
    what: 'what is bought for friends is never made into a gift',
    breaks: 'nightly',
    plant: withoutWrites('insert', (name) => name === 'gifts'),
  },
  M4: {
    what: 'decisions rely on documents that may change meanwhile',
    breaks: 'log',
    showsAt: 2,
    profile: 'slow',
    plant: withTx((tx) => ({ find: (collection, id) => tx.peek(collection, id) })),
  },
  M6: {
    what: 'set instead of create: a second insert replaces the first',
    breaks: null,
    hiddenBy: 'every insert stands behind a find of the same id that the commit validates',
    plant: withTx((tx) => ({ insert: (collection, doc) => put(tx, collection, doc) })),
  },
  M7: {
    what: 'each try to refund has a number of its own',
    breaks: 'refundsAreIntended',
    profile: 'calm',
    plant: withPay((pay, { ids }) => ({
      refund: (asked) => pay.refund({ ...asked, refundId: ids.make('rfd') }),
    })),
  },
  M8: {
    what: 'a task counts as done once it has been told',
    breaks: 'effectsComeWithTheirTask',
    plant: withTx((tx) => ({
      insert: (collection, doc) =>
        tx.insert(collection, collection.name === 'tasks' ? { ...doc, state: 'done' } : doc),
    })),
  },
  M9: {
    what: 'a task ends in another transaction than its effect',
    breaks: 'effectsComeWithTheirTask',
    showsAt: 1,
    plant: withDatabase(endedApart),
  },
  M10: {
    what: 'a coupon is checked and not locked',
    breaks: 'couponsAreHeldOnce',
    plant: withoutWrites('update', (name, doc) => name === 'coupons' && field(doc, 'state') === 'locked'),
  },
  M11: {
    what: 'no answer from the rail is taken for no',
    breaks: 'closedIsClosedThere',
    showsAt: 7,
    profile: 'rail',
    plant: withPay((pay) => ({
      query: (asked) => pay.query(asked).catch(() => ({ state: 'closed' })),
      close: (orderId) => pay.close(orderId).catch(() => 'closed'),
      refund: (asked) => pay.refund(asked).catch(() => ({ ...asked, state: 'closed' })),
    })),
  },
  M12: {
    what: 'the ledger is written and the account is not',
    breaks: 'pointsAreTheirLedger',
    plant: withoutWrites('update', (name) => name === 'pointsAccounts'),
  },
  M14: {
    what: 'nobody asks the rail about payments and refunds',
    breaks: 'refundsAreIntended',
    profile: 'silence',
    without: ['syncPayments'],
  },
  M16: {
    what: 'a second payment of one order is kept',
    breaks: 'moneyIsAccountedFor',
    profile: 'calm',
    plant: withoutWrites('insert', (name, doc) => name === 'refunds' || doc.id.startsWith('submitRefund:')),
  },
  M13: {
    what: 'what is left of a line after a partial refund is lost',
    breaks: 'refundsAreOfLines',
    plant: withTx((tx) => ({
      update: (collection, doc) =>
        collection.name === orders.name
          ? tx.update(orders, wholeBack(Order.parse(doc)))
          : tx.update(collection, doc),
    })),
  },
  M15: {
    what: 'points are set by what an instance remembers of them, whatever others have made of them since',
    breaks: 'pointsAreTheirLedger',
    plant: (ports) => {
      const remembered = new Map<string, Doc>();
      const plant = withTx((tx) => ({
        find: async (collection, id) => {
          const doc = await tx.find(collection, id);
          const known = collection.name === 'pointsAccounts' ? remembered.get(id) : undefined;
          return known === undefined ? doc : collection.schema.parse(known);
        },
        update: async (collection, doc) => {
          if (collection.name === 'pointsAccounts') remembered.set(doc.id, doc);
          await tx.update(collection, doc);
        },
      }));
      return plant(ports);
    },
  },
  M17: {
    what: 'late money by Apple is to be refunded by us, instead of honoured',
    breaks: 'appleMoneyStays',
    rails: 'ios',
    plant: withXpay((xpay) => ({
      abilities: (platform) => ({ ...xpay.abilities(platform), mayRefund: true }),
    })),
  },
  M18: {
    what: 'an order that is opened again does not take its coupon again',
    breaks: 'couponsAreHeldOnce',
    showsAt: 10,
    rails: 'android',
    plant: withTx((tx) => {
      const free = new Set<string>();
      let hasMoney = false;
      return {
        find: async (collection, id) => {
          const doc = await tx.find(collection, id);
          if (doc !== null && collection.name === 'coupons' && stateOf(doc) === 'available') free.add(id);
          return doc;
        },
        insert: async (collection, doc) => {
          hasMoney ||= collection.name === 'receipts';
          await tx.insert(collection, doc);
        },
        update: async (collection, doc) => {
          const isRetaken = hasMoney && collection.name === 'coupons' && free.has(doc.id);
          if (!isRetaken) await tx.update(collection, doc);
        },
      };
    }),
  },
  twice: {
    what: 'money is given back twice, under two numbers',
    breaks: 'refundsAreIntended',
    profile: 'calm',
    plant: withPay((pay, { ids }) => ({
      refund: async (asked) => {
        await pay.refund({ ...asked, refundId: ids.make('rfd') }).catch(() => 'too much');
        return pay.refund(asked);
      },
    })),
  },
  couponKept: {
    what: 'an order that goes back whole does not give its coupon back',
    breaks: 'couponsAreHeldOnce',
    showsAt: 7,
    plant: withoutChanges(
      (name, before, after) =>
        name === 'coupons' && stateOf(before) === 'used' && stateOf(after) === 'available',
    ),
  },
  pointsKept: {
    what: 'points that refunded money had earned are not taken back',
    breaks: 'pointsFollowMoney',
    plant: withTx((tx) => ({
      find: async (collection, id) => {
        const doc = await tx.find(collection, id);
        if (doc === null || collection.name !== orders.name) return doc;
        const order = Order.parse(doc);
        return order.refundingFen > 0 ? collection.schema.parse({ ...order, earnsPoints: 0 }) : doc;
      },
    })),
  },
  regranted: {
    what: 'access that was taken back before it was given is given',
    breaks: 'accessIsPaidFor',
    showsAt: 1,
    profile: 'silence',
    plant: withTx((tx) => ({
      insert: async (collection, doc) => {
        if (collection.name !== entitlements.name) return tx.insert(collection, doc);
        const entitlement = Entitlement.parse(doc);
        const sources = entitlement.sources.map((source) => ({ ...source, state: 'active' as const }));
        return tx.insert(entitlements, { ...entitlement, sources });
      },
    })),
  },
  seatsKept: {
    what: 'an order that is closed keeps its places in flash sales',
    breaks: 'seatsAreConserved',
    showsAt: 2,
    plant: withoutChanges(givesSeatBack),
  },
  unbookedBack: {
    what: 'what was given back is never booked',
    breaks: 'booksAreTheRails',
    profile: 'calm',
    plant: withoutWrites('insert', (name, doc) => name === 'journal' && doc.id.startsWith('j_refund')),
  },
  unheard: {
    what: 'refunds that we did not ask for are none of ours',
    breaks: 'refundsAreTheRails',
    showsAt: 2,
    plant: withPay((pay) => {
      const isOurs = (number: string | null) => number === null || /^r[a-z]{1,2}_/.test(number);
      return {
        readNotice: async (headers, rawBody) => {
          const notice = await pay.readNotice(headers, rawBody);
          const isForeign = notice.kind === 'refund' && !isOurs(notice.news.refundId);
          return isForeign ? { kind: 'other', eventType: 'REFUND.SUCCESS' } : notice;
        },
        bill: async (days) => {
          const bill = await pay.bill(days);
          return bill && { ...bill, rows: bill.rows.filter(({ refundId }) => isOurs(refundId)) };
        },
      };
    }),
  },
  untoldStaff: {
    what: 'what staff have to decide is put before nobody',
    breaks: 'staffAreTold',
    profile: 'rail',
    plant: withoutWrites('insert', (name) => name === 'cases'),
  },
  ackedPush: {
    what: 'virtual payment is answered before the commit',
    breaks: 'toldIsTaken',
    showsAt: 2,
    rails: 'android',
    isAckedFirst: true,
  },
  noSweeper: { what: 'a lost ring is never rung again', breaks: 'everyTaskIsDone', without: ['sweepTasks'] },
  unwatched: {
    what: 'the rail takes no refund, and nobody looks what waits',
    breaks: 'untold',
    profile: 'calm',
    without: ['watchWaiting'],
    plant: withPay(() => ({ refund: async () => Promise.reject(fail('pay.unavailable')) })),
  },
  rejuvenated: {
    what: 'whatever tries a task again makes it as young as a new one',
    breaks: 'untold',
    profile: 'calm',
    plant: withTx((tx) => ({
      insert: async (collection, doc) => {
        if (collection.name === entitlements.name) throw fail('database.unavailable');
        await tx.insert(collection, doc);
      },
      update: async (collection, doc) => {
        if (collection.name !== tasks.name) return tx.update(collection, doc);
        const task = Task.parse(doc);
        return tx.update(tasks, { ...task, dueFirstAtMs: task.updatedAtMs });
      },
    })),
  },
  noCloser: {
    what: 'nobody closes what has expired',
    breaks: 'nothingIsStuck',
    without: ['closeExpiredOrders'],
  },
  kept: {
    what: 'late and second money is written down, and nobody is told',
    breaks: 'badMoneyGoesBack',
    showsAt: 10,
    profile: 'calm',
    plant: withoutWrites('insert', (name) => name === 'paymentExceptions'),
  },
  apart: {
    what: 'the total is worked out apart from its lines',
    breaks: 'pricesAddUp',
    plant: withTx((tx) => ({
      insert: (collection, doc) =>
        tx.insert(collection, collection.name === 'orders' ? { ...doc, payableFen: 1 } : doc),
    })),
  },
  yuan: {
    what: 'the rail is told yuan where it wants fen',
    breaks: 'railHearsThePrice',
    plant: withPay((pay) => ({
      open: (asked) => pay.open({ ...asked, amountFen: fen(Math.ceil(asked.amountFen / 100)) }),
    })),
  },
  eager: {
    what: 'access is given when the order is placed',
    breaks: 'accessIsPaidFor',
    plant: withTx((tx) => ({
      insert: async (collection, doc) => {
        await tx.insert(collection, doc);
        if (collection.name !== 'orders') return;
        const { id: sourceId, userId, lines, createdAtMs } = Order.parse(doc);
        for (const { productId } of lines) {
          const state = { untilAtMs: null, isDated: false, state: 'active' } as const;
          const source = { sourceId, cause: 'order', fromAtMs: createdAtMs, ...state } as const;
          const id = `${userId}:${productId}`;
          const before = await tx.find(entitlements, id);
          const sources = [...(before?.sources ?? []), source];
          await put(tx, entitlements, { id, userId, productId, sources, updatedAtMs: createdAtMs });
        }
      },
    })),
  },
  hollow: {
    what: 'what is bought ends when it begins',
    breaks: 'reckoning',
    plant: withTx((tx) => ({
      insert: async (collection, doc) => {
        if (collection.name !== entitlements.name) return tx.insert(collection, doc);
        const entitlement = Entitlement.parse(doc);
        const sources = entitlement.sources.map((source) => ({ ...source, untilAtMs: source.fromAtMs }));
        return tx.insert(entitlements, { ...entitlement, sources });
      },
    })),
  },
  unwelcome: {
    what: 'a welcome is asked for, and the asking is lost',
    breaks: 'everybodyIsWelcome',
    plant: withoutWrites('insert', (_, doc) => doc.id.startsWith('grantCoupon:')),
  },
  shownAtOnce: {
    what: 'a text is shown when it is written',
    breaks: 'unchecked',
    profile: 'calm',
    talkers: 5,
    plant: withTx((tx) => ({
      insert: async (collection, doc) => {
        if (collection.name !== comments.name) return tx.insert(collection, doc);
        const comment = Comment.parse(doc);
        const { newest: shown, createdAtMs: publicAtMs } = comment;
        const review = { ...comment.review, publicVersion: 1, publicAtMs };
        const open = { shown, isShown: true, isListed: true, isCounted: false, publicAtMs, review };
        return tx.insert(comments, { ...comment, ...open });
      },
    })),
  },
  likedTwice: {
    what: 'each like that is counted counts twice',
    breaks: 'talkIsCounted',
    profile: 'calm',
    talkers: 5,
    plant: withTx((tx) => ({
      update: async (collection, doc) => {
        if (collection.name !== comments.name) return tx.update(collection, doc);
        const [before, after] = [await tx.peek(comments, doc.id), Comment.parse(doc)];
        const more = Math.max(0, after.likes - (before?.likes ?? 0));
        return tx.update(comments, { ...after, likes: after.likes + more });
      },
    })),
  },
  unswept: {
    what: 'WeChat is silent about a file, and nobody asks again or tells staff',
    breaks: 'talkIsDecided',
    profile: 'calm',
    talkers: 9,
    without: ['sweepChecks'],
  },
  unclaimed: {
    what: 'who claimed of a drop is not written down',
    breaks: 'dropIsShared',
    profile: 'calm',
    talkers: 5,
    plant: withoutWrites('insert', (name) => name === 'dropClaims'),
  },
  sentAgain: {
    what: 'a message is sent once more',
    breaks: 'toldTwice',
    profile: 'calm',
    talkers: 8,
    plant: (ports) => ({
      ...ports,
      messages: {
        ...ports.messages,
        send: async (asked) => {
          await ports.messages.send(asked);
          return ports.messages.send(asked);
        },
      },
    }),
  },
  unvalidated: {
    what: 'the last writer wins',
    breaks: 'stockIsConserved',
    profile: 'slow',
    plant: withDatabase(unvalidated),
  },
} as const satisfies Record<string, Bug>;

/** The name of a bug. */
export type BugName = keyof typeof bugs;

/** All names. */
export const bugNames = Object.keys(bugs) as readonly BugName[];
