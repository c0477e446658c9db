/** The invariants of the stored data. Each rule returns what breaks it, in words for staff. */

import type { Entitlement, SourceId } from '../../schemas/access/entitlement.ts';
import type { Gift } from '../../schemas/access/gift.ts';
import type { Membership } from '../../schemas/access/membership.ts';
import type { Trial } from '../../schemas/access/trial.ts';
import {
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  type TemplateId,
  type TimeMs,
  type UploadId,
  type UserId,
} from '../../schemas/base.ts';
import type { JournalEntry } from '../../schemas/books/journal.ts';
import type { Coupon, CouponStock, CouponTemplate } from '../../schemas/coupons/coupon.ts';
import type { Feedback } from '../../schemas/feedback/feedback.ts';
import type { Inbox, Message } from '../../schemas/inbox/message.ts';
import type { Certificate, StoredCertificateNumber } from '../../schemas/learning/certificate.ts';
import { CELLS_MAX, type CourseProgress, type Progress } from '../../schemas/learning/progress.ts';
import type { Case } from '../../schemas/operations/case.ts';
import type { PlacedOrder } from '../../schemas/orders/openOrders.ts';
import type { Order, PricedLine } from '../../schemas/orders/order.ts';
import type { Payment, Receipt } from '../../schemas/payments/payment.ts';
import type { PointsAccount, PointsEntry, PointsHold } from '../../schemas/points/points.ts';
import type { FlashSale, FlashStock } from '../../schemas/pricing/promotion.ts';
import type { Answer, Question } from '../../schemas/questions/question.ts';
import type { Refund } from '../../schemas/refunds/refund.ts';
import type { LearnerUpload } from '../../schemas/review/learnerUpload.ts';
import type { Reviewed, ReviewTarget } from '../../schemas/review/review.ts';
import type { Writer } from '../../schemas/review/writer.ts';
import type { Comment } from '../../schemas/talk/comment.ts';
import type { Drop } from '../../schemas/talk/drop.ts';
import type { Group, GroupNote } from '../../schemas/talk/group.ts';
import type { Rating, ThreadCount } from '../../schemas/talk/thread.ts';
import type { Topic } from '../../schemas/talk/topic.ts';
import type { Task } from '../../schemas/task.ts';
import { grantEntryId } from '../access/entitlement.ts';
import { balances, moneyEntryId, type Owed, owedFor } from '../books/journal.ts';
import { isOnShelf } from '../catalogue/shelf.ts';
import { dayOf } from '../day.ts';
import { isUrgent } from '../feedback/feedback.ts';
import { MARKETING_EVERY_MS, PER_DAY_MAX } from '../inbox/delivery.ts';
import { playedCells } from '../learning/cells.ts';
import { isOpen } from '../orders/openOrders.ts';
import { uploadsOf } from '../review/learnerUpload.ts';
import { isUndecided } from '../review/trust.ts';

/** A broken invariant, and what it concerns. */
export interface Finding {
  readonly rule:
    | 'price'
    | 'money'
    | 'payment'
    | 'receipt'
    | 'refunds'
    | 'late'
    | 'books'
    | 'access'
    | 'grant'
    | 'trial'
    | 'gift'
    | 'stuck'
    | 'coupon'
    | 'hold'
    | 'open'
    | 'points'
    | 'stock'
    | 'issued'
    | 'drop'
    | 'places'
    | 'learned'
    | 'certificate'
    | 'comment'
    | 'thread'
    | 'message'
    | 'review'
    | 'flags'
    | 'upload'
    | 'feedback'
    | 'likes'
    | 'writer'
    | 'group'
    | 'topic'
    | 'article'
    | 'share'
    | 'sale'
    | 'question'
    | 'task';
  /** The id of what it concerns. Each rule finds at most one thing about it. */
  readonly about: string;
  readonly story: string;
}

/** One order and everything recorded about it. */
export interface OrderFacts {
  readonly order: Order;
  readonly payment: Payment | null;
  readonly receipts: readonly Receipt[];
  readonly refunds: readonly Refund[];
  readonly entries: readonly JournalEntry[];
  readonly entitlements: readonly Entitlement[];
  readonly membership: Membership | null;
  /** The gifts of its lines for friends. */
  readonly gifts: readonly Gift[];
  /** The coupon that it names. */
  readonly coupon: Coupon | null;
  /** The points that it holds, has spent, or has released. */
  readonly hold: PointsHold | null;
  /** The orders that its buyer's counter of open orders contains. It is only checked for an open order. */
  readonly counted: readonly PlacedOrder[];
  readonly now: TimeMs;
}

