/** What must hold of what people wrote, judged from the raw documents and never by the product's rules. */
import { DropId } from '../../shared/schemas/base.ts';
import type { Invariant } from './invariants.ts';
import { groupedBy, type Store, sumOf } from './store.ts';
import { DROP } from './talkShop.ts';

const texts = (store: Store) => [...store.comments.values(), ...store.topics.values()];

/** Whether the platform is still waited for, or something is not counted yet. */
export function isTalkGoingOn(store: Store): boolean {
  return (
    texts(store).some(({ review }) => review.state === 'checking') ||
    [...store.comments.values()].some(({ isCounted }) => !isCounted) ||
    [...store.marks.values()].some(({ isCounted }) => !isCounted)
  );
}

/** At the end, a person knows of everything that is not decided, and of what flags hide. */
export const talkIsDecided: Invariant = {
  says: 'every text is decided, or a person knows of it',
  broken: ({ store }) => {
    const open = [...store.cases.values()].filter(({ state }) => state === 'open').map(({ id }) => id);
    return texts(store).flatMap(({ id, review, isShown, shown }) => {
      const isKnown = open.some((each) => each.includes(`:${id}:`));
      const isStuck = review.state === 'checking' || (review.state === 'queued' && !isKnown);
      const isLost = shown !== null && !isShown && !isKnown;
      return [
        ...(isStuck ? [`${id} is ${review.state}`] : []),
        ...(isLost ? [`${id} is hidden, and nobody knows`] : []),
      ];
    });
  },
};

/** At the end, each count is that of what there is. */
export const talkIsCounted: Invariant = {
  says: 'likes are the marks that are set, and the counts of threads, replies and topics are the comments that are shown',
  broken: ({ store }) => {
    const set = groupedBy(
      [...store.marks.values()].filter(({ isOn }) => isOn),
      ({ target }) => target,
    );
    const shown = [...store.comments.values()].filter(({ isShown }) => isShown);
    const byThread = groupedBy(shown, ({ threadId }) => threadId);
    const byParent = groupedBy(shown, ({ parentId }) => parentId ?? '');
    const told = (id: string, what: string, says: number, is: number) =>
      says === is ? [] : [`${id}: ${says} ${what}, and there are ${is}`];
    return [
      ...texts(store).flatMap(({ id, likes }) => told(id, 'likes', likes, set.get(id)?.length ?? 0)),
      ...[...store.comments.values()].flatMap(({ id, replies }) =>
        told(id, 'replies', replies, byParent.get(id)?.length ?? 0),
      ),
      ...[...store.topics.values()].flatMap(({ id, replies }) =>
        told(id, 'comments', replies, byThread.get(`topic:${id}`)?.length ?? 0),
      ),
      ...[...new Set([...byThread.keys(), ...store.threadCounts.keys()])].flatMap((id) =>
        told(id, 'comments', store.threadCounts.get(id)?.comments ?? 0, byThread.get(id)?.length ?? 0),
      ),
    ];
  },
};

/** At every moment, nobody has two coupons of the drop, and there are as many as were dropped. */
export const dropIsShared: Invariant = {
  says: 'what was claimed of a drop and what is set aside come to its count, and each claim has its own coupon',
  broken: ({ store }) => {
    const drop = store.drops.get(DROP.id);
    if (drop === undefined) return [];
    const claims = [...store.dropClaims.values()];
    const coupons = [...store.coupons.values()].filter(({ templateId }) => templateId === DROP.templateId);
    const held = sumOf(store.couponStocks.values(), (shard) => shard.held[DropId.parse(DROP.id)] ?? 0);
    const left = drop.state === 'published' ? held : DROP.count - (drop.claimedCount ?? 0);
    const isEach = claims.every(({ couponId, userId }) => store.coupons.get(couponId)?.userId === userId);
    return [
      ...(claims.length + left === DROP.count
        ? []
        : [`${claims.length} claimed, ${left} left of ${DROP.count}`]),
      ...(coupons.length === claims.length && isEach
        ? []
        : [`${coupons.length} coupons, ${claims.length} claims`]),
    ];
  },
};
