/** What can go wrong with simulated virtual payment, each as a share from 0, never, to 1, always. */

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
  /** For five to twelve seconds after the phone has paid, `query_order` says that nobody has. */
  statusLag: 0,
  /** Two payments for one number: `query_order` by that number tells of the second. */
  secondShown: 0,
  /** The phone is told that it failed, and the money comes up to three hours later. */
  payLate: 0,
  /** A second payment is made for the same number within a minute. */
  doublePay: 0,
  /** The platform takes a tenth off for the buyer, and pays it itself. */
  platformDiscount: 0,
  /** One fen more is charged than was signed. */
  otherAmount: 0,
  /** A refund that was accepted fails. */
  refundFailed: 0,
  /** A list of orders takes up to ten seconds to be made. */
  listSlow: 0,
  /** A list of orders cannot be made. */
  listFailed: 0,
  /** An upload of goods fails. */
  uploadFailed: 0,
  /** A publication of goods fails. */
  publishFailed: 0,
  /** No push about something ever arrives. */
  lose: 0,
  /** A push sets out up to twenty minutes late. */
  delay: 0,
  /** A push comes twice. */
  duplicate: 0,
  /** Before a push, and where no money came, comes one that somebody else wrote. */
  forge: 0,
};

/** What can go wrong, by name. */
export type XpayFault = keyof typeof NO_XPAY_FAULTS;