/** How long the effects of a payment may take. */
const SETTLING_MS = 10 * MINUTE_MS;
/** How long money that the rail failed to return may wait for staff to try again. */
const WAITING_MS = 7 * DAY_MS;
/** How long an order may stay open after its pay window. Closing is tried every hour. */
const OPEN_MS = 24 * HOUR_MS;

const sum = (numbers: readonly number[]) => numbers.reduce((before, each) => before + each, 0);

function offFen({ shares }: PricedLine): number {
  const { activityFen, memberFen, ownedFen, campaignFen, couponFen, pointsFen } = shares;
  return activityFen + memberFen + ownedFen + campaignFen + couponFen + pointsFen;
}

type Rule = (facts: OrderFacts) => string | null;

const price: Rule = ({ order }) => {
  const { lines, payableFen, listFen } = order;
  const isSplit = lines.every((line) => line.listFen - offFen(line) === line.paidFen);
  const isWhole =
    sum(lines.map((line) => line.paidFen)) === payableFen &&
    sum(lines.map((line) => line.listFen)) === listFen;
  return isSplit && isWhole ? null : '订单金额与各行金额之和不一致';
};

const money: Rule = ({ order, receipts }) => {
  const settled = receipts.filter(({ kind }) => kind === 'settled');
  const isExpected = order.state === 'paid' && order.payableFen > 0;
  if (settled.length !== (isExpected ? 1 : 0)) return `订单状态 ${order.state}，到账 ${settled.length} 笔`;
  return settled.every(({ amountFen }) => amountFen === order.payableFen) ? null : '到账金额与应付金额不一致';
};

const payment: Rule = ({ order, payment: own, receipts }) => {
  if (own === null) return '订单没有支付单';
  const isPaid = order.state === 'paid';
  const paidBy = receipts.find(({ kind }) => kind === 'settled')?.transactionId ?? null;
  const isSame = (own.state === 'success') === isPaid && own.amountFen === order.payableFen;
  return isSame && (!isPaid || own.transactionId === paidBy) ? null : '支付单与订单或到账款项不一致';
};

const isUnderWay = ({ state }: Refund) =>
  state === 'approved' || state === 'processing' || state === 'abnormal';
const isBack = ({ state }: Refund) => state === 'success';
const total = (refunds: readonly Refund[]) => sum(refunds.map(({ refundFen }) => refundFen));

const refunds: Rule = ({ order, refunds: all }) => {
  const own = all.filter(({ lines }) => lines.length > 0);
  const isSame =
    total(own.filter(isBack)) === order.refundedFen && total(own.filter(isUnderWay)) === order.refundingFen;
  if (!isSame) return '订单的退款合计与退款记录不一致';
  if (order.refundedFen + order.refundingFen > order.payableFen) return '退款合计超过实付金额';
  const lines = own.filter((each) => isBack(each) || isUnderWay(each)).flatMap((each) => each.lines);
  const isTooMuch = order.lines.some(({ productId, paidFen }) => {
    const its = lines.filter((line) => line.productId === productId);
    return sum(its.map(({ refundFen }) => refundFen)) > paidFen;
  });
  if (isTooMuch) return '某一商品的退款超过其实付金额';
  const taken = lines.flatMap(({ productId, takesAccess }) => (takesAccess ? [productId] : []));
  const isTaken = String(taken.sort()) === String([...order.revoked].sort());
  return isTaken ? null : '订单收回的权益与退款记录不一致';
};

const isCredit = (entries: OrderFacts['entries'], { id }: Receipt) =>
  entries.some((entry) => entry.id === moneyEntryId({ id }) && owedFor(entry) === 'liab:credit');

const late = ({
  receipts,
  refunds: all,
  entries,
  now,
}: Pick<OrderFacts, 'receipts' | 'refunds' | 'entries' | 'now'>): string | null => {
  const isGoing = (refund: Refund) =>
    isBack(refund) || isUnderWay(refund) || now < (refund.finishedAtMs ?? now) + WAITING_MS;
  const kept = receipts.filter(
    (receipt) =>
      receipt.kind !== 'settled' &&
      !isCredit(entries, receipt) &&
      !all.some((refund) => refund.transactionId === receipt.transactionId && isGoing(refund)),
  );
  return kept.length === 0 ? null : `迟到或重复的款项没有退款：${kept.map(({ id }) => id).join('、')}`;
};

