/** The columns of the tables that staff can export. */
import type { TimeMs } from '../../schemas/base.ts';
import type { Account, JournalEntry } from '../../schemas/books/journal.ts';
import type { User } from '../../schemas/identity/user.ts';
import type { Case } from '../../schemas/operations/case.ts';
import type { Order } from '../../schemas/orders/order.ts';
import type { Payment } from '../../schemas/payments/payment.ts';
import type { PointsEntry, PointsLedgerAccount } from '../../schemas/points/points.ts';
import type { Refund } from '../../schemas/refunds/refund.ts';
import { words } from '../../words.ts';
import { masked } from '../identity/staff.ts';
import { type Cell, shanghaiTime, yuan } from './csv.ts';

/** A table: its columns in order, each with its heading and the cell for a document. */
export type Table<D> = readonly (readonly [heading: string, cell: (doc: D) => Cell])[];

/** Whether personal data is shown, or masked so that it can only be compared. */
export type Personal = 'shown' | 'masked';

const yuanCell = (fen: number): Cell => ({ readable: yuan(fen) });

function timeCell(atMs: TimeMs | null): Cell {
  const readable = shanghaiTime(atMs);
  return readable === null ? null : { readable };
}

const openidIn = (openid: string | null, personal: Personal): Cell =>
  openid === null || personal === 'shown' ? openid : masked(openid);

/** Masked: only the first character of a name. Even its length would reveal something. */
const nameIn = (name: string, personal: Personal): Cell =>
  personal === 'shown' ? name : `${[...name][0] ?? ''}**`;

/** The table of all orders of a period. */
export const orderTable: Table<Order> = [
  ['订单号', ({ id }) => id],
  ['用户', ({ userId }) => userId],
  ['状态', ({ state }) => words.orderState[state]],
  ['支付方式', ({ rail }) => words.rail[rail]],
  ['平台', ({ platform }) => words.platform[platform]],
  ['商品', ({ lines }) => lines.map(({ title }) => title).join(' / ')],
  ['原价（元）', ({ listFen }) => yuanCell(listFen)],
  ['优惠（元）', ({ discountFen }) => yuanCell(discountFen)],
  ['应付（元）', ({ payableFen }) => yuanCell(payableFen)],
  ['退款中（元）', ({ refundingFen }) => yuanCell(refundingFen)],
  ['已退（元）', ({ refundedFen }) => yuanCell(refundedFen)],
  ['优惠券', ({ couponId }) => couponId],
  ['下单时间', ({ createdAtMs }) => timeCell(createdAtMs)],
  ['支付时间', ({ paidAtMs }) => timeCell(paidAtMs)],
  ['关闭时间', ({ closedAtMs }) => timeCell(closedAtMs)],
];

/** One line of an order, with its order. */
export interface SoldLine {
  readonly order: Order;
  readonly line: Order['lines'][number];
  /** The line's number, from 1, in the order in which the buyer asked. */
  readonly number: number;
}

/** The lines of an order as table rows. */
export function soldLines(order: Order): readonly SoldLine[] {
  return order.lines.map((line, index) => ({ order, line, number: index + 1 }));
}

const backFen = ({ order, line }: SoldLine, which: 'refundedFen' | 'refundingFen'): number =>
  order.lineRefunds.find(({ productId }) => productId === line.productId)?.[which] ?? 0;

/** The table of all order lines of a period. The sum of an amount column over an order equals the order's amount. */
export const orderLineTable: Table<SoldLine> = [
  ['订单号', ({ order }) => order.id],
  ['行号', ({ number }) => number],
  ['用户', ({ order }) => order.userId],
  ['状态', ({ order }) => words.orderState[order.state]],
  ['支付方式', ({ order }) => words.rail[order.rail]],
  ['商品', ({ line }) => line.productId],
  ['类型', ({ line }) => words.productKind[line.kind]],
  ['名称', ({ line }) => line.title],
  ['赠送份数', ({ line }) => line.gifts],
  ['原价（元）', ({ line }) => yuanCell(line.listFen)],
  ['限时（元）', ({ line }) => yuanCell(line.shares.activityFen)],
  ['会员（元）', ({ line }) => yuanCell(line.shares.memberFen)],
  ['已有（元）', ({ line }) => yuanCell(line.shares.ownedFen)],
  ['满减（元）', ({ line }) => yuanCell(line.shares.campaignFen)],
  ['优惠券（元）', ({ line }) => yuanCell(line.shares.couponFen)],
  ['积分（元）', ({ line }) => yuanCell(line.shares.pointsFen)],
  ['积分', ({ line }) => line.shares.pointsCount],
  ['实付（元）', ({ line }) => yuanCell(line.paidFen)],
  ['退款中（元）', (sold) => yuanCell(backFen(sold, 'refundingFen'))],
  ['已退（元）', (sold) => yuanCell(backFen(sold, 'refundedFen'))],
  ['下单时间', ({ order }) => timeCell(order.createdAtMs)],
  ['支付时间', ({ order }) => timeCell(order.paidAtMs)],
];

