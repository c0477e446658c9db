/** Bills that differ from the books in a chosen way, always in the bill's first payment. */
import type { BillLine, Planted } from './wxpay/bills.ts';
import type { PlantedInLists } from './xpay/bills.ts';
import type { Words } from './xpay/words.ts';

/**
 * `missing`: the payment is left out. `amount`: it is a fen too high. `foreign`: an unknown order's payment follows it.
 */
export const WRONG_BILLS = ['missing', 'amount', 'foreign'] as const;
/** What is wrong with a bill. */
export type WrongBill = (typeof WRONG_BILLS)[number];

const STRANGER = {
  orderNumber: 'ord_00000000000000000000000000',
  transactionId: '4200000000000000000000000000',
} as const;

/** The lines, with the first one that matches replaced. */
function insteadOfFirst<L>(
  lines: readonly L[],
  isMeant: (line: L) => boolean,
  instead: (line: L) => readonly L[],
): readonly L[] {
  const first = lines.find(isMeant);
  return lines.flatMap((line) => (line === first ? instead(line) : [line]));
}

const insteadOfPayment = (instead: (paid: BillLine) => readonly BillLine[]): Planted => {
  return (lines) => insteadOfFirst(lines, ({ refund }) => refund === null, instead);
};

/** The wrong bills of WeChat Pay, by name. */
export const wrongBills: Readonly<Record<WrongBill, Planted>> = {
  missing: insteadOfPayment(() => []),
  amount: insteadOfPayment((paid) => [{ ...paid, totalFen: paid.totalFen + 1 }]),
  foreign: insteadOfPayment((paid) => [paid, { ...paid, ...STRANGER }]),
};

const insteadOfListed = (instead: (paid: Words) => readonly Words[]): PlantedInLists => {
  return (lines) => insteadOfFirst(lines, (line) => !('pay_order_id' in line), instead);
};

/** The wrong lists of virtual payment, by name. */
export const wrongLists: Readonly<Record<WrongBill, PlantedInLists>> = {
  missing: insteadOfListed(() => []),
  amount: insteadOfListed((paid) => [{ ...paid, paid_fee: Number(paid.paid_fee) + 1 }]),
  foreign: insteadOfListed((paid) => [
    paid,
    { ...paid, order_id: STRANGER.orderNumber, wx_order_id: STRANGER.transactionId },
  ]),
};
