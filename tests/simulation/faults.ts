/** What goes wrong, and how often. Each profile leans on one kind of bad luck; which one a seed gets, the seed says. */

/** Shares are from 0, never, up to 1, always. */
export interface Faults {
  /** Of the steps of an instance: it dies there, and a new one starts a few seconds later. */
  readonly kill: number;
  /** Of the runs of a transaction: they end in a conflict nobody caused. */
  readonly conflict: number;
  /** Of the commits: they happen, and their answer is lost. */
  readonly commitLost: number;
  /** Of the calls to the database: they take up to `SLOW_MS_MAX`. */
  readonly slow: number;
  /** Of the steps of an instance: the call stands still there for up to `STALL_MS_MAX`, as in a frozen process. */
  readonly stall: number;
  /** Of the calls to WeChat: no answer, and nothing was done. */
  readonly requestLost: number;
  /** Of the calls to WeChat: no answer, and it was done; half of the time only a while later. */
  readonly answerLost: number;
  /** Of the phone's calls: no answer, half of the time although it was done. */
  readonly phoneLost: number;
  /** Of the notices: this try never arrives. */
  readonly noticeLost: number;
  /** Of the payments: none of their notices ever arrives. */
  readonly noticeNever: number;
  /** Of the notices: it arrives twice. */
  readonly noticeTwice: number;
  /** Of the notices: it arrives up to 20 minutes late. */
  readonly noticeLate: number;
  /** Of the rings of the doorbell, each. */
  readonly ringLost: number;
  readonly ringTwice: number;
  readonly ringLate: number;
  /** How far an instance's clock may be from the time, either way. */
  readonly skewMsMax: number;
}

/** The longest that one call to a slow database takes. */
export const SLOW_MS_MAX = 8_000;

/** The longest that a call stands still. */
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

/** The profiles by name, in the order seeds take them. */
export const profiles = {
  calm: NO_FAULTS,
  mixed: MIXED,
  /** Processes die all the time. */
  kills: { ...MIXED, kill: 0.01 },
  /** The database answers badly. */
  commits: { ...MIXED, conflict: 0.3, commitLost: 0.15 },
  /** WeChat answers badly. */
  rail: { ...MIXED, requestLost: 0.2, answerLost: 0.25 },
  /** WeChat hardly ever tells, and then twice; and nobody hears the doorbell. */
  silence: { ...MIXED, noticeNever: 0.6, noticeTwice: 0.9, ringLost: 1 },
  /** Everything takes its time, so that everything overlaps. */
  slow: { ...MIXED, slow: 0.12, kill: 0 },
  /** Calls freeze, and go on minutes later as if no time had passed. */
  stalls: { ...MIXED, stall: 0.01 },
  /** Clocks disagree: just inside of the five minutes in which WeChat's signatures are believed. */
  skew: { ...MIXED, skewMsMax: 270_000 },
} as const satisfies Record<string, Faults>;

/** The name of a profile. */
export type Profile = keyof typeof profiles;

/** All names, in order. */
export const profileNames = Object.keys(profiles) as readonly Profile[];

/** Which profile a seed gets when nobody says. */
export function profileOf(seed: number): Profile {
  return profileNames[seed % profileNames.length] ?? 'mixed';
}

/** What the buyers of a run hold in hand, and so by which rails they pay. */
export const rails = {
  wxpay: ['web'],
  android: ['android'],
  ios: ['ios'],
  mixed: ['web', 'android', 'ios'],
} as const satisfies Record<string, readonly Phone[]>;

/** What a buyer can hold in hand. */
export type Phone = 'web' | 'android' | 'ios';

/** The name of a choice of rails. */
export type RailsName = keyof typeof rails;

/** All names, in order. */
export const railsNames = Object.keys(rails) as readonly RailsName[];

/** Which rails a seed gets when nobody says: with another rhythm than the profiles, so that all of them meet. */
export function railsOf(seed: number): RailsName {
  return railsNames[(seed - 1) % railsNames.length] ?? 'mixed';
}
