/** Names and pictures that people chose, and what became of them. */
import { updateProfile } from '../../../functions/identity/updateProfile.ts';
import { decide, takeVerdict, type Verdict } from '../../../shared/domain/review/review.ts';
import { stepReview } from '../../../shared/flows/review/stepReview.ts';
import { UserId } from '../../../shared/schemas/base.ts';
import type { ReviewPart, ReviewTarget } from '../../../shared/schemas/review/review.ts';
import type { World } from '../world.ts';
import type { Buyer } from './order.ts';

/** Staff of these tests who decide about names. */
const STAFF = UserId.parse('usr_01JD0000000000000000000098');

/** What the check says of a part of the newest version of a profile or a certificate. */
export async function judgeName(
  world: World,
  target: ReviewTarget,
  verdict: Verdict = 'pass',
  part: ReviewPart = 'text',
): Promise<void> {
  const at = { now: world.clock.now(), requestId: 'given' };
  await world.ports.database.tx((tx) =>
    stepReview(
      tx,
      target,
      (before) => {
        const { version } = before.review;
        return takeVerdict(before, { version, part, verdict, label: 100, cause: 'check:given' }, at.now);
      },
      at,
    ),
  );
}

/** Has somebody choose a nickname that others see from now on. What looks like a link staff let pass. */
export async function givenNickname(
  world: World,
  { userId, token }: Pick<Buyer, 'userId' | 'token'>,
  nickname: string,
): Promise<void> {
  const answer = await world.call(updateProfile, { nickname }, { token });
  if (answer.status !== 200) throw new Error(`no nickname: ${answer.code}`);
  const target = `profile:${userId}`;
  await judgeName(world, target);
  const at = { now: world.clock.now(), requestId: 'given' };
  await world.ports.database.tx((tx) =>
    stepReview(
      tx,
      target,
      (before) => {
        const { state, version } = before.review;
        return state === 'queued'
          ? decide(before, { decision: 'approve', version, by: STAFF }, at.now)
          : before;
      },
      at,
    ),
  );
}
