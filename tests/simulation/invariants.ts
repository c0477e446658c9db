/**
 * What must hold, judged from the rails' own books and the raw documents, and never by the product's rules. `always`
 * holds between any two steps. `atRest` holds once everybody is done, the faults are over and waiting work has had its
 * time.
 */
import type { Order } from '../../shared/schemas/orders/order.ts';
import type { Payment } from '../../shared/schemas/payments/payment.ts';
import type { PointsEntry } from '../../shared/schemas/points/points.ts';
import type { Refund } from '../../shared/schemas/refunds/refund.ts';
import type { RailBooks } from './railBooks.ts';
import { extras, goods } from './shop.ts';
import { groupedBy, type Store, sumOf } from './store.ts';
import { dropIsShared, talkIsCounted, talkIsDecided } from './talkRules.ts';

/** The data of the judge. */
export interface Evidence {
  readonly store: Store;
  readonly rail: RailBooks;
  /** Orders whose buyer got the parameters to pay them. */
  readonly handed: ReadonlySet<string>;
  /** Refunds that somebody asked for; null when nobody kept the list. */
  readonly asked: ReadonlySet<string> | null;
}

/** A rule in words, and its violations: none when it holds. */
export interface Invariant {
  readonly says: string;
  readonly broken: (evidence: Evidence) => readonly string[];
}

const lines = (complaints: readonly (string | false)[]): string[] =>
  complaints.filter((complaint) => complaint !== false);

const isLive = (order: Order) => order.state === 'pending' || order.state === 'closing';

/** Refunds that have not ended. */
export const isOpen = (state: string) =>
  state === 'requested' || state === 'approved' || state === 'processing';

/** Refunds whose effects on access count: approved, and not undone by the rail. */
const isTaking = ({ state }: Refund) =>
  state === 'approved' || state === 'processing' || state === 'success' || state === 'abnormal';

const refundsOf = (store: Store, order: Order) =>
  [...store.refunds.values()].filter((refund) => refund.orderId === order.id && refund.lines.length > 0);

/** Whether the rail is still asked, and not only about money that may come after the end. */
export const isAskedAbout = ({ syncNextAtMs, rail, state }: Payment) =>
  syncNextAtMs !== null && !(rail === 'xpay' && state === 'closed');

const shareOf = (order: Order, of: 'couponFen' | 'pointsCount') =>
  sumOf(order.lines, (line) => line.shares[of]);

/** Whether all of an order went back: the money of each line, or the access of a free one. */
const isAllBack = (store: Store, order: Order) => {
  const back = refundsOf(store, order).filter((refund) => refund.state === 'success');
  return order.lines.every(({ productId, paidFen }) => {
    const own = back.flatMap(({ lines }) => lines).filter((line) => line.productId === productId);
    return paidFen === 0
      ? order.revoked.includes(productId)
      : sumOf(own, (line) => line.refundFen) === paidFen;
  });
};

/** One point for each whole yuan that was really paid. */
const pointsFor = (order: Order) => Math.floor(order.payableFen / 100);

const sourcesOf = (store: Store, order: Order, productId: string) =>
  store.entitlements
    .get(`${order.userId}:${productId}`)
    ?.sources.filter((source) => source.sourceId === order.id) ?? [];

const membershipsOf = (store: Store, order: Order, productId: string) =>
  store.memberships
    .get(order.userId)
    ?.grants.filter((grant) => grant.sourceId === order.id && grant.productId === productId) ?? [];

const earnedBy = (store: Store, order: Order) =>
  [...store.pointsEntries.values()].filter((entry) => entry.id === `${order.id}:earn`);

const taskOf = (store: Store, consumer: string, eventId: string) => store.tasks.get(`${consumer}:${eventId}`);

