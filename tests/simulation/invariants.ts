/**
 * What must hold, judged from WeChat Pay's own books and from the raw documents, never by the product's own rules.
 * `always` holds at every moment between two steps; `atRest` once everybody is done, the faults are over and
 * everything that waited has had its time.
 */
import type { Order } from '../../shared/schemas/order.ts';
import type { PointsEntry } from '../../shared/schemas/points.ts';
import { groupedBy, type Store, sumOf } from './store.ts';

/** WeChat Pay's books, as far as they are judged. */
export interface RailBooks {
  readonly orders: readonly {
    readonly orderNumber: string;
    readonly totalFen: number;
    /** Whether nobody can pay it any more without having paid. */
    readonly isClosed: boolean;
  }[];
  readonly transactions: readonly {
    readonly transactionId: string;
    readonly orderNumber: string;
    readonly totalFen: number;
  }[];
  readonly refunds: readonly {
    readonly refundNumber: string;
    readonly transactionId: string;
    readonly refundFen: number;
    readonly isSuccess: boolean;
  }[];
}

/** Everything the judge has. */
export interface Evidence {
  readonly store: Store;
  readonly rail: RailBooks;
  /** Orders whose buyer has been given the way to pay them. */
  readonly handed: ReadonlySet<string>;
}

/** A rule in words, and what breaks it: nothing when it holds. */
export interface Invariant {
  readonly says: string;
  readonly broken: (evidence: Evidence) => readonly string[];
}

const lines = (complaints: readonly (string | false)[]): string[] =>
  complaints.filter((complaint) => complaint !== false);

const isLive = (order: Order) => order.state === 'pending' || order.state === 'closing';

/** One point for each whole yuan that was really paid. */
const pointsFor = (order: Order) => Math.floor(order.payableFen / 100);

const sourcesOf = (store: Store, order: Order, productId: string) =>
  store.entitlements
    .get(`${order.userId}:${productId}`)
    ?.sources.filter((source) => source.sourceId === order.id) ?? [];

const earnedBy = (store: Store, order: Order) =>
  [...store.pointsEntries.values()].filter((entry) => entry.orderId === order.id);

const taskOf = (store: Store, consumer: string, eventId: string) => store.tasks.get(`${consumer}:${eventId}`);

const pricesAddUp: Invariant = {
  says: 'the shares of every order sum to the fen, and nothing is negative',
  broken: ({ store }) =>
    [...store.orders.values()].flatMap((order) => {
      const off = (line: Order['lines'][number]) =>
        line.shares.activityFen +
        line.shares.memberFen +
        line.shares.campaignFen +
        line.shares.couponFen +
        line.shares.pointsFen;
      return lines([
        order.lines.some((line) => line.listFen - off(line) !== line.paidFen) &&
          `${order.id}: a line's shares`,
        sumOf(order.lines, (line) => line.listFen) !== order.listFen && `${order.id}: list`,
        sumOf(order.lines, off) !== order.discountFen && `${order.id}: discount`,
        sumOf(order.lines, (line) => line.paidFen) !== order.payableFen && `${order.id}: payable`,
        sumOf(order.applied, (applied) => applied.offFen) !== order.discountFen && `${order.id}: applied`,
        order.refundedFen + order.refundingFen > order.payableFen && `${order.id}: refunds`,
      ]);
    }),
};

/** What an account of the ledger comes to over these entries. */
const postedTo = (ledger: readonly PointsEntry[], name: string) =>
  ledger
    .flatMap(({ postings }) => postings)
    .reduce((sum, [to, amount]) => sum + (to === name ? amount : 0), 0);

