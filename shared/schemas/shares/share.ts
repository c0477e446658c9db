/** Shares: links that people pass on, who came by them, and what was bought then. */
import * as z from 'zod';
import { ArticleId, Fen, OrderId, ProductId, pageOf, TimeMs, UserId } from '../base.ts';
import { Day } from '../books/journal.ts';

/** What a link carries: ten characters of Crockford's base 32. They fit into the scene of a mini-program code. */
export const ShareToken = z
  .string()
  .regex(/^[0-9A-HJKMNP-TV-Z]{10}$/)
  .brand<'ShareToken'>();
export type ShareToken = z.infer<typeof ShareToken>;

/** What can be shared: the shop itself, something on sale, or an article. */
export const ShareTarget = z.union([z.literal('shop'), ProductId, ArticleId]);
export type ShareTarget = z.infer<typeof ShareTarget>;

/** The longest chain of shares that is told apart: somebody came by a share, and shared too, ten times over. */
export const DEPTH_MAX = 10;

const count = z.int().min(0);

/** What came of a share. Seconds late, and exact. */
export const ShareCounts = z.object({
  /** Each person counts once a day. */
  visits: count,
  /** Each person counts once. */
  people: count,
  /** The people for whom it was the first link, on the day they registered. */
  registrations: count,
  /** Orders that were paid, and whose money has not all gone back. */
  orders: count,
  /** What was paid for them, without what went back. */
  netFen: count,
});
export type ShareCounts = z.infer<typeof ShareCounts>;

/** A stored share, under `<user>:<target>`: there is one of a person and a thing. */
export const Share = z.object({
  id: z.string().max(64),
  userId: UserId,
  target: ShareTarget,
  token: ShareToken,
  /** The share by which its owner had come when they made it; null when by none. */
  parentToken: ShareToken.nullable(),
  /** How many shares lead to it, at most `DEPTH_MAX`. 0 without a parent. */
  depth: z.int().min(0).max(DEPTH_MAX),
  ...ShareCounts.shape,
  createdAtMs: TimeMs,
});
export type Share = z.infer<typeof Share>;

/** Which share has a token. The id is the token. It never changes. */
export const StoredShareToken = z.object({ id: ShareToken, userId: UserId, target: ShareTarget });
export type StoredShareToken = z.infer<typeof StoredShareToken>;

/** By whose link somebody came last. The id is theirs. */
export const Touch = z.object({ id: UserId, token: ShareToken, sharerId: UserId, atMs: TimeMs });
export type Touch = z.infer<typeof Touch>;

/** What an order keeps of the touch of its buyer. */
export const OrderTouch = Touch.omit({ id: true });
export type OrderTouch = z.infer<typeof OrderTouch>;

/** The visits of one person by one share, under `<token>:<user>`. What they change is counted seconds later. */
export const Visit = z.object({
  id: z.string().max(48),
  token: ShareToken,
  userId: UserId,
  /** On how many days the person came, and the last of them. */
  days: count,
  lastDay: Day,
  isRegistration: z.boolean(),
  /** How many of the days the share's counts contain. The person is counted with the first of them. */
  daysCounted: count,
  /** Whether the counts are right: `days` and `daysCounted` are the same. */
  isCounted: z.boolean(),
  atMs: TimeMs,
});
export type Visit = z.infer<typeof Visit>;

/** A paid order whose buyer came by a share. The id is the order's. What it changes is counted seconds later. */
export const Sale = z.object({
  id: OrderId,
  token: ShareToken,
  /** What was paid, without what has gone back. */
  netFen: Fen,
  /** What of it the share's counts contain. */
  netCountedFen: Fen,
  /** Whether the counts are right: both are the same. */
  isCounted: z.boolean(),
  atMs: TimeMs,
});
export type Sale = z.infer<typeof Sale>;

/** A share, as its owner sees it. */
export const ShareView = Share.pick({ target: true, token: true, depth: true, createdAtMs: true }).extend(
  ShareCounts.shape,
);
export type ShareView = z.infer<typeof ShareView>;

/** One page of somebody's shares. */
export const SharePage = pageOf(ShareView);
