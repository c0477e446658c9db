/** The faults and their rates. Each profile stresses one kind of fault; the seed chooses the profile. */

/** Shares are from 0 (never) to 1 (always). */
export interface Faults {
  /** At a step, the instance dies, and a new one starts a few seconds later. */
  readonly kill: number;
  /** A transaction's run ends in an invented conflict. */
  readonly conflict: number;
  /** A commit succeeds, but its answer is lost. */
  readonly commitLost: number;
  /** A database call takes up to `SLOW_MS_MAX`. */
  readonly slow: number;
  /** At a step, the call stalls for up to `STALL_MS_MAX`, as in a frozen process. */
  readonly stall: number;
  /** A call to WeChat gets no answer, and nothing was done. */
  readonly requestLost: number;
  /** A call to WeChat gets no answer, but it was done; half of the time only a while later. */
  readonly answerLost: number;
  /** A phone's call gets no answer; half of the time it was done all the same. */
  readonly phoneLost: number;
  /** One delivery of a notice is lost. */
  readonly noticeLost: number;
  /** All notices of a payment are lost. */
  readonly noticeNever: number;
  /** A notice arrives twice. */
  readonly noticeTwice: number;
  /** A notice arrives up to 20 minutes late. */
  readonly noticeLate: number;
  /** A ring of the broker is lost. */
  readonly ringLost: number;
  readonly ringTwice: number;
  readonly ringLate: number;
  /** How far an instance's clock may be off in either direction. */
  readonly skewMsMax: number;
}

/** The longest delay of one database call. */
export const SLOW_MS_MAX = 8_000;

/** The longest stall of a call. */
export const STALL_MS_MAX = 6 * 60_000;

/** Nothing goes wrong. */
export const NO_FAULTS: Faults = {
  kill: 0,
  conflict: 0,
  commitLost: 0,
  slow: 0,
  stall: 0,
  requestLost: 0,
  answerLost: 0,
  phoneLost: 0,
  noticeLost: 0,
  noticeNever: 0,
  noticeTwice: 0,
  noticeLate: 0,
  ringLost: 0,
  ringTwice: 0,
  ringLate: 0,
  skewMsMax: 0,
};

const MIXED: Faults = {
  kill: 0.002,
  conflict: 0.05,
  commitLost: 0.03,
  slow: 0.02,
  stall: 0,
  requestLost: 0.05,
  answerLost: 0.08,
  phoneLost: 0.1,
  noticeLost: 0.2,
  noticeNever: 0.1,
  noticeTwice: 0.3,
  noticeLate: 0.1,
  ringLost: 0.1,
  ringTwice: 0.2,
  ringLate: 0.1,
  skewMsMax: 0,
};

/** The profiles by name, in the order in which seeds take them. */
export const profiles = {
  calm: NO_FAULTS,
  mixed: MIXED,
  /** Processes die all the time. */
  kills: { ...MIXED, kill: 0.01 },
  /** The database has many conflicts and lost answers. */
  commits: { ...MIXED, conflict: 0.3, commitLost: 0.15 },
  /** Many calls to WeChat get no answer. */
  rail: { ...MIXED, requestLost: 0.2, answerLost: 0.25 },
  /** WeChat hardly ever sends a notice, and sends the others twice. All rings are lost. */
  silence: { ...MIXED, noticeNever: 0.6, noticeTwice: 0.9, ringLost: 1 },
  /** Database calls are slow, so that everything overlaps. */
  slow: { ...MIXED, slow: 0.12, kill: 0 },
  /** Calls stall and continue minutes later, as if no time had passed. */
  stalls: { ...MIXED, stall: 0.01 },
  /** Clocks are off by just less than the five minutes for which WeChat's signatures are valid. */
  skew: { ...MIXED, skewMsMax: 270_000 },
} as const satisfies Record<string, Faults>;

/** The name of a profile. */
export type Profile = keyof typeof profiles;

/** All names, in order. */
export const profileNames = Object.keys(profiles) as readonly Profile[];

/** The default profile of a seed. */
export function profileOf(seed: number): Profile {
  return profileNames[seed % profileNames.length] ?? 'mixed';
}

/** The devices of a run's buyers, which decide the rails. */
export const rails = {
  wxpay: ['web'],
  android: ['android'],
  ios: ['ios'],
  mixed: ['web', 'android', 'ios'],
} as const satisfies Record<string, readonly Phone[]>;

/** A device that a buyer can have. */
export type Phone = 'web' | 'android' | 'ios';

/** The name of a choice of rails. */
export type RailsName = keyof typeof rails;

/** All names, in order. */
export const railsNames = Object.keys(rails) as readonly RailsName[];

/** The default rails of a seed. They change at another rhythm than the profiles, so that all combinations occur. */
export function railsOf(seed: number): RailsName {
  return railsNames[(seed - 1) % railsNames.length] ?? 'mixed';
}