const pointsAreTheirLedger: Invariant = {
  says: 'points are the sum of their ledger and of their lots; its entries balance and follow each other without a gap',
  broken: ({ store }) => {
    const ledgers = groupedBy(store.pointsEntries.values(), (entry) => entry.userId);
    const owners = new Set([...ledgers.keys(), ...store.pointsAccounts.keys()]);
    const holds = groupedBy(
      [...store.pointsHolds.values()].filter(({ state }) => state === 'held'),
      (hold) => hold.userId,
    );
    return [...owners].flatMap((userId) => {
      const account = store.pointsAccounts.get(userId);
      const ledger = [...(ledgers.get(userId) ?? [])].sort((a, b) => a.line - b.line);
      const isChain = ledger.every((entry, i) => {
        const until = ledger.slice(0, i + 1);
        return (
          entry.line === i + 1 &&
          entry.postings.reduce((sum, [, amount]) => sum + amount, 0) === 0 &&
          entry.availableAfter === postedTo(until, 'available') &&
          entry.heldAfter === postedTo(until, 'held') &&
          entry.debtAfter === -postedTo(until, 'debt')
        );
      });
      const { availableAfter = 0, heldAfter = 0, debtAfter = 0 } = ledger.at(-1) ?? {};
      const inLots = (account?.lots ?? []).reduce((sum, { remaining }) => sum + remaining, 0);
      const inHolds = (holds.get(userId) ?? []).reduce((sum, { count }) => sum + count, 0);
      return lines([
        !isChain && `${userId}: the entries do not follow each other`,
        (account?.available ?? 0) !== availableAfter &&
          `${userId}: available ${account?.available}, ledger ${availableAfter}`,
        (account?.held ?? 0) !== heldAfter && `${userId}: held ${account?.held}, ledger ${heldAfter}`,
        (account?.debt ?? 0) !== debtAfter && `${userId}: debt ${account?.debt}, ledger ${debtAfter}`,
        (account?.lines ?? 0) !== ledger.length &&
          `${userId}: ${account?.lines} entries, ledger ${ledger.length}`,
        inLots !== availableAfter && `${userId}: ${inLots} in lots, ${availableAfter} available`,
        inHolds !== heldAfter && `${userId}: orders hold ${inHolds}, the account says ${heldAfter}`,
        Math.min(availableAfter, heldAfter, debtAfter) < 0 && `${userId}: below zero`,
        debtAfter > 0 && availableAfter > 0 && `${userId}: owes ${debtAfter} and has ${availableAfter}`,
      ]);
    });
  },
};

const stockIsConserved: Invariant = {
  says: 'issued and remaining come to the stock, as many coupons exist as were issued, nobody has more than allowed',
  broken: ({ store }) => {
    const shards = groupedBy(store.couponStocks.values(), (shard) => shard.templateId);
    const coupons = groupedBy(store.coupons.values(), (coupon) => coupon.templateId);
    return [...store.couponTemplates.values()].flatMap((template) => {
      const stock = shards.get(template.id) ?? [];
      const issued = sumOf(stock, (shard) => shard.issued);
      const own = coupons.get(template.id) ?? [];
      const greediest = Math.max(
        0,
        ...[...groupedBy(own, (coupon) => coupon.userId).values()].map((c) => c.length),
      );
      return lines([
        issued + sumOf(stock, (shard) => shard.remaining) !== template.stock && `${template.id}: stock`,
        issued !== own.length && `${template.id}: ${issued} issued, ${own.length} exist`,
        greediest > template.perUserMax && `${template.id}: somebody has ${greediest}`,
      ]);
    });
  },
};

