/** Whom somebody does not want to read or hear from. */
import * as z from 'zod';
import { TimeMs, UserId } from '../base.ts';

/** The most people that one person may block. */
export const BLOCKS_MAX = 200;

/** The people that a user blocks, under the user's id, in the order in which they were blocked. */
export const Blocks = z.object({
  id: UserId,
  blocked: z.array(z.object({ userId: UserId, atMs: TimeMs })).max(BLOCKS_MAX),
  updatedAtMs: TimeMs,
});
export type Blocks = z.infer<typeof Blocks>;

/** Somebody who is blocked, as the person who blocks them sees it. */
export const BlockView = z.object({
  userId: UserId,
  nickname: z.string(),
  avatarUrl: z.string().nullable(),
  atMs: TimeMs,
});
export type BlockView = z.infer<typeof BlockView>;