/** The balance that late or second money should have in this account. It is negative, and a refund reduces it. */
function owed({ receipts, refunds: all, entries }: OrderFacts, account: Exclude<Owed, 'refunds'>): number {
  const accountOf = (receipt: Receipt | undefined): Owed => {
    if (receipt === undefined) return 'refunds';
    // A refund without lines of the order's own money is charged to money that was credited instead.
    return receipt.kind === 'settled' || isCredit(entries, receipt) ? 'liab:credit' : 'payable:late';
  };
  const came = receipts.filter((receipt) => receipt.kind !== 'settled' && accountOf(receipt) === account);
  const back = all.filter(
    (refund) =>
      refund.lines.length === 0 &&
      (isBack(refund) || isUnderWay(refund)) &&
      accountOf(receipts.find(({ transactionId }) => transactionId === refund.transactionId)) === account,
  );
  return total(back) - sum(came.map(({ amountFen }) => amountFen));
}

const books: Rule = (facts) => {
  const { order, receipts, refunds: all, entries } = facts;
  if (entries.some(({ lines }) => sum(lines.map(([, amountFen]) => amountFen)) !== 0))
    return '有不平衡的分录';
  const sums = balances(entries);
  const of = (account: Parameters<typeof sums.get>[0]) => sums.get(account) ?? 0;
  const cashFen = sum(receipts.map(({ amountFen }) => amountFen)) - total(all.filter(isBack));
  if (of('cash:wxpay') + of('cash:xpay') !== cashFen) return '账面现金与收款减退款不一致';
  if (of('payable:refund') !== 0 - total(all.filter(isUnderWay))) return '应付退款与进行中的退款不一致';
  const isOwed = (['payable:late', 'liab:credit'] as const).every((name) => of(name) === owed(facts, name));
  if (!isOwed) return '账面应退或欠款与迟到、重复的款项不一致';
  const sold = sum([...sums].map(([account, amountFen]) => (account.startsWith('rev:') ? amountFen : 0)));
  return sold === (order.state === 'paid' ? 0 - order.listFen : 0) ? null : '账面收入与订单原价不一致';
};

/** What an order's line has granted: the state of its grant, or null when there is none. */
function givenBy(
  { order, entitlements, membership }: OrderFacts,
  line: PricedLine,
): 'active' | 'revoked' | null {
  const sources = entitlements.find(({ productId }) => productId === line.productId)?.sources ?? [];
  const grants = (membership?.grants ?? []).filter(({ productId }) => productId === line.productId);
  const found = (line.plan === null ? sources : grants).find(({ sourceId }) => sourceId === order.id);
  return found?.state ?? null;
}

/**
 * Whether the order was paid so recently, or its payment reported so recently, that its effects may not be complete.
 */
function isSettling({ order, receipts, now }: OrderFacts): boolean {
  const heardAtMs = receipts.map(({ receivedAtMs }) => receivedAtMs);
  return order.state === 'paid' && now < Math.max(order.paidAtMs ?? now, ...heardAtMs) + SETTLING_MS;
}

const access: Rule = (facts) => {
  const { order } = facts;
  if (isSettling(facts)) return null;
  const wrong = order.lines.filter((line) => {
    const given = givenBy(facts, line);
    if (order.state !== 'paid') return given === 'active';
    const expected = order.revoked.includes(line.productId) ? 'revoked' : 'active';
    return line.gifts === 0 && isOnShelf(line) && given !== expected;
  });
  return wrong.length === 0
    ? null
    : `权益与订单不一致：${wrong.map(({ productId }) => productId).join('、')}`;
};

const gift: Rule = (facts) => {
  const { order, gifts } = facts;
  if (order.state !== 'paid' || isSettling(facts)) return null;
  const wrong = order.lines.filter((line) => {
    const own = gifts.find(({ productId }) => productId === line.productId);
    const state = order.revoked.includes(line.productId) ? 'revoked' : 'open';
    return line.gifts > 0 && (own?.state !== state || own.count !== line.gifts);
  });
  return wrong.length === 0
    ? null
    : `赠送与订单不一致：${wrong.map(({ productId }) => productId).join('、')}`;
};

const stuck: Rule = ({ order, now }) => {
  return isOpen(order) && now > order.expiresAtMs + OPEN_MS ? '订单超时一天仍未关闭' : null;
};

