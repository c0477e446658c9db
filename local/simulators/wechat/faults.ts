/** What can go wrong with simulated WeChat: each a share from 0 (never) to 1 (always). */

/** No fault happens: every share is 0. */
export const NO_WEIXIN_FAULTS = {
  /** WeChat is busy: -1. */
  busy: 0,
  /** Too many calls: 45011. */
  rateLimited: 0,
  /** The account is a risk and may not log in: 40226. */
  blocked: 0,
  /** Status 502, and no JSON. */
  serverError: 0,
  /** A call never arrives. */
  requestLost: 0,
  /** A call is acted upon, which uses a code up, and its answer never arrives. */
  answerLost: 0,
  /** A check of a text or of media is more than this minute's: 45009. */
  quotaReached: 0,
  /** The verdict of media is never pushed. */
  verdictSilent: 0,
  /** The verdict of media is pushed up to three hours late. */
  verdictLate: 0,
  /** The verdict of media is pushed twice. */
  verdictTwice: 0,
  /** The parts of a verdict come as one object instead of an array, and labels as numbers instead of texts. */
  verdictOtherShape: 0,
  /** Media passes, with everything well, and was never fetched. */
  verdictUnfetched: 0,
  /** Media cannot be fetched. It passes, and only a part of the verdict says so: -1008. */
  fetchFailed: 0,
};

/** What can go wrong, by name. */
export type WeixinFault = keyof typeof NO_WEIXIN_FAULTS;
