/** What can go wrong with simulated virtual payment: each a share from 0 (never) to 1 (always). */

/** No fault happens: every share is 0. */
export const NO_XPAY_FAULTS = {
  /** A call never arrives. */
  requestLost: 0,
  /** A call is acted upon, and its answer never arrives. */
  answerLost: 0,
  /** Status 502, and nothing is done. */
  serverError: 0,
  /** A call is answered -1, and nothing is done. */
  busy: 0,
  /** A call is acted upon, and answered -1. */
  doubtfulError: 0,
  /** Too many calls: 268490015, and nothing is done. */
  rateLimited: 0,
  /** For five to twelve seconds after a payment, `query_order` says that the order is unpaid. */
  statusLag: 0,
  /** When one number was paid twice, `query_order` by that number tells of the second payment. */
  secondShown: 0,
  /** The phone is told that the payment failed. The money comes up to three hours later. */
  payLate: 0,
  /** A second payment is made for the same number within a minute. */
  doublePay: 0,
  /** The platform gives the buyer 10 % off and pays that part itself. */
  platformDiscount: 0,
  /** The buyer is charged one fen more than was signed. */
  otherAmount: 0,
  /** A refund that was accepted fails. */
  refundFailed: 0,
  /** Making a list of orders takes up to ten seconds. */
  listSlow: 0,
  /** Making a list of orders fails. */
  listFailed: 0,
  /** An upload of goods fails. */
  uploadFailed: 0,
  /** A publication of goods fails. */
  publishFailed: 0,
  /** All pushes about something are lost. */
  lose: 0,
  /** A push is first sent up to twenty minutes late. */
  delay: 0,
  /** A push comes twice. */
  duplicate: 0,
  /** A forged push comes before a genuine one, or when no money came at all. */
  forge: 0,
};

/** What can go wrong, by name. */
export type XpayFault = keyof typeof NO_XPAY_FAULTS;