const coupon: Rule = ({ order, coupon: held }) => {
  if (order.couponId === null || order.state === 'closed') {
    return held !== null && held.orderId === order.id ? '优惠券仍被已关闭的订单占用' : null;
  }
  const isAllBack = order.payableFen > 0 ? order.refundedFen === order.payableFen : order.revoked.length > 0;
  if (order.state === 'paid' && isAllBack) return null;
  const state = order.state === 'paid' ? 'used' : 'locked';
  return held?.orderId === order.id && held.state === state ? null : '订单所用的优惠券不在应有的状态';
};

const hold: Rule = ({ order, hold: own }) => {
  const count = sum(order.lines.map(({ shares }) => shares.pointsCount));
  // An open order that was priced anew may have no points left to hold.
  const heldCount = own?.state === 'held' ? own.count : 0;
  if (heldCount !== (isOpen(order) ? count : 0)) return '积分的占用与订单状态不一致';
  const isSpent = count === 0 || order.state !== 'paid' || order.isHonoured || own?.state === 'spent';
  return isSpent ? null : '订单用于抵扣的积分没有扣除';
};

/** Every open order must be counted. Otherwise its buyer could have more open orders than the limit. */
const open: Rule = ({ order, counted }) => {
  if (!isOpen(order)) return null;
  const productIds = order.lines.map(({ productId }) => productId);
  const isCounted = counted.some(
    ({ orderId, productIds: ids }) => orderId === order.id && String(ids) === String(productIds),
  );
  return isCounted ? null : '未完成的订单没有计入买家的待付数量';
};

const rules = {
  price,
  money,
  payment,
  refunds,
  late,
  books,
  access,
  gift,
  stuck,
  coupon,
  hold,
  open,
} as const satisfies Partial<Record<Finding['rule'], Rule>>;

/** All broken invariants of one order. */
export function orderFindings(facts: OrderFacts): readonly Finding[] {
  return Object.entries(rules).flatMap(([rule, check]) => {
    const story = check(facts);
    return story === null ? [] : [{ rule: rule as keyof typeof rules, about: facts.order.id, story }];
  });
}

/**
 * The broken invariants of a receipt: it must belong to an order. Money for an order that is missing from the store
 * must go back or be owed. `known` is what we have under the order's number.
 */
export function receiptFindings(
  receipt: Receipt,
  order: Order | null,
  known: Pick<OrderFacts, 'refunds' | 'entries' | 'now'>,
): readonly Finding[] {
  if (order !== null) return [];
  const isLost = receipt.kind === 'lost';
  const story = isLost ? late({ ...known, receipts: [receipt] }) : '款项没有对应的订单';
  return story === null ? [] : [{ rule: 'receipt', about: receipt.id, story }];
}

/**
 * The broken invariants of an entitlement: a source that names an order must belong to the user and be paid, and a
 * grant by staff must be in the audit log. `written` are the ids of the audit entries that exist.
 */
export function grantFindings(
  { id, userId, productId, sources }: Entitlement,
  orders: ReadonlyMap<string, Order>,
  written: ReadonlySet<string>,
): readonly Finding[] {
  const isBought = (sourceId: string) => {
    const order = orders.get(sourceId);
    return (
      order?.userId === userId &&
      order.state === 'paid' &&
      order.lines.some((line) => line.productId === productId && line.gifts === 0)
    );
  };
  const isWritten = (sourceId: SourceId) => written.has(grantEntryId(id, sourceId));
  const wrong = sources.filter(
    ({ cause, sourceId }) =>
      (cause === 'order' && !isBought(sourceId)) || (cause === 'staff' && !isWritten(sourceId)),
  );
  const story = `权益没有对应的已付订单或发放记录：${wrong.map(({ sourceId }) => sourceId).join('、')}`;
  return wrong.length === 0 ? [] : [{ rule: 'grant', about: id, story }];
}

/** The broken invariants of trials: each gave its access once, as long as it says, and nothing else is on trial. */
export function trialFindings(has: Entitlement, trial: Trial | null): readonly Finding[] {
  const { id: about, sources } = has;
  const tried = sources.filter(({ cause }) => cause === 'trial');
  const isGiven = tried.every(
    ({ sourceId, fromAtMs, untilAtMs, state }) =>
      sourceId === trial?.id &&
      fromAtMs === trial.startedAtMs &&
      untilAtMs === trial.endsAtMs &&
      state === 'active',
  );
  if (isGiven && tried.length === (trial === null ? 0 : 1)) return [];
  return [{ rule: 'trial', about, story: '试学记录与权益不一致' }];
}

/**
 * The broken invariants of one user's points: the account, its lots and its ledger must agree, and no entry may be
 * missing.
 */
