/** Profiles: the name and the picture that somebody chose, reviewed before others see them. */
import * as z from 'zod';
import { TimeMs, UserId } from '../base.ts';
import { OwnReview, Reviewed } from '../review/review.ts';

/**
 * A stored profile, under the user's id. The name is the `title` of what was written, and the picture its one image.
 * What has passed is copied to the user, where others read it.
 */
export const Profile = Reviewed.extend({ id: UserId, createdAtMs: TimeMs, updatedAtMs: TimeMs });
export type Profile = z.infer<typeof Profile>;

/** What somebody chose last, and what others see of them. */
export const ProfileView = z.object({
  nickname: z.string(),
  /** A link that is good for a while. */
  avatarUrl: z.string().nullable(),
  shown: z.object({ nickname: z.string(), avatarUrl: z.string().nullable() }),
  /** Where the newest version stands; null for who never chose anything since profiles are checked. */
  review: OwnReview.nullable(),
});
export type ProfileView = z.infer<typeof ProfileView>;