const couponsAreHeldOnce: Invariant = {
  says: 'a coupon is locked only by a live order and used only by a paid one, and each order holds its own',
  broken: ({ store }) => [
    ...[...store.coupons.values()].flatMap((coupon) => {
      const order = coupon.orderId === null ? undefined : store.orders.get(coupon.orderId);
      const isHeld = order !== undefined && order.couponId === coupon.id && order.userId === coupon.userId;
      return lines([
        coupon.state === 'locked' &&
          !(isHeld && isLive(order)) &&
          `${coupon.id} is locked for ${coupon.orderId}`,
        coupon.state === 'used' &&
          !(isHeld && order.state === 'paid') &&
          `${coupon.id} used by ${coupon.orderId}`,
        (coupon.state === 'available' || coupon.state === 'expired') &&
          coupon.orderId !== null &&
          `${coupon.id} is ${coupon.state} and held`,
      ]);
    }),
    ...[...store.orders.values()].flatMap((order) => {
      if (order.couponId === null || order.state === 'closed') return [];
      const coupon = store.coupons.get(order.couponId);
      const expected = order.state === 'paid' ? 'used' : 'locked';
      return lines([
        (coupon?.state !== expected || coupon.orderId !== order.id) &&
          `${order.id} is ${order.state}, its coupon ${coupon?.state} for ${coupon?.orderId}`,
      ]);
    }),
  ],
};

const paidMeansMoney: Invariant = {
  says: 'a paid order has exactly its money, once, in our receipts and in the books of WeChat Pay',
  broken: ({ store, rail }) => {
    const receipts = groupedBy(store.receipts.values(), (receipt) => receipt.orderId);
    const transactions = new Map(rail.transactions.map((each) => [each.transactionId, each]));
    return [
      ...[...store.orders.values()].flatMap((order) => {
        const settled = (receipts.get(order.id) ?? []).filter((receipt) => receipt.kind === 'settled');
        const expected = order.state === 'paid' && order.payableFen > 0 ? 1 : 0;
        return lines([
          settled.length !== expected &&
            `${order.id} is ${order.state} with ${settled.length} settled receipts`,
          settled.some((receipt) => receipt.amountFen !== order.payableFen) && `${order.id}: another amount`,
          order.payableFen === 0 && order.state !== 'paid' && `${order.id}: free and ${order.state}`,
        ]);
      }),
      ...[...store.receipts.values()].flatMap((receipt) => {
        const real = transactions.get(receipt.transactionId);
        const isReal = real?.orderNumber === receipt.orderId && real.totalFen === receipt.amountFen;
        return lines([!isReal && `${receipt.id}: WeChat Pay knows of no such money`]);
      }),
    ];
  },
};

const railHearsThePrice: Invariant = {
  says: 'WeChat Pay never hears of an order that costs nothing, and is told what our order costs',
  broken: ({ store, rail }) =>
    rail.orders.flatMap((each) => {
      const order = store.orders.get(each.orderNumber);
      return lines([
        order === undefined && `${each.orderNumber} is open at the rail and not ours`,
        order !== undefined && order.payableFen !== each.totalFen && `${each.orderNumber}: another price`,
        order?.rail === 'zero' && `${each.orderNumber} is free`,
      ]);
    }),
};

const closedIsClosedThere: Invariant = {
  says: 'an order is closed here only once nobody who was given the way can pay it there',
  broken: ({ store, rail, handed }) =>
    rail.orders.flatMap(({ orderNumber, isClosed }) => {
      const isPaid = rail.transactions.some((transaction) => transaction.orderNumber === orderNumber);
      const isOpen = !isClosed && !isPaid && handed.has(orderNumber);
      return lines([
        store.orders.get(orderNumber)?.state === 'closed' && isOpen && `${orderNumber} can still be paid`,
      ]);
    }),
};

const effectsComeWithTheirTask: Invariant = {
  says: 'an effect and the end of its task are there together or not at all',
  broken: ({ store }) =>
    [...store.orders.values()].flatMap((order) => {
      const eventId = `order.paid:${order.id}`;
      const accrue = taskOf(store, 'accruePoints', eventId);
      const grant = taskOf(store, 'grantEntitlement', eventId);
      const entries = earnedBy(store, order).length;
      const isPaid = order.state === 'paid';
      const granted = order.lines.map((line) => sourcesOf(store, order, line.productId).length);
      const given = grant?.state === 'done' ? 1 : 0;
      return lines([
        (accrue !== undefined) !== isPaid && `${order.id} is ${order.state}: accruePoints`,
        (grant !== undefined) !== isPaid && `${order.id} is ${order.state}: grantEntitlement`,
        entries !== (accrue?.state === 'done' && pointsFor(order) > 0 ? 1 : 0) &&
          `${order.id}: ${entries} entries, task ${accrue?.state}`,
        granted.some((count) => count !== given) && `${order.id}: access ${granted}, task ${grant?.state}`,
      ]);
    }),
};