export function pointsFindings(
  userId: string,
  account: PointsAccount | null,
  ledger: readonly PointsEntry[],
): readonly Finding[] {
  const sums = { available: 0, held: 0, debt: 0, pending: 0 };
  let isWhole = true;
  ledger.forEach(({ line, postings }, index) => {
    isWhole &&= line === index + 1 && sum(postings.map(([, amount]) => amount)) === 0;
    for (const [name, amount] of postings) {
      if (name in sums) sums[name as keyof typeof sums] += amount;
    }
  });
  const isAccount =
    (account?.available ?? 0) === sums.available &&
    (account?.held ?? 0) === sums.held &&
    (account?.debt ?? 0) === 0 - sums.debt &&
    (account?.pending ?? 0) === sums.pending &&
    sum((account?.lots ?? []).map(({ remaining }) => remaining)) === sums.available;
  if (isWhole && isAccount) return [];
  return [
    { rule: 'points', about: userId, story: isWhole ? '积分账户与流水不一致' : '积分流水不连续或不平衡' },
  ];
}

/**
 * The broken invariants of a template's stock: issued, remaining and set aside must come to the stock. A template that
 * was never published has no shards.
 */
export function stockFindings(template: CouponTemplate, shards: readonly CouponStock[]): readonly Finding[] {
  if (template.state !== 'published' && shards.length === 0) return [];
  const counted = sum(
    shards.map(({ remaining, issued, held }) => remaining + issued + sum(Object.values(held))),
  );
  const isRight = counted === template.stock && shards.every(({ remaining }) => remaining >= 0);
  return isRight
    ? []
    : [{ rule: 'stock', about: template.id, story: `库存合计 ${counted}，应为 ${template.stock}` }];
}

/**
 * The broken invariant of a template's coupons: there are as many as were issued. `issuedBefore` and `issuedAfter` are
 * what the stock said before they were counted and afterwards.
 */
export function issuedFindings(count: {
  readonly id: TemplateId;
  readonly counted: number;
  readonly issuedBefore: number;
  readonly issuedAfter: number;
}): readonly Finding[] {
  const { id, counted, issuedBefore, issuedAfter } = count;
  if (issuedBefore <= counted && counted <= issuedAfter) return [];
  return [{ rule: 'issued', about: id, story: `已发放 ${issuedAfter} 张，实有 ${counted} 张` }];
}

/**
 * The broken invariants of a drop: what was claimed and what is set aside come to its count, and nothing is set aside
 * for one that is not open. `leftBefore` and `leftAfter` are what was set aside before the claims were counted and
 * afterwards.
 */
export function dropFindings(
  { id: about, state, count, claimedCount }: Drop,
  seen: { readonly claims: number; readonly leftBefore: number; readonly leftAfter: number },
): readonly Finding[] {
  const { claims, leftBefore, leftAfter } = seen;
  const isOpen = state === 'published';
  const [least, most] = isOpen
    ? [count - leftBefore, count - leftAfter]
    : [claimedCount ?? 0, claimedCount ?? 0];
  if (least <= claims && claims <= most && (isOpen || leftAfter === 0)) return [];
  return [{ rule: 'drop', about, story: `福利共 ${count} 份，已领 ${claims} 份，还留有 ${leftAfter} 份` }];
}

/** The broken invariants of a flash sale's seats: remaining plus taken must equal the stock. */
export function placesFindings({ id, items }: FlashSale, shards: readonly FlashStock[]): readonly Finding[] {
  const wrong = items.filter(({ productId, stock }) => {
    const own = shards.filter((shard) => shard.id.startsWith(`${id}:${productId}:`));
    return own.length > 0 && sum(own.map(({ remaining, taken }) => remaining + taken)) !== stock;
  });
  const story = `秒杀名额合计不符：${wrong.map(({ productId }) => productId).join('、')}`;
  return wrong.length === 0 ? [] : [{ rule: 'places', about: id, story }];
}

/** The broken invariants of progress in a lesson: its cells are counted, and when finished it counts for its course. */
export function progressFindings(progress: Progress, course: CourseProgress | null): readonly Finding[] {
  const { id: about, seen, cells, cellsSince, lessonId, playedAtMs, finishedAtMs } = progress;
  const told = (story: string) => [{ rule: 'learned', about, story } as const];
  if (playedCells(seen, CELLS_MAX) !== cells || cellsSince > cells) return told('学习进度的计数与记录不一致');
  if (finishedAtMs === null) return [];
  if (playedAtMs === null) return told('课时未学完却已完成');
  return course?.finished.includes(lessonId) ? [] : told('已完成的课时未计入课程');
}

