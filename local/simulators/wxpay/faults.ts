/** What can go wrong with simulated WeChat Pay, each as a share from 0, never, to 1, always. */

/** No fault happens: every share is 0. */
export const NO_WECHAT_PAY_FAULTS = {
  /** A call never arrives. */
  requestLost: 0,
  /** A call is acted upon, and its answer never arrives. */
  answerLost: 0,
  /** A call is answered 500, and nothing is done. */
  serverError: 0,
  /** A call is acted upon, and answered 500. */
  doubtfulError: 0,
  /** A call is answered 429, and nothing is done. */
  rateLimited: 0,
  /** A call is acted upon, and the answer's signature is wrong. */
  badSignature: 0,
  /** A call is acted upon, and the answer, although signed, is no JSON. */
  garbage: 0,
  /** No delivery of a notice ever arrives. */
  lose: 0,
  /** A notice sets out up to twenty minutes late. */
  delay: 0,
  /** A delivery comes twice. */
  duplicate: 0,
  /** Before a delivery comes one with somebody else's signature. */
  forge: 0,
  /** Before a delivery comes one that tests whether signatures are verified. */
  probe: 0,
  /** The phone is told that it failed, and the money comes up to twenty minutes later, if the order is still open. */
  payLate: 0,
  /** A second transaction pays the same order within a minute. */
  payTwice: 0,
  /** WeChat Pay takes a tenth off for the buyer, and pays it itself. */
  platformDiscount: 0,
  /** One fen more comes than was asked for. */
  otherAmount: 0,
  /** The money comes in another currency. */
  otherCurrency: 0,
  /** A refund is refused because the merchant's account holds too little. */
  fundsLacking: 0,
  /** A refund that was accepted is closed. */
  refundClosed: 0,
  /** A refund that was accepted cannot reach the payer. */
  refundAbnormal: 0,
};

/** What can go wrong, by name. */
export type WechatPayFault = keyof typeof NO_WECHAT_PAY_FAULTS;
