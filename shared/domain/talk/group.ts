/**
 * Groups.
 *
 *   draft ── publish ──▶ published ── end ──▶ ended
 *     └───────────────── end ───────────────────┘
 *
 * Who is a member is asked at each call and never stored, except that somebody joined an open group.
 */
import { fail } from '../../errors.ts';
import { type GroupId, type TimeMs, timeMs, type UserId } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import type { Group, GroupDraft, GroupNote, GroupView } from '../../schemas/talk/group.ts';
import { isOnShelf } from '../catalogue/shelf.ts';

/** A new group, which only staff see. */
export function draftGroup(draft: GroupDraft, draftDigest: string, now: TimeMs): Group {
  const begun = { state: 'draft', version: 1, publishedAtMs: null } as const;
  return { ...draft, ...begun, draftDigest, createdAtMs: now, updatedAtMs: now };
}

/**
 * Refuses a product that a group of this kind cannot be of: a course group is of a course, a paid group of anything
 * else that can be used. A membership cannot be used itself; its members come by what it opens.
 * @throws group.wrong_product
 */
export function refuseWrongProduct(
  { kind }: Pick<Group, 'kind'>,
  product: Pick<Product, 'kind'> | null,
): void {
  const isRight =
    kind === 'open' ||
    (product !== null &&
      product.kind !== 'membership' &&
      isOnShelf(product) &&
      (product.kind === 'course') === (kind === 'course'));
  if (!isRight) throw fail('group.wrong_product');
}

/**
 * The group with other texts and people. The same object is returned for a repeat of this change, whose first answer
 * was lost.
 * @throws group.ended; group.version_changed when somebody else changed it meanwhile
 */
export function rewriteGroup(
  before: Group,
  asked: {
    readonly expectedVersion: number;
    readonly written: Pick<Group, 'title' | 'intro' | 'coverUrl' | 'teachers' | 'assistants'>;
  },
  now: TimeMs,
): Group {
  const { expectedVersion, written } = asked;
  if (before.state === 'ended') throw fail('group.ended');
  const after = { ...before, ...written };
  const isSame = JSON.stringify(after) === JSON.stringify(before);
  if (isSame && before.version === expectedVersion + 1) return before;
  refuseUnlessSeen(before, expectedVersion);
  return { ...after, version: before.version + 1, updatedAtMs: now };
}

/**
 * The group, published. One that is published already is returned unchanged.
 * @throws group.ended; group.version_changed
 */
export function publishGroup(before: Group, expectedVersion: number, now: TimeMs): Group {
  if (before.state === 'published') return before;
  if (before.state === 'ended') throw fail('group.ended');
  refuseUnlessSeen(before, expectedVersion);
  return {
    ...before,
    ...{ state: 'published', version: before.version + 1, publishedAtMs: now, updatedAtMs: now },
  };
}

/** The group, ended for good. One that has ended is returned unchanged. */
export function endGroup(before: Group, now: TimeMs): Group {
  if (before.state === 'ended') return before;
  return { ...before, state: 'ended', version: before.version + 1, updatedAtMs: now };
}

function refuseUnlessSeen({ version }: Group, expectedVersion: number): void {
  if (version !== expectedVersion) throw fail('group.version_changed', { params: { version } });
}

/** Whether a user is a teacher or an assistant of a group. */
export function isStaffOf({ teachers, assistants }: Group, userId: UserId): boolean {
  return teachers.includes(userId) || assistants.includes(userId);
}

/** What decides whether a user may enter a group. */
export interface Standing {
  readonly userId: UserId;
  /** What the user set for the group; null for nothing. */
  readonly note: GroupNote | null;
  /** Whether the user may use the group's product now. */
  readonly mayUse: boolean;
}

/** Whether a user may read a group's topics and write there now. */
export function isMember(group: Group, { userId, note, mayUse }: Standing): boolean {
  if (group.state !== 'published') return false;
  if (isStaffOf(group, userId)) return true;
  return group.kind === 'open' ? note?.hasJoined === true : mayUse;
}

/** Whether a user may see that a group exists: its members may, and everybody an open one. */
export function maySeeGroup(group: Group, standing: Standing): boolean {
  return (group.state === 'published' && group.kind === 'open') || isMember(group, standing);
}

/** Refuses to join or leave a group whose members come by its product. @throws group.not_open */
export function refuseUnlessOpen({ kind }: Pick<Group, 'kind'>): void {
  if (kind !== 'open') throw fail('group.not_open');
}

/** What a user has set for a group before anything was set. */
export function newNote(groupId: GroupId, userId: UserId, now: TimeMs): GroupNote {
  return {
    ...{ id: `${groupId}:${userId}`, groupId, userId },
    ...{ isMuted: false, lastReadAtMs: timeMs(0), hasJoined: false, updatedAtMs: now },
  };
}

/** The note with changes. The same object is returned when nothing changes; what was read stays read. */
export function changeNote(
  before: GroupNote,
  change: Partial<Pick<GroupNote, 'isMuted' | 'hasJoined' | 'lastReadAtMs'>>,
  now: TimeMs,
): GroupNote {
  const lastReadAtMs = timeMs(Math.max(before.lastReadAtMs, change.lastReadAtMs ?? 0));
  const after = { ...before, ...change, lastReadAtMs };
  return JSON.stringify(after) === JSON.stringify(before) ? before : { ...after, updatedAtMs: now };
}

/** A group as a user sees it. */
export function groupView(group: Group, standing: Standing): GroupView {
  const { id, kind, productId, title, intro, coverUrl } = group;
  const { note } = standing;
  return {
    ...{ id, kind, productId, title, intro, coverUrl },
    isMember: isMember(group, standing),
    isStaffHere: isStaffOf(group, standing.userId),
    isMuted: note?.isMuted ?? false,
    lastReadAtMs: note?.lastReadAtMs ?? timeMs(0),
  };
}