/** How long after its time a message may wait outside: as long as a night of an unreachable WeChat. */
const MESSAGE_LATE_MS = 12 * HOUR_MS;

/**
 * The broken invariants of a message: it does not wait for ever, and what was sent within the week, or may have been,
 * counts for its user's days.
 */
export function messageFindings(message: Message, inbox: Inbox | null, now: TimeMs): readonly Finding[] {
  const { id: about, state, nextAtMs } = message;
  const told = (story: string) => [{ rule: 'message', about, story } as const];
  const isOpen = state === 'waiting' || state === 'due' || state === 'sending';
  if (isOpen && now > nextAtMs + MESSAGE_LATE_MS) return told('消息到时间很久仍未发送');
  const isOutside = state === 'sending' || state === 'sent' || state === 'unknown';
  if (!isOutside || now > message.createdAtMs + DAY_MS) return [];
  const isCounted = inbox?.outside.some(({ messageId }) => messageId === about) === true;
  return isCounted ? [] : told('已发送的消息没有计入用户当日的数量');
}

/** The broken invariants of what was sent to a user lately: three messages a day, one advertisement a week. */
export function inboxFindings({ id: about, outside }: Inbox): readonly Finding[] {
  const days = outside.map(({ atMs }) => dayOf(atMs));
  const isOften = days.some((day) => days.filter((each) => each === day).length > PER_DAY_MAX);
  const ads = outside.flatMap(({ isMarketing, atMs }) => (isMarketing ? atMs : []));
  const isNear = ads.some((atMs, n) => n > 0 && atMs - (ads[n - 1] ?? 0) < MARKETING_EVERY_MS);
  return isOften || isNear ? [{ rule: 'message', about, story: '站外消息超过每日或每周的上限' }] : [];
}

/**
 * The broken invariants of a certificate: its number leads to it, its course is finished, and it is not issued for a
 * course that was refunded.
 */
export function certificateFindings(
  certificate: Certificate,
  number: StoredCertificateNumber | null,
  course: CourseProgress | null,
): readonly Finding[] {
  const { id: about, state } = certificate;
  const told = (story: string) => [{ rule: 'certificate', about, story } as const];
  if (number?.certificateId !== about) return told('证书编号对应的不是这张证书');
  if (course === null || course.finishedAtMs === null) return told('课程未学完却有证书');
  return state === 'issued' && course.undoneAtMs !== null ? told('课程已退款，证书仍然有效') : [];
}

/**
 * The broken invariants of a comment: others see it if it was published and is not hidden, its author has deleted its
 * words, it is counted somewhere, and its stars are the ones that its author may give.
 */
export function commentFindings(
  comment: Comment,
  beside: { readonly thread: ThreadCount | null; readonly rating: Rating | null },
): readonly Finding[] {
  const { id: about, shown, newest, isShown, review, counted, stars } = comment;
  const told = (story: string) => [{ rule: 'comment', about, story } as const];
  const isOut = shown !== null && review.publicVersion !== null;
  if (isShown !== (isOut && !review.isHidden)) return told('评论的显示状态与审核不一致');
  const isWiped = shown === null && newest.title === null && newest.body === '';
  if (review.state === 'deleted' && !isWiped) return told('评论已删除，内容仍在');
  if (counted.isShown && beside.thread === null) return told('评论已计数，讨论没有计数');
  const isRated = stars === null || review.state === 'deleted' || beside.rating?.commentId === about;
  return isRated ? [] : told('评分不是作者唯一的一次');
}

/** What is counted of the comments of a thread, added up. */
export interface ThreadSums {
  readonly comments: number;
  readonly stars: readonly number[];
  /** Comments whose count of replies is not that of the replies to them. */
  readonly wrongReplies: readonly string[];
}

/** The broken invariants of a thread: its counts are those of its comments. */
export function threadFindings(thread: ThreadCount, sums: ThreadSums): readonly Finding[] {
  const { id: about, comments, stars } = thread;
  const told = (story: string) => [{ rule: 'thread', about, story } as const];
  if (comments !== sums.comments) return told(`讨论计 ${comments} 条，实有 ${sums.comments} 条`);
  if (String(stars) !== String(sums.stars)) return told(`评分计 ${stars}，实有 ${sums.stars}`);
  return sums.wrongReplies.length === 0 ? [] : told(`回复数不符：${sums.wrongReplies.join('、')}`);
}