const pricesAddUp: Invariant = {
  says: 'the shares of every order sum to the fen, and nothing is negative',
  broken: ({ store }) =>
    [...store.orders.values()].flatMap((order) => {
      const off = (line: Order['lines'][number]) =>
        line.shares.activityFen +
        line.shares.memberFen +
        line.shares.ownedFen +
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

/** The balance of a ledger account over these entries. */
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
          entry.debtAfter === -postedTo(until, 'debt') &&
          (entry.pendingAfter ?? 0) === postedTo(until, 'pending')
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
  says: 'issued, set aside and remaining come to the stock, as many coupons exist as were issued, nobody has more than allowed',
  broken: ({ store }) => {
    const shards = groupedBy(store.couponStocks.values(), (shard) => shard.templateId);
    const coupons = groupedBy(store.coupons.values(), (coupon) => coupon.templateId);
    return [...store.couponTemplates.values()].flatMap((template) => {
      const stock = shards.get(template.id) ?? [];
      const issued = sumOf(stock, (shard) => shard.issued);
      const heldOf = ({ held }: { readonly held: Readonly<Record<string, number>> }) =>
        sumOf(Object.values(held), (n) => n);
      const left = sumOf(stock, (shard) => shard.remaining + heldOf(shard));
      const own = coupons.get(template.id) ?? [];
      const greediest = Math.max(
        0,
        ...[...groupedBy(own, (coupon) => coupon.userId).values()].map((c) => c.length),
      );
      return lines([
        issued + left !== template.stock && `${template.id}: stock`,
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
      // If the order was honoured, or refunded as a whole, the coupon is available again.
      const isGone = order.isHonoured || (order.state === 'paid' && isAllBack(store, order));
      const expected = order.state === 'paid' ? 'used' : 'locked';
      const isHeld = coupon?.state === expected && coupon.orderId === order.id;
      return lines([
        isHeld === isGone &&
          `${order.id} is ${order.state}${isGone ? ' and gone' : ''}, its coupon ${coupon?.state} for ${coupon?.orderId}`,
      ]);
    }),
  ],
};

const paidMeansMoney: Invariant = {
  says: 'a paid order has exactly its money, once, in our receipts and in the books of its rail',
  broken: ({ store, rail }) => {
    const receipts = groupedBy(store.receipts.values(), (receipt) => receipt.orderId);
    const transactions = new Map(
      rail.transactions.map((each) => [`${each.rail}:${each.transactionId}`, each]),
    );
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
        const real = transactions.get(receipt.id);
        const isReal = real?.orderNumber === receipt.orderId && real.totalFen === receipt.amountFen;
        return lines([!isReal && `${receipt.id}: the rail knows of no such money`]);
      }),
    ];
  },
};

const railHearsThePrice: Invariant = {
  says: 'a rail never hears of an order that costs nothing or is not its own, and is told what our order costs',
  broken: ({ store, rail }) =>
    rail.orders.flatMap((each) => {
      const order = store.orders.get(each.orderNumber);
      return lines([
        order === undefined && `${each.orderNumber} is open at the rail and not ours`,
        order !== undefined && order.payableFen !== each.totalFen && `${each.orderNumber}: another price`,
        order !== undefined && order.rail !== each.rail && `${each.orderNumber} is for ${order.rail}`,
      ]);
    }),
};

const closedIsClosedThere: Invariant = {
  says: 'an order is closed here only once nobody who was given the way can pay it there',
  broken: ({ store, rail, handed }) =>
    rail.orders.flatMap(({ orderNumber, isClosed, rail: name }) => {
      const isPaid = rail.transactions.some((transaction) => transaction.orderNumber === orderNumber);
      const mayBePaid = name === 'wxpay' && !isClosed && !isPaid && handed.has(orderNumber);
      return lines([
        store.orders.get(orderNumber)?.state === 'closed' && mayBePaid && `${orderNumber} can still be paid`,
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
      const gift = taskOf(store, 'issueGifts', `gifts.bought:${order.id}`);
      const granted = order.lines
        .filter((line) => line.gifts === 0)
        .map((line) =>
          line.plan === null
            ? sourcesOf(store, order, line.productId).length
            : membershipsOf(store, order, line.productId).length,
        );
      const wrapped = order.lines
        .filter((line) => line.gifts > 0)
        .map((line) => (store.gifts.has(`${order.id}:${line.productId}`) ? 1 : 0));
      const isWrapped = gift?.state === 'done' ? 1 : 0;
      const given = grant?.state === 'done' ? 1 : 0;
      return lines([
        (accrue !== undefined) !== isPaid && `${order.id} is ${order.state}: accruePoints`,
        (grant !== undefined) !== isPaid && `${order.id} is ${order.state}: grantEntitlement`,
        entries !== (accrue?.state === 'done' && pointsFor(order) > 0 ? 1 : 0) &&
          `${order.id}: ${entries} entries, task ${accrue?.state}`,
        wrapped.some((count) => count !== isWrapped) && `${order.id}: gifts ${wrapped}, task ${gift?.state}`,
        granted.some((count) => count !== given) && `${order.id}: access ${granted}, task ${grant?.state}`,
      ]);
    }),
};

const accessIsPaidFor: Invariant = {
  says: 'every reason for access is a trial, a gift that was claimed or a line of a paid order, and stands unless it was taken back',
  broken: ({ store }) => {
    const problem = (of: { userId: string; productId: string | null; sourceId: string; state: string }) => {
      const { userId, productId, sourceId, state } = of;
      const gift = store.gifts.get(sourceId);
      if (gift?.productId === productId) {
        return gift?.claims.some((claim) => claim.userId === userId) && state === 'active'
          ? null
          : 'a gift nobody claimed';
      }
      const trial = store.trials.get(sourceId);
      if (trial !== undefined) {
        const isTheirs = trial.userId === userId && trial.productId === productId && state === 'active';
        return isTheirs ? null : 'a trial of somebody else';
      }
      const order = store.orders.get(sourceId);
      const line = order?.lines.find((each) => each.productId === productId);
      if (order?.userId !== userId || line === undefined || line.gifts > 0) return 'never bought';
      if (order.state !== 'paid') return `the order is ${order.state}`;
      const isTaken = order.revoked.includes(line.productId);
      return (state === 'revoked') === isTaken ? null : `${state}, and ${isTaken ? '' : 'not '}taken back`;
    };
    const told = (of: Parameters<typeof problem>[0]) => {
      const wrong = problem(of);
      return wrong === null ? [] : [`${of.userId} to ${of.productId} by ${of.sourceId}: ${wrong}`];
    };
    return [
      ...[...store.entitlements.values()].flatMap(({ userId, productId, sources }) =>
        sources.flatMap(({ sourceId, state }) => told({ userId, productId, sourceId, state })),
      ),
      ...[...store.memberships.values()].flatMap(({ id: userId, grants }) =>
        grants.flatMap(({ productId, sourceId, state }) => told({ userId, productId, sourceId, state })),
      ),
    ];
  },
};

const refundsAreOfLines: Invariant = {
  says: 'what an order says of its refunds is what they come to, line by line: the money, and the access taken back',
  broken: ({ store }) =>
    [...store.orders.values()].flatMap((order) => {
      const refunds = refundsOf(store, order);
      const sum = (productId: string, isCounted: (refund: Refund) => boolean) =>
        sumOf(
          refunds
            .filter(isCounted)
            .flatMap((refund) => refund.lines)
            .filter((line) => line.productId === productId),
          (line) => line.refundFen,
        );
      const isUnderWay = (refund: Refund) => isTaking(refund) && refund.state !== 'success';
      const taken = new Set(
        refunds
          .filter(isTaking)
          .flatMap((refund) => refund.lines)
          .filter((line) => line.takesAccess)
          .map((line) => line.productId),
      );
      return order.lines.flatMap(({ productId, paidFen }) => {
        const said = order.lineRefunds.find((line) => line.productId === productId);
        const [under, back] = [
          sum(productId, isUnderWay),
          sum(productId, (refund) => refund.state === 'success'),
        ];
        return lines([
          (said?.refundingFen ?? 0) !== under &&
            `${order.id} ${productId}: ${said?.refundingFen} on its way, refunds ${under}`,
          (said?.refundedFen ?? 0) !== back &&
            `${order.id} ${productId}: ${said?.refundedFen} is back, refunds ${back}`,
          under + back > paidFen && `${order.id} ${productId}: more than was paid`,
          order.revoked.includes(productId) !== taken.has(productId) &&
            `${order.id} ${productId}: access ${order.revoked.includes(productId) ? '' : 'not '}taken`,
        ]);
      });
    }),
};

const seatsAreConserved: Invariant = {
  says: 'the places of a flash sale are its stock, those taken are of live or paid orders, and each such order has its own',
  broken: ({ store }) => {
    const seats = [...store.flashSeats.values()];
    return [
      ...[...store.flashSales.values()].flatMap(({ id, perUserMax, items }) =>
        items.flatMap(({ productId, stock }) => {
          const shards = [...store.flashStocks.values()].filter((each) =>
            each.id.startsWith(`${id}:${productId}:`),
          );
          const taken = sumOf(shards, (shard) => shard.taken);
          const held = seats.filter((each) => each.saleId === id && each.productId === productId);
          return lines([
            taken + sumOf(shards, (shard) => shard.remaining) !== stock && `${id} ${productId}: stock`,
            taken !== sumOf(held, (each) => each.seats.length) && `${id} ${productId}: ${taken} taken`,
            held.some((each) => each.seats.length > perUserMax) &&
              `${id} ${productId}: somebody has too many`,
          ]);
        }),
      ),
      ...seats.flatMap(({ id, productId, userId, seats: own }) =>
        own.flatMap(({ orderId }) => {
          const order = store.orders.get(orderId);
          const isRight =
            order?.userId === userId &&
            order.state !== 'closed' &&
            order.lines.some((line) => line.productId === productId && line.flashSaleId !== null);
          return lines([!isRight && `${id}: ${orderId} is ${order?.state}`]);
        }),
      ),
      ...[...store.orders.values()].flatMap((order) =>
        order.lines.flatMap(({ flashSaleId, productId }) => {
          if (flashSaleId === null || order.state === 'closed' || order.isHonoured) return [];
          const own = store.flashSeats.get(`${flashSaleId}:${productId}:${order.userId}`)?.seats ?? [];
          return lines([!own.some((seat) => seat.orderId === order.id) && `${order.id}: no place`]);
        }),
      ),
    ];
  },
};

const toldIsTaken: Invariant = {
  says: 'a payment of which virtual payment was told that all is well is written down',
  broken: ({ store, rail }) => {
    const known = new Set([
      ...[...store.receipts.values()].map(({ orderId }) => orderId as string),
      ...[...store.paymentExceptions.values()].map(({ orderNumber }) => orderNumber),
    ]);
    return rail.told.filter((each) => !known.has(each)).map((each) => `${each} was told of, and forgotten`);
  },
};

const isPaidTwice = (store: Store, orderId: string) =>
  [...store.receipts.values()].some((receipt) => receipt.orderId === orderId && receipt.kind === 'second');

/** Whether a refund is of the rest that a refund by hand left of money that paid for nothing. */
const isOfRest = (
  store: Store,
  { transactionId, refundFen }: { transactionId: string | null; refundFen: number },
) =>
  [...store.refunds.values()].some(
    (each) => each.reason === 'platform' && each.transactionId === transactionId && refundFen < each.totalFen,
  );

/**
 * The payments whose refunds at the rail differ from those stored here. Of a payment that went back before we heard of
 * it, only that is stored; all of it must have gone back.
 */
export function paymentsWithOtherRefunds(store: Store, rail: RailBooks): readonly string[] {
  const ours = groupedBy(
    [...store.refunds.values()].filter(({ state }) => state === 'success'),
    (each) => each.transactionId ?? '',
  );
  const theirs = groupedBy(
    rail.refunds.filter((each) => each.isSuccess),
    (each) => each.transactionId,
  );
  const goneBefore = new Set(
    [...store.paymentExceptions.values()]
      .filter(({ kind }) => kind === 'refunded_at_rail')
      .map(({ transactionId }) => transactionId),
  );
  return rail.transactions
    .filter(({ transactionId: id, rail: name, totalFen }) => {
      const isGoneBefore = goneBefore.has(id) && !store.receipts.has(`${name}:${id}`);
      const oursFen = isGoneBefore ? totalFen : sumOf(ours.get(id) ?? [], (each) => each.refundFen);
      return oursFen !== sumOf(theirs.get(id) ?? [], (each) => each.refundFen);
    })
    .map(({ transactionId }) => transactionId);
}

const refundsAreTheRails: Invariant = {
  says: 'what a rail has given back of a payment is what is written down of it, whoever asked for it',
  broken: ({ store, rail }) =>
    paymentsWithOtherRefunds(store, rail).map((id) => `of ${id} something else went back`),
};

const refundsAreIntended: Invariant = {
  says: 'money goes back only under our own number or by hand, once for each intent, and never more than came',
  broken: ({ store, rail, asked }) => [
    ...rail.refunds.flatMap((each) => {
      if (each.refundNumber === null) return [];
      const refund = store.refunds.get(each.refundNumber);
      if (each.isByHand) return [];
      const isOurs = refund?.transactionId === each.transactionId && refund.refundFen === each.refundFen;
      return lines([!isOurs && `${each.refundNumber} is not a refund of ours`]);
    }),
    ...[...store.refunds.values()].flatMap((refund) => {
      const isMoney = refund.refundFen > 0 && refund.transactionId !== null;
      const receipt = store.receipts.get(`${refund.rail}:${refund.transactionId}`);
      const isWhole = receipt?.amountFen === refund.refundFen;
      // When an order was paid twice, the platform may refund either payment first. That is then the surplus one.
      const isSwapped = refund.reason === 'platform' && isPaidTwice(store, refund.orderId);
      const isIntended =
        refund.lines.length > 0
          ? sumOf(refund.lines, (line) => line.refundFen) === refund.refundFen &&
            (!isMoney || (receipt?.orderId === refund.orderId && (receipt.kind === 'settled' || isSwapped)))
          : receipt !== undefined &&
            receipt.orderId === refund.orderId &&
            (receipt.kind !== 'settled' || isSwapped) &&
            (isWhole || refund.reason === 'platform' || isOfRest(store, refund));
      const isThere = rail.refunds.some((each) =>
        refund.reason === 'platform'
          ? (each.refundNumber === null || each.isByHand) && each.transactionId === refund.transactionId
          : each.refundNumber === refund.id && each.isSuccess,
      );
      const task = taskOf(store, 'submitRefund', `refund.requested:${refund.id}`);
      const isAskedOfRail = isMoney && refund.reason !== 'platform' && refund.approvedAtMs !== null;
      return lines([
        !isIntended && `${refund.id} gives back what it should not`,
        refund.id.startsWith('rfd_') && asked?.has(refund.id) === false && `${refund.id}: nobody asked`,
        refund.state === 'success' && isMoney && !isThere && `${refund.id} is said to be back, and is not`,
        isAskedOfRail !== (task !== undefined) && `${refund.id} is ${refund.state}, its task ${task?.state}`,
        task?.state === 'done' && refund.state === 'approved' && `${refund.id} was never asked for`,
      ]);
    }),
    ...[...groupedBy(rail.refunds, (each) => each.transactionId)].flatMap(([transactionId, refunds]) => {
      const paid = rail.transactions.find((each) => each.transactionId === transactionId)?.totalFen ?? 0;
      const back = refunds.filter((each) => each.isSuccess);
      return lines([sumOf(back, (each) => each.refundFen) > paid && `${transactionId}: too much went back`]);
    }),
  ],
};

const badMoneyGoesBack: Invariant = {
  says: 'late and second money has a refund of its own, or where none can be a case, and staff are told',
  broken: ({ store, rail }) =>
    [...store.receipts.values()].flatMap((receipt) => {
      if (receipt.kind === 'settled') return [];
      // A refund that succeeded before we heard of it is stored first, and marked as succeeded just after.
      const back = rail.refunds.filter(
        (each) => each.isSuccess && each.transactionId === receipt.transactionId,
      );
      if (sumOf(back, (each) => each.refundFen) >= receipt.amountFen) return [];
      const isGoingBack = [...store.refunds.values()].some(
        (refund) => refund.transactionId === receipt.transactionId,
      );
      const isTold = [...store.paymentExceptions.values()].some(
        (exception) => exception.transactionId === receipt.transactionId,
      );
      const isCase = store.cases.has(`second_payment:${receipt.transactionId}`);
      return lines([!isGoingBack && !isCase && `${receipt.id}: kept`, !isTold && `${receipt.id}: silent`]);
    }),
};

const appleMoneyStays: Invariant = {
  says: 'late money that Apple took pays its order, unless it is back, and we never ask for what only Apple can give back',
  broken: ({ store }) => {
    const isByApple = (orderId: string) => {
      const order = store.orders.get(orderId);
      return order?.rail === 'xpay' && order.platform === 'ios';
    };
    return [
      ...[...store.receipts.values()].flatMap(({ id, orderId, kind, transactionId }) => {
        const isKept =
          isByApple(orderId) && !store.paymentExceptions.has(`${orderId}:${transactionId}:refunded_at_rail`);
        return lines([kind === 'late' && isKept && `${id} is late, and was not honoured`]);
      }),
      ...[...store.refunds.values()].flatMap(({ id, orderId, reason }) =>
        lines([reason !== 'platform' && isByApple(orderId) && `${id} (${reason}) is of ${orderId}`]),
      ),
    ];
  },
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
  refundsAreOfLines,
  seatsAreConserved,
  toldIsTaken,
  appleMoneyStays,
  dropIsShared,
} as const satisfies Record<string, Invariant>;

const moneyIsAccountedFor: Invariant = {
  says: 'every transaction of a rail is written down; what is kept is the price of a paid order, and what staff must decide',
  broken: ({ store, rail }) => {
    const refused = new Set([...store.paymentExceptions.values()].map((each) => each.transactionId));
    const successes = rail.refunds.filter((each) => each.isSuccess);
    return [
      ...rail.transactions.flatMap(({ rail: name, transactionId }) =>
        lines([
          !store.receipts.has(`${name}:${transactionId}`) &&
            !refused.has(transactionId) &&
            `${transactionId} was never written down`,
        ]),
      ),
      ...[...groupedBy(rail.transactions, (each) => each.orderNumber)].flatMap(
        ([orderNumber, transactions]) => {
          const order = store.orders.get(orderNumber);
          const ids = new Set(transactions.map((each) => each.transactionId));
          const back = successes.filter((each) => ids.has(each.transactionId));
          const kept = sumOf(transactions, (each) => each.totalFen) - sumOf(back, (each) => each.refundFen);
          const price = order?.state === 'paid' ? order.payableFen - order.refundedFen : 0;
          const spare = [...store.receipts.values()].filter(
            ({ orderId, kind, transactionId }) =>
              orderId === orderNumber &&
              kind !== 'settled' &&
              (back.some((each) => each.transactionId === transactionId) ||
                [...store.cases.values()].some((each) => each.transactionId === transactionId)),
          );
          const given = [...store.refunds.values()].filter(
            ({ orderId, lines, state }) =>
              orderId === orderNumber && lines.length === 0 && state === 'success',
          );
          const expected =
            price + sumOf(spare, (receipt) => receipt.amountFen) - sumOf(given, (refund) => refund.refundFen);
          return lines([
            kept !== expected && `${orderNumber} is ${order?.state}, ${kept} fen are kept of ${expected}`,
          ]);
        },
      ),
    ];
  },
};

const booksAreTheRails: Invariant = {
  says: 'the journal says that each rail holds what it does hold, and nothing is on its way that staff do not know of',
  broken: ({ store, rail }) => {
    const entries = [...store.journal.values()];
    const booked = (account: string, among = entries) =>
      sumOf(among, (entry) => sumOf(entry.lines, ([name, amountFen]) => (name === account ? amountFen : 0)));
    const abnormal = [...store.refunds.values()].filter(({ state }) => state === 'abnormal');
    const unfinished = sumOf(abnormal, (refund) => refund.refundFen);
    const cash = (['wxpay', 'xpay'] as const).flatMap((name) => {
      const own = rail.transactions.filter((each) => each.rail === name);
      const back = rail.refunds.filter((each) => each.rail === name && each.isSuccess);
      const held = sumOf(own, (each) => each.totalFen) - sumOf(back, (each) => each.refundFen);
      const ofRail = entries.filter((entry) => entry.lines.some(([account]) => account === `cash:${name}`));
      const says = booked(`cash:${name}`) + booked('fees', ofRail) + booked('disc:rail', ofRail);
      return lines([says !== held && `${name} holds ${held} fen, the journal says ${says}`]);
    });
    return [
      ...cash,
      ...lines([
        entries.some((entry) => sumOf(entry.lines, ([, fen]) => fen) !== 0) &&
          'an entry does not sum to zero',
        booked('payable:refund') !== -unfinished &&
          `payable:refund is ${booked('payable:refund')}, unfinished are ${unfinished} fen`,
        booked('payable:late') !== 0 && `payable:late is ${booked('payable:late')}`,
      ]),
    ];
  },
};

const pointsFollowMoney: Invariant = {
  says: 'an order has earned points for what was really kept, and has spent those that did not come back',
  broken: ({ store }) =>
    [...store.orders.values()].flatMap((order) => {
      const ledger = [...store.pointsEntries.values()].filter((entry) => entry.orderId === order.id);
      const net = (name: string) => postedTo(ledger, name);
      if (order.state !== 'paid') return lines([net('redeemed') !== 0 && `${order.id} has spent points`]);
      const keptFen = order.payableFen - order.refundedFen;
      const earned = order.payableFen === 0 ? 0 : Math.floor((pointsFor(order) * keptFen) / order.payableFen);
      const isGone = isAllBack(store, order);
      const held = order.isHonoured ? 0 : shareOf(order, 'pointsCount');
      const isSpent = isGone ? net('redeemed') === 0 : net('redeemed') <= held;
      const isWhole = order.refundedFen > 0 || order.revoked.length > 0 || net('redeemed') === held;
      return lines([
        -net('issued') !== earned && `${order.id}: ${-net('issued')} points for ${keptFen} fen`,
        !isSpent && `${order.id}: ${net('redeemed')} points spent of ${held}${isGone ? ', all is back' : ''}`,
        !isWhole && `${order.id}: ${net('redeemed')} points spent, not ${held}`,
      ]);
    }),
};

/**
 * Whether a payment was refunded as a whole, partly by the rail itself. Then nobody has to look at a refund that could
 * not be made.
 */
function isAllBackByRail(store: Store, transactionId: string | null): boolean {
  const back = [...store.refunds.values()].filter(
    (each) => each.transactionId === transactionId && each.state === 'success',
  );
  const total = back[0]?.totalFen ?? 0;
  return back.some(({ reason }) => reason === 'platform') && sumOf(back, (each) => each.refundFen) === total;
}

const staffAreTold: Invariant = {
  says: 'there is a case for each refund the rail did not make, and for what was given at our cost',
  broken: ({ store }) => [
    ...[...store.refunds.values()].flatMap(({ id, state, transactionId }) =>
      lines([
        (state === 'closed' || state === 'abnormal') &&
          !store.cases.has(`refund_${state}:${id}`) &&
          !isAllBackByRail(store, transactionId) &&
          `${id} is ${state}`,
      ]),
    ),
    ...[...store.orders.values()].flatMap((order) =>
      lines([
        order.isHonoured &&
          ![...store.cases.values()].some(
            (each) => each.kind === 'late_honoured' && each.orderId === order.id,
          ) &&
          `${order.id} was honoured`,
      ]),
    ),
  ],
};

const nothingIsStuck: Invariant = {
  says: 'nothing is left open: no live order, locked coupon, held points, open refund, or question to the rail',
  broken: ({ store }) => [
    ...[...store.orders.values()].filter(isLive).map((order) => `${order.id} is ${order.state}`),
    ...[...store.coupons.values()]
      .filter((coupon) => coupon.state === 'locked')
      .map((coupon) => `${coupon.id} is locked`),
    ...[...store.pointsHolds.values()]
      .filter(({ state }) => state === 'held')
      .map((hold) => `points of ${hold.id} are held`),
    ...[...store.refunds.values()]
      .filter(({ state }) => isOpen(state))
      .map((refund) => `${refund.id} is ${refund.state}`),
    ...[...store.payments.values()]
      .filter(isAskedAbout)
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
    const learners = [...store.users.values()].filter(({ role }) => role === 'learner');
    return learners.flatMap(({ id: userId }) =>
      welcome.flatMap((template) => {
        const own = [...store.coupons.values()].filter(
          (coupon) => coupon.userId === userId && coupon.templateId === template.id,
        );
        return lines([own.length !== 1 && `${userId} has ${own.length}`]);
      }),
    );
  },
};

/** The longest that anybody may wait without a person knowing. */
const UNTOLD_MAX_MS = 24 * 3_600_000;

/**
 * What somebody has waited for for a day without a person knowing: approved refunds, overdue orders, tasks. Since when
 * it waits comes from the documents of the causes, and from nothing that a repair writes.
 */
export function untold(store: Store, nowMs: number): string[] {
  const cases = [...store.cases.values()].filter(
    ({ state, closedBy, closedAtMs }) =>
      state === 'open' || (closedBy !== null && nowMs < (closedAtMs ?? 0) + UNTOLD_MAX_MS),
  );
  const isTold = (id: string, kind: string) =>
    cases.some(
      (each) =>
        each.id === `waiting:${kind}:${id}` || each.id === `waiting:${kind}:more` || each.refundId === id,
    );
  const waits = [
    ...[...store.refunds.values()]
      .filter(({ state }) => state === 'approved')
      .map(({ id, approvedAtMs }) => ({ kind: 'refund', id, sinceAtMs: approvedAtMs ?? 0 })),
    ...[...store.orders.values()]
      .filter(isLive)
      .map(({ id, expiresAtMs }) => ({ kind: 'order', id, sinceAtMs: expiresAtMs })),
    ...[...store.tasks.values()]
      .filter(({ state, consumer }) => state === 'pending' && consumer !== 'submitRefund')
      .map(({ id, event }) => ({ kind: 'task', id, sinceAtMs: event.occurredAtMs })),
  ];
  return waits
    .filter(({ kind, id, sinceAtMs }) => nowMs > sinceAtMs + UNTOLD_MAX_MS && !isTold(id, kind))
    .map(({ kind, id }) => `${kind} ${id} waits, and nobody knows`);
}

/** The courses that somebody may read at the end: those of their orders and gifts that no refund has taken back. */
export function openTo(store: Store, userId: string): ReadonlySet<string> {
  const bought = [...store.orders.values()]
    .filter((order) => order.userId === userId && order.state === 'paid')
    .flatMap(({ lines: own, revoked }) =>
      own.filter((line) => line.gifts === 0 && !revoked.includes(line.productId)),
    );
  const given = [...store.gifts.values()].filter((gift) => gift.claims.some((by) => by.userId === userId));
  const opensOf = (productId: string) =>
    [...goods, ...extras].filter((each) => each.productId === productId).flatMap(({ opens }) => opens);
  // A bundle that was sold for less because its buyer owned a part opens only the other parts.
  const opensOfLine = ({ productId, shares, ownedParts }: Order['lines'][number]) =>
    opensOf(productId).filter((id) => shares.ownedFen === 0 || !ownedParts.some((part) => part === id));
  return new Set([...bought.flatMap(opensOfLine), ...given.flatMap(({ productId }) => opensOf(productId))]);
}

/** What holds at the end, besides the rules of every moment. */
export const atRest = {
  moneyIsAccountedFor,
  booksAreTheRails,
  refundsAreTheRails,
  pointsFollowMoney,
  staffAreTold,
  nothingIsStuck,
  everyTaskIsDone,
  everybodyIsWelcome,
  talkIsDecided,
  talkIsCounted,
} as const satisfies Record<string, Invariant>;

/**
 * The rule that was broken. It is an invariant or one of these: `promises`: what was acknowledged. `log`: what the
 * product itself calls a bug. `reckoning`: what buyers find when they check everything once more. `audit`: what the
 * audit of a store finds. `nightly`: what the product's own check finds. `untold`: what has waited for a day without a
 * person knowing. `unchecked`: what somebody read and nobody had let pass. `toldTwice`: what reached somebody twice.
 */
export type RuleName =
  | keyof typeof always
  | keyof typeof atRest
  | 'promises'
  | 'log'
  | 'reckoning'
  | 'audit'
  | 'nightly'
  | 'untold'
  | 'unchecked'
  | 'toldTwice';

/** A rule that does not hold, and where. */
export interface Broken {
  readonly rule: RuleName;
  readonly what: string;
}

/** The violations of these rules. */
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
  'nightly',
  'untold',
  'unchecked',
  'toldTwice',
];

function namesOf<N extends string>(rules: Readonly<Record<N, Invariant>>): readonly N[] {
  return Object.keys(rules) as N[];
}
