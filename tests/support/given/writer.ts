/** People who may write: they have agreed to the community's rules. */
import { decideReview } from '../../../functions/admin/review/decideReview.ts';
import { giveConsent } from '../../../functions/identity/giveConsent.ts';
import * as legalTexts from '../../../shared/data/identity/legalTexts.ts';
import type { World } from '../world.ts';
import { publishText } from './legal.ts';
import type { Buyer } from './order.ts';
import { checksText, givenWritten, type Wrote } from './review.ts';
import { givenStaff } from './staff.ts';

/** The version of the community's rules that these tests agree to. */
const RULES = '2026-01';

/** Has somebody agree to the community's rules. They are published first if there are none. */
export async function givenConsent(world: World, { token }: { readonly token: string }): Promise<void> {
  const current = await legalTexts.findCurrent(world.ports.database, 'community');
  if (current === null) await publishText(world, 'community', RULES);
  const version = current?.version ?? RULES;
  const asked = { kind: 'community', version, page: 'talk/rules', appVersion: '1.0.0' };
  const answer = await world.call(giveConsent, asked, { token });
  if (answer.status !== 200) throw new Error(`no consent: ${answer.code}`);
}

/** Logs in somebody by WeChat who has agreed to the community's rules. The same name is the same person. */
export async function givenWriter(world: World, name: string): Promise<Buyer> {
  const writer = await world.login(name);
  await givenConsent(world, writer);
  return writer;
}

/** Has staff remove as many published comments of somebody, with a reason. Three silence them. */
export async function givenRemoved(
  world: World,
  { userId }: Pick<Buyer, 'userId'>,
  count: number,
): Promise<Wrote[]> {
  const staff = await givenStaff(world, 'support');
  const removed: Wrote[] = [];
  for (let n = 1; n <= count; n += 1) {
    const wrote = await givenWritten(world, { userId });
    await checksText(world, wrote);
    world.clock.advance(1_000);
    const asked = { target: wrote.target, version: 1, decision: 'remove', reason: `广告 ${n}` };
    const answer = await world.call(decideReview, asked, staff);
    if (answer.status !== 200) throw new Error(`not removed: ${answer.code}`);
    removed.push(wrote);
  }
  return removed;
}
