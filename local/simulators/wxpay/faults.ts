/** What can go wrong with simulated WeChat Pay: each a share from 0 (never) to 1 (always). */

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
  /** A call is acted upon, and the signed answer is not JSON. */
  garbage: 0,
  /** No delivery of a notice ever arrives. */
  lose: 0,
  /** A notice is first sent up to twenty minutes late. */
  delay: 0,
  /** A delivery comes twice. */
  duplicate: 0,
  /** A delivery with a foreign signature comes before the genuine one. */
  forge: 0,
  /** A delivery that only tests the merchant's signature check comes before the genuine one. */
  probe: 0,
  /**
   * The phone is told that the payment failed. The money comes up to twenty minutes later, if the order is still open.
   */
  payLate: 0,
  /** A second transaction pays the same order within a minute. */
  payTwice: 0,
  /** WeChat Pay gives the buyer 10 % off and pays that part itself. */
  platformDiscount: 0,
  /** The payment is one fen more than was asked for. */
  otherAmount: 0,
  /** The payment is in another currency. */
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