const accessIsPaidFor: Invariant = {
  says: 'every reason for access is a line of a paid order of that user, given once',
  broken: ({ store }) =>
    [...store.entitlements.values()].flatMap((entitlement) =>
      entitlement.sources.flatMap((source) => {
        const order = store.orders.get(source.sourceId);
        const isBought = order?.lines.some((line) => line.productId === entitlement.productId) === true;
        const isRight = isBought && order.userId === entitlement.userId && order.state === 'paid';
        return lines([!isRight && `${entitlement.id} by ${source.sourceId} (${order?.state})`]);
      }),
    ),
};

const refundsAreIntended: Invariant = {
  says: 'money goes back only under our own number, once for each intent, and never more than came',
  broken: ({ store, rail }) => [
    ...rail.refunds.flatMap((each) => {
      const refund = store.refunds.get(each.refundNumber);
      const isOurs = refund?.transactionId === each.transactionId && refund.refundFen === each.refundFen;
      return lines([!isOurs && `${each.refundNumber} is not a refund of ours`]);
    }),
    ...[...store.refunds.values()].flatMap((refund) => {
      const receipt = store.receipts.get(`wxpay:${refund.transactionId}`);
      const isIntended =
        receipt !== undefined &&
        receipt.orderId === refund.orderId &&
        receipt.kind !== 'settled' &&
        receipt.amountFen === refund.refundFen;
      const isThere = rail.refunds.some((each) => each.refundNumber === refund.id && each.isSuccess);
      const task = taskOf(store, 'submitRefund', `refund.requested:${refund.id}`);
      return lines([
        !isIntended && `${refund.id} gives back what it should not`,
        refund.state === 'success' && !isThere && `${refund.id} is said to be back, and is not`,
        task === undefined && `${refund.id} has no task`,
        task?.state === 'done' && refund.state === 'approved' && `${refund.id} was never asked for`,
      ]);
    }),
    ...[...groupedBy(rail.refunds, (each) => each.transactionId)].flatMap(([transactionId, refunds]) => {
      const paid = rail.transactions.find((each) => each.transactionId === transactionId)?.totalFen ?? 0;
      return lines([
        sumOf(refunds, (each) => each.refundFen) > paid && `${transactionId}: too much went back`,
      ]);
    }),
  ],
};

const badMoneyGoesBack: Invariant = {
  says: 'late and second money has a refund of its own, and staff are told',
  broken: ({ store }) =>
    [...store.receipts.values()].flatMap((receipt) => {
      if (receipt.kind === 'settled') return [];
      const isGoingBack = [...store.refunds.values()].some(
        (refund) => refund.transactionId === receipt.transactionId,
      );
      const isTold = [...store.paymentExceptions.values()].some(
        (exception) => exception.transactionId === receipt.transactionId && exception.refundId !== null,
      );
      return lines([!isGoingBack && `${receipt.id}: kept`, !isTold && `${receipt.id}: silent`]);
    }),
};

/** What holds at every moment. */
export const always = {
  pricesAddUp,
  pointsAreTheirLedger,
  stockIsConserved,
  couponsAreHeldOnce,
  paidMeansMoney,
  railHearsThePrice,
  closedIsClosedThere,
  effectsComeWithTheirTask,
  accessIsPaidFor,
  refundsAreIntended,
  badMoneyGoesBack,
} as const satisfies Record<string, Invariant>;