/** The broken invariant of something that is liked: its count is that of the marks which are counted. */
export function likesFindings(
  marked: { readonly id: string; readonly likes: number },
  counted: number,
): readonly Finding[] {
  if (marked.likes === counted) return [];
  return [{ rule: 'likes', about: marked.id, story: `点赞计 ${marked.likes} 个，实有 ${counted} 个` }];
}

/** The broken invariant of a writer: what is counted of them is what their texts say. */
export function writerFindings(
  { id: about, undecided, published }: Writer,
  texts: readonly Reviewed[],
): readonly Finding[] {
  const waiting = texts.filter(isUndecided).length;
  const shown = texts.filter(({ review }) => review.publicAtMs !== null).length;
  if (undecided === waiting && published === shown) return [];
  const story = `待审计 ${undecided} 条，实有 ${waiting} 条；发布计 ${published} 条，实有 ${shown} 条`;
  return [{ rule: 'writer', about, story }];
}

/** What uses uploads, and which. */
export interface UploadUser {
  readonly userId: UserId;
  readonly names: ReadonlySet<UploadId>;
}

/**
 * The broken invariant of an upload: either it ends, or something of its owner's uses it and names it. `user` is what
 * it says it is used by.
 */
export function uploadFindings(upload: LearnerUpload, user: UploadUser | null): readonly Finding[] {
  const { id: about, userId, usedBy, endsAtMs } = upload;
  const isNamed = user !== null && user.userId === userId && user.names.has(about);
  const isRight = usedBy === null ? endsAtMs !== null : endsAtMs === null && isNamed;
  return isRight ? [] : [{ rule: 'upload', about, story: '上传的文件与使用它的内容不一致' }];
}

/**
 * The broken invariants of a feedback: it is open while its author has the last word, what cannot wait has an open case
 * or was looked at by a person since, and its pictures are its author's uploads that it uses.
 */
export function feedbackFindings(
  feedback: Feedback,
  { known, uploads }: { readonly known: Case | null; readonly uploads: ReadonlyMap<string, LearnerUpload> },
): readonly Finding[] {
  const { id: about, userId, images, state, turns, sinceAtMs } = feedback;
  const isLost = images.some((id) => {
    const upload = uploads.get(id);
    return upload?.userId !== userId || upload.usedBy !== `feedback:${about}`;
  });
  if (isLost) return [{ rule: 'upload', about, story: '反馈引用了不存在或不属于它的图片' }];
  const told = (story: string) => [{ rule: 'feedback', about, story }] as const;
  const last = turns.at(-1);
  if ((last?.from === 'user') !== (state === 'open') || last?.atMs !== sinceAtMs)
    return told('反馈的状态与往来记录不一致');
  const isKnown = known !== null && (known.state === 'open' || (known.closedAtMs ?? 0) >= sinceAtMs);
  return isUrgent(feedback) && state === 'open' && !isKnown ? told('侵权反馈没有工单') : [];
}

/** The broken invariant of what somebody wrote: it names only uploads of its author that it uses. */
export function writtenFindings(
  about: ReviewTarget,
  written: Reviewed,
  uploads: ReadonlyMap<string, LearnerUpload>,
): readonly Finding[] {
  const wrong = [...uploadsOf(written).keys()].filter((id) => {
    const upload = uploads.get(id);
    return upload?.userId !== written.userId || upload.usedBy !== about;
  });
  const story = `内容引用了不存在或不属于它的文件：${wrong.join('、')}`;
  return wrong.length === 0 ? [] : [{ rule: 'upload', about, story }];
}

/**
 * The broken invariant of what somebody set for a group: the group is there, and who joined it joined an open one.
 */
export function groupNoteFindings(note: GroupNote, group: Group | null): readonly Finding[] {
  const { id: about, hasJoined } = note;
  const told = (story: string) => [{ rule: 'group', about, story } as const];
  if (group === null) return told('小组设置没有对应的小组');
  return hasJoined && group.kind !== 'open' ? told('加入了不开放加入的小组') : [];
}

/**
 * The broken invariants of a topic: its group is there, others see it if it was published and is not hidden, its author
 * has deleted its words, it counts the comments of its thread, and only a question has an answer, which is one of them.
 */
