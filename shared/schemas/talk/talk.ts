/** What of talking is switched on. Every process reads it when it starts, so it needs few schemas. */
import * as z from 'zod';

/** `off`: nobody sees that it exists. `read`: what is there can be read, and nothing is written. `on`: all of it. */
export const Switch = z.enum(['off', 'read', 'on']);
export type Switch = z.infer<typeof Switch>;

const off = Switch.default('off');

/**
 * The features of the shop that WeChat's review allows only to some categories of mini-programs, or that an owner may
 * not want. All are off until the owner switches them on.
 */
export const Talk = z.strictObject({
  comments: off,
  topics: off,
  groups: off,
  articles: off,
  drops: off,
  trials: off,
  shares: off,
  /** For how many days a link by which somebody came stays with what they buy. */
  touchDays: z.int().min(1).max(30).default(15),
  /** Questions to experts that are paid for. */
  questions: off,
  /** Whether they are also sold where we cannot give money back: by Apple. */
  questionsOnIos: z.boolean().default(false),
  /** Whether a bound phone number is needed to write, as the law on comments in mainland China asks. */
  needsPhone: z.boolean().default(true),
});
export type Talk = z.infer<typeof Talk>;

/** A feature with a switch. */
export type Feature = Exclude<keyof Talk, 'needsPhone' | 'touchDays' | 'questionsOnIos'>;
