/** Shares, and who comes by them, in a world. */
import { createShare } from '../../../functions/shares/createShare.ts';
import { recordVisit } from '../../../functions/shares/recordVisit.ts';
import * as shares from '../../../shared/data/shares/shares.ts';
import { shareIdOf } from '../../../shared/domain/shares/share.ts';
import { type Share, ShareTarget, type ShareView } from '../../../shared/schemas/shares/share.ts';
import type { World } from '../world.ts';
import { type Buyer, stored } from './order.ts';

/** Somebody's link, by default to the shop. */
export async function givenShare(world: World, sharer: Buyer, target = 'shop'): Promise<ShareView> {
  return (await world.call(createShare, { target }, sharer)).data.share;
}

/** Somebody comes by a link. */
export async function givenVisit(
  world: World,
  visitor: Buyer,
  { token }: Pick<ShareView, 'token'>,
): Promise<void> {
  const answer = await world.call(recordVisit, { token }, visitor);
  if (answer.status !== 200) throw new Error(String(answer.code));
}

/** A share as it is stored. */
export function storedShare(world: World, sharer: Buyer, target = 'shop'): Promise<Share> {
  const id = shareIdOf({ userId: sharer.userId, target: ShareTarget.parse(target) });
  return stored(world, shares.collection, id);
}
