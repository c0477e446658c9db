/** Drops in a world, made and published as staff do it. */
import { createDrop } from '../../../functions/admin/talk/createDrop.ts';
import { publishDrop } from '../../../functions/admin/talk/publishDrop.ts';
import { claimDrop } from '../../../functions/talk/claimDrop.ts';
import type { StaffDropView } from '../../../shared/schemas/talk/drop.ts';
import type { World } from '../world.ts';
import { givenTemplate } from './coupon.ts';
import type { Buyer } from './order.ts';
import { givenStaff } from './staff.ts';

/** The request of staff for a drop, by default of three coupons for an hour behind a link. */
export function aDropDraft(world: World, templateId: string, wishes: object = {}) {
  const id = world.ports.ids.make('drp');
  return { id, title: '晨读福利', templateId, count: 3, hours: 1, audience: { kind: 'link' }, ...wishes };
}

/** A stored drop, open unless the test wants a draft. Without a template in the wishes, one of a hundred is made. */
export async function givenDrop(
  world: World,
  { templateId, ...wishes }: { readonly templateId?: string; readonly [wish: string]: unknown } = {},
  state: 'draft' | 'open' = 'open',
): Promise<StaffDropView> {
  const editor = await givenStaff(world, 'editor');
  const template = templateId ?? (await givenTemplate(world, { audience: 'drop' })).id;
  const made = await world.call(createDrop, aDropDraft(world, template, wishes), editor);
  const { drop } = made.data;
  if (state === 'draft') return drop;
  const opened = await world.call(publishDrop, { id: drop.id, reason: '晨读' }, editor);
  if (opened.status !== 200) throw new Error(`not open: ${opened.code} ${JSON.stringify(opened.error)}`);
  return opened.data.drop;
}

/** An open drop of three coupons, of which this user has claimed one. */
export async function givenClaimed(world: World, user: Buyer): Promise<StaffDropView> {
  const drop = await givenDrop(world);
  const claimed = await world.call(claimDrop, { id: drop.id, proof: null }, user);
  if (claimed.status !== 200) throw new Error(`not claimed: ${claimed.code}`);
  return drop;
}