/** The table of all payments made in a period. */
export const paymentTable = (personal: Personal): Table<Payment> => [
  ['订单号', ({ id }) => id],
  ['用户', ({ userId }) => userId],
  ['支付方式', ({ rail }) => words.rail[rail]],
  ['状态', ({ state }) => words.paymentState[state]],
  ['金额（元）', ({ amountFen }) => yuanCell(amountFen)],
  ['付款人', ({ openid }) => openidIn(openid, personal)],
  ['支付单号', ({ transactionId }) => transactionId],
  ['创建时间', ({ createdAtMs }) => timeCell(createdAtMs)],
  ['支付时间', ({ paidAtMs }) => timeCell(paidAtMs)],
];

/** The table of all refunds that ended in a period, and of unfinished ones requested in it. */
export const refundTable: Table<Refund> = [
  ['退款单号', ({ id }) => id],
  ['订单号', ({ orderId }) => orderId],
  ['支付方式', ({ rail }) => words.rail[rail]],
  ['状态', ({ state }) => words.refundState[state]],
  ['退款（元）', ({ refundFen }) => yuanCell(refundFen)],
  ['原因', ({ reason }) => words.refundReason[reason]],
  ['说明', (refund) => refund.words],
  ['支付单号', ({ transactionId }) => transactionId],
  ['申请时间', ({ requestedAtMs }) => timeCell(requestedAtMs)],
  ['通过时间', ({ approvedAtMs }) => timeCell(approvedAtMs)],
  ['完成时间', ({ finishedAtMs }) => timeCell(finishedAtMs)],
];

/**
 * How much an entry raises (`sign` 1) or lowers (−1) an account. They are two columns, because a cell that begins
 * with − would be taken for a formula.
 */
const moved = ({ postings }: PointsEntry, account: PointsLedgerAccount, sign: 1 | -1): number =>
  Math.max(0, sign * (postings.find(([name]) => name === account)?.[1] ?? 0));

/** The table of all points-ledger entries of a period. */
export const pointsTable: Table<PointsEntry> = [
  ['流水号', ({ id }) => id],
  ['用户', ({ userId }) => userId],
  ['序号', ({ line }) => line],
  ['原因', ({ cause }) => words.pointsCause[cause]],
  ['可用增加', (entry) => moved(entry, 'available', 1)],
  ['可用减少', (entry) => moved(entry, 'available', -1)],
  ['冻结增加', (entry) => moved(entry, 'held', 1)],
  ['冻结减少', (entry) => moved(entry, 'held', -1)],
  ['可用', ({ availableAfter }) => availableAfter],
  ['冻结', ({ heldAfter }) => heldAfter],
  ['欠', ({ debtAfter }) => debtAfter],
  ['待生效', ({ pendingAfter = 0 }) => pendingAfter],
  ['订单号', ({ orderId }) => orderId],
  ['说明', ({ reason }) => reason],
  ['时间', ({ createdAtMs }) => timeCell(createdAtMs)],
];

/** The table of all users who registered in a period. */
export const userTable = (personal: Personal): Table<User> => [
  ['用户', ({ id }) => id],
  ['昵称', ({ nickname }) => nameIn(nickname, personal)],
  ['角色', ({ role }) => words.role[role]],
  ['状态', ({ state }) => words.userState[state]],
  ['微信', ({ openid }) => openidIn(openid, personal)],
  ['注册时间', ({ createdAtMs }) => timeCell(createdAtMs)],
];

/** One line of the journal: an entry, an account, and the change in fen. */
export interface BookLine {
  readonly entry: JournalEntry;
  readonly account: Account;
  /** Positive is a debit, negative a credit. */
  readonly amountFen: number;
}

/** A journal entry as table rows. */
export function bookLines(entry: JournalEntry): readonly BookLine[] {
  return entry.lines.map(([account, amountFen]) => ({ entry, account, amountFen }));
}

/** The table of all journal lines of some days, with debits and credits in separate columns. */
export const journalTable: Table<BookLine> = [
  ['凭证号', ({ entry }) => entry.id],
  ['日期', ({ entry }) => ({ readable: entry.dayShanghai })],
  ['原因', ({ entry }) => entry.cause],
  ['科目', ({ account }) => account],
  ['借方（元）', ({ amountFen }) => (amountFen > 0 ? yuanCell(amountFen) : null)],
  ['贷方（元）', ({ amountFen }) => (amountFen < 0 ? yuanCell(-amountFen) : null)],
  ['订单号', ({ entry }) => entry.orderId],
  ['时间', ({ entry }) => timeCell(entry.atMs)],
];

/** The table of all cases opened in a period, open ones first. */
export const caseTable: Table<Case> = [
  ['工单号', ({ id }) => id],
  ['类型', ({ kind }) => words.caseKind[kind]],
  ['状态', ({ state }) => words.caseState[state]],
  ['订单号', ({ orderId }) => orderId],
  ['用户', ({ userId }) => userId],
  ['商品', ({ productId }) => productId],
  ['退款单号', ({ refundId }) => refundId],
  ['支付单号', ({ transactionId }) => transactionId],
  ['金额（元）', ({ amountFen }) => (amountFen === null ? null : yuanCell(amountFen))],
  ['经过', ({ story }) => story],
  ['处理', ({ resolution }) => resolution],
  ['处理人', ({ closedBy }) => closedBy],
  ['创建时间', ({ openedAtMs }) => timeCell(openedAtMs)],
  ['关闭时间', ({ closedAtMs }) => timeCell(closedAtMs)],
];
