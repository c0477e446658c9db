/** Groups of learners, and what a user set for one of them. */
import * as z from 'zod';
import { GroupId, httpsUrl, lines, ProductId, pageOf, storedText, TimeMs, text, UserId } from '../base.ts';
import { AuthorView } from './author.ts';

/**
 * Who a group's members are. `course`: who may use its course. `paid`: who may use its product, which is of another
 * kind. `open`: who joined.
 */
export const GroupKind = z.enum(['course', 'paid', 'open']);
export type GroupKind = z.infer<typeof GroupKind>;

/** `draft`: only staff see it. `published`: its members see it. `ended`: only staff see it, for good. */
export const GroupState = z.enum(['draft', 'published', 'ended']);
export type GroupState = z.infer<typeof GroupState>;

/** The largest number of teachers, and of assistants, in one group. */
export const HELPERS_MAX = 20;

const helpers = z
  .array(UserId)
  .max(HELPERS_MAX)
  .refine((ids) => new Set(ids).size === ids.length);

/** What staff write of a group, and may change at any time before it ends. */
export const GroupWritten = z.strictObject({
  title: text(40),
  intro: lines(1_000, 0),
  /** Null for none. */
  coverUrl: httpsUrl(500).nullable(),
  /** They may enter without access, publish digests, accept answers, pin and hide. Assistants may do the same. */
  teachers: helpers,
  assistants: helpers,
});

/** A group as staff write it. Its kind and its product never change. */
export const GroupDraft = GroupWritten.extend({
  id: GroupId,
  kind: GroupKind,
  /** The product that its members may use; null for an open group. */
  productId: ProductId.nullable(),
}).refine(({ kind, productId }) => (kind === 'open') === (productId === null), { path: ['productId'] });
export type GroupDraft = z.infer<typeof GroupDraft>;

const written = GroupWritten.shape;

/** A stored group. Nobody's membership is stored in it. */
export const Group = z.object({
  ...GroupDraft.shape,
  title: storedText(written.title),
  intro: storedText(written.intro),
  coverUrl: storedText(httpsUrl(500)).nullable(),
  state: GroupState,
  /** Rises with every change. A request to change or publish it names the version that staff saw. */
  version: z.int().min(1),
  /** A digest of the draft it was created with. The same id with other content is refused. */
  draftDigest: z.string().length(64),
  publishedAtMs: TimeMs.nullable(),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Group = z.infer<typeof Group>;

/** What a user set for a group, under `<group>:<user>`. There is none before the first thing is set. */
export const GroupNote = z.object({
  id: z.string().max(80),
  groupId: GroupId,
  userId: UserId,
  /** Whether nothing shall be pointed out. */
  isMuted: z.boolean(),
  /** Up to when its topics were read; 0 for never. */
  lastReadAtMs: TimeMs,
  /** Whether the user joined. It means something only in an open group. */
  hasJoined: z.boolean(),
  updatedAtMs: TimeMs,
});
export type GroupNote = z.infer<typeof GroupNote>;

/** A group as a user sees it. */
export const GroupView = Group.pick({
  id: true,
  kind: true,
  productId: true,
  title: true,
  intro: true,
  coverUrl: true,
}).extend({
  /** Whether the caller may read its topics and write there. False only for an open group that they did not join. */
  isMember: z.boolean(),
  /** Whether the caller is a teacher or an assistant of it. */
  isStaffHere: z.boolean(),
  isMuted: z.boolean(),
  lastReadAtMs: TimeMs,
});
export type GroupView = z.infer<typeof GroupView>;

/** A group in a list. `hasNews`: something was written since the caller read it, and they did not mute it. */
export const GroupItem = GroupView.extend({ hasNews: z.boolean() });
export type GroupItem = z.infer<typeof GroupItem>;

/** One page of groups. */
export const GroupPage = pageOf(GroupItem);

/** A group with its teachers and assistants. */
export const GroupShown = GroupView.extend({
  teachers: z.array(AuthorView),
  assistants: z.array(AuthorView),
});

/** A group as staff see it. */
export const StaffGroupView = Group.omit({ draftDigest: true });
export type StaffGroupView = z.infer<typeof StaffGroupView>;

/** One page of groups, for staff. */
export const StaffGroupPage = pageOf(StaffGroupView);