const moneyIsAccountedFor: Invariant = {
  says: 'every transaction of WeChat Pay has its receipt; what is kept is the price of a paid order, and nothing else',
  broken: ({ store, rail }) => [
    ...rail.transactions.flatMap(({ transactionId }) =>
      lines([!store.receipts.has(`wxpay:${transactionId}`) && `${transactionId} was never written down`]),
    ),
    ...[...groupedBy(rail.transactions, (each) => each.orderNumber)].flatMap(
      ([orderNumber, transactions]) => {
        const order = store.orders.get(orderNumber);
        const ids = new Set(transactions.map((each) => each.transactionId));
        const back = rail.refunds.filter((each) => each.isSuccess && ids.has(each.transactionId));
        const kept = sumOf(transactions, (each) => each.totalFen) - sumOf(back, (each) => each.refundFen);
        const price = order?.state === 'paid' ? order.payableFen : 0;
        return lines([
          kept !== price && `${orderNumber} is ${order?.state}, ${kept} fen are kept of ${price}`,
        ]);
      },
    ),
  ],
};

const nothingIsStuck: Invariant = {
  says: 'nothing is left open: no live order, locked coupon, open refund, or question to the rail',
  broken: ({ store }) => [
    ...[...store.orders.values()].filter(isLive).map((order) => `${order.id} is ${order.state}`),
    ...[...store.coupons.values()]
      .filter((coupon) => coupon.state === 'locked')
      .map((coupon) => `${coupon.id} is locked`),
    ...[...store.refunds.values()]
      .filter((refund) => refund.state !== 'success')
      .map((refund) => `${refund.id} is ${refund.state}`),
    ...[...store.payments.values()]
      .filter((payment) => payment.syncNextAtMs !== null)
      .map((payment) => `the rail is still asked about ${payment.id}, ${payment.state}`),
  ],
};

const everyTaskIsDone: Invariant = {
  says: 'every task is done, and none is dead',
  broken: ({ store }) =>
    [...store.tasks.values()]
      .filter((task) => task.state !== 'done')
      .map((task) => `${task.id} is ${task.state} after ${task.attempts} attempts: ${task.reason}`),
};

const everybodyIsWelcome: Invariant = {
  says: 'every new user has exactly one welcome coupon',
  broken: ({ store }) => {
    const welcome = [...store.couponTemplates.values()].filter((template) => template.audience === 'welcome');
    return [...store.users.keys()].flatMap((userId) =>
      welcome.flatMap((template) => {
        const own = [...store.coupons.values()].filter(
          (coupon) => coupon.userId === userId && coupon.templateId === template.id,
        );
        return lines([own.length !== 1 && `${userId} has ${own.length}`]);
      }),
    );
  },
};

/** What holds at the end, besides what always does. */
export const atRest = {
  moneyIsAccountedFor,
  nothingIsStuck,
  everyTaskIsDone,
  everybodyIsWelcome,
} as const satisfies Record<string, Invariant>;

/**
 * Which rule was broken: an invariant; `promises`, what was acknowledged; `log`, what the product itself calls a bug;
 * `reckoning`, what buyers find when they look at everything once more; `audit`, what the audit of a store finds.
 */
export type RuleName = keyof typeof always | keyof typeof atRest | 'promises' | 'log' | 'reckoning' | 'audit';

/** A rule that does not hold, and where. */
export interface Broken {
  readonly rule: RuleName;
  readonly what: string;
}

/** What is broken of these. */
export function broken<N extends RuleName>(
  invariants: Readonly<Record<N, Invariant>>,
  evidence: Evidence,
): Broken[] {
  return namesOf(invariants).flatMap((rule) =>
    invariants[rule].broken(evidence).map((what) => ({ rule, what: `${invariants[rule].says}: ${what}` })),
  );
}

/** All rules, by name. */
export const ruleNames: readonly RuleName[] = [
  ...namesOf(always),
  ...namesOf(atRest),
  'promises',
  'log',
  'reckoning',
  'audit',
];

function namesOf<N extends string>(rules: Readonly<Record<N, Invariant>>): readonly N[] {
  return Object.keys(rules) as N[];
}