export function topicFindings(
  topic: Topic,
  beside: {
    readonly group: Group | null;
    readonly thread: ThreadCount | null;
    readonly accepted: Comment | null;
  },
): readonly Finding[] {
  const { id: about, shown, newest, isShown, review, acceptedCommentId } = topic;
  const told = (story: string) => [{ rule: 'topic', about, story } as const];
  if (beside.group === null) return told('话题没有对应的小组');
  const isOut = shown !== null && review.publicVersion !== null;
  if (isShown !== (isOut && !review.isHidden)) return told('话题的显示状态与审核不一致');
  const isWiped = shown === null && newest.body === '' && newest.images.length === 0;
  if (review.state === 'deleted' && !isWiped) return told('话题已删除，内容仍在');
  const replies = beside.thread?.comments ?? 0;
  if (topic.replies !== replies) return told(`话题计 ${topic.replies} 条回复，讨论有 ${replies} 条`);
  const isAnswer = topic.kind === 'ask' && beside.accepted?.threadId === `topic:${about}`;
  return acceptedCommentId === null || isAnswer ? [] : told('采纳的回答不在这个提问下');
}

/** What is stored beside a question that a look at it needs. */
export interface QuestionBeside {
  /** The order that it names, with its entries and refunds. */
  readonly order: Order | null;
  readonly entries: readonly JournalEntry[];
  readonly refunds: readonly Refund[];
  readonly answer: Answer | null;
  /** Whether a case about it or its order is open. */
  readonly hasCase: boolean;
  readonly now: TimeMs;
}

/**
 * The broken invariants of a question: what is booked as held is what is held, the expert's share is that of what is
 * kept, and whatever it waits for is there: a time that has not long passed, an order, a review, a refund or a case.
 */
export function questionFindings(question: Question, beside: QuestionBeside): readonly Finding[] {
  const { id: about, paidFen, backFen, shareBp, settledAtMs } = question;
  const told = (story: string) => [{ rule: 'question', about, story } as const];
  const sums = balances(beside.entries.filter(({ cause }) => cause.startsWith('question_')));
  const of = (account: Parameters<typeof sums.get>[0]) => sums.get(account) ?? 0;
  const heldFen = HELD.includes(question.state) ? paidFen - backFen : 0;
  if (of('deferred:question') !== heldFen || of('liab:escrow') !== 0 - heldFen)
    return told('托管的款项与提问的状态不一致');
  const shareFen = settledAtMs === null ? 0 : Math.floor(((paidFen - backFen) * shareBp) / 10_000);
  if (of('payable:payee') !== 0 - shareFen) return told('应付答主的金额与提问的净额不一致');
  return isWaited(question, beside) ? [] : told(`提问停在 ${question.state}，没有任何人或任务会处理它`);
}

const HELD: readonly Question['state'][] = ['open', 'answering', 'answered', 'disputed', 'returning'];
/** How long after its time a timer may come to a question. */
const QUESTION_LATE_MS = HOUR_MS;

/** Whether what a question waits for is there, or has only just gone. */
function isWaited(
  { state, nextAtMs, updatedAtMs, judgement, productId }: Question,
  { order, refunds: all, answer, hasCase, now }: QuestionBeside,
): boolean {
  const moments = [updatedAtMs, order?.paidAtMs ?? 0, ...all.map(({ finishedAtMs }) => finishedAtMs ?? 0)];
  if (now < Math.max(...moments) + SETTLING_MS) return true;
  const refundingFen = order?.lineRefunds.find((line) => line.productId === productId)?.refundingFen ?? 0;
  const isOnItsWay = refundingFen > 0 || all.some((refund) => refund.state === 'requested');
  if (state === 'ordered') return order !== null && isOpen(order);
  if (state === 'answering') return ['checking', 'queued'].includes(answer?.review.state ?? '');
  if (state === 'disputed') return hasCase || (judgement !== null && isOnItsWay);
  if (state === 'returning') return hasCase || isOnItsWay;
  if (nextAtMs === null) return state === 'lapsed' || state === 'settled' || state === 'returned';
  return now <= nextAtMs + QUESTION_LATE_MS || (state === 'answered' && isOnItsWay);
}

/** How late a task may be: one hour after it was first due. Later attempts do not extend it. */
export const TASK_LATE_MS = HOUR_MS;

/** The broken invariant of a task: it has waited longer than it may. */
export function taskFindings(task: Task, now: TimeMs): readonly Finding[] {
  const isLate = task.state === 'pending' && now > task.dueFirstAtMs + TASK_LATE_MS;
  return isLate
    ? [{ rule: 'task', about: task.id, story: `任务超时未执行，已失败 ${task.attempts} 次` }]
    : [];
}
