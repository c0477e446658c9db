/** Trials in a world. */
import { startTrial } from '../../../functions/access/startTrial.ts';
import { bindPhone } from '../../../functions/identity/bindPhone.ts';
import type { World } from '../world.ts';
import { type GivenCourse, givenCourse } from './course.ts';
import type { Buyer } from './order.ts';

/** Binds a user's phone number, as a tap on WeChat's button does. */
export async function givenPhone(world: World, user: { readonly token: string | null }): Promise<void> {
  const { code } = world.weixin.phone.shareNumber('13800138000');
  const bound = await world.call(bindPhone, { code }, { token: user.token ?? '' });
  if (bound.status !== 200) throw new Error(`no phone: ${bound.code}`);
}

/** A trial of a new course, by default for three days, that begins now. */
export async function givenTrial(world: World, user: Buyer, days = 3): Promise<GivenCourse> {
  await givenPhone(world, user);
  const course = await givenCourse(world, { trialDays: days });
  const started = await world.call(startTrial, { id: course.productId }, user);
  if (started.status !== 200) throw new Error(`no trial: ${started.code}`);
  return course;
}
