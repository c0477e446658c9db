import { flagContent } from '../../functions/review/flagContent.ts';
import * as writers from '../../shared/data/review/writers.ts';
import { decide } from '../../shared/domain/review/review.ts';
import { newWriter } from '../../shared/domain/review/trust.ts';
import { overturnFlags } from '../../shared/flows/review/overturnFlags.ts';
import { stepReview } from '../../shared/flows/review/stepReview.ts';
import { DAY_MS } from '../../shared/schemas/base.ts';
import { givenShown, storedComment } from '../support/given/comment.ts';
import { givenCourse } from '../support/given/course.ts';
import { badWorld, storedIn } from '../support/given/order.ts';
import { givenStaff } from '../support/given/staff.ts';
import { givenWriter } from '../support/given/writer.ts';
import type { World } from '../support/world.ts';
import { bar } from './bar.ts';

/** How many people that are trusted flag something in the end. */
const TRUSTED = 5;

async function logsIn(world: World, names: readonly string[], published: number) {
  const people = [];
  for (const name of names) {
    const person = await world.login(name);
    people.push(person);
    if (published === 0) continue;
    const writer = { ...newWriter(person.userId, world.clock.now()), published, hasBought: true };
    await world.ports.database.tx(async (tx) =>
      writers.save(tx, await writers.find(tx, person.userId), writer),
    );
  }
  return people;
}

/**
 * It would be red when a flag of somebody new weighs one, when a person may flag a version twice, and when a kept
 * version is hidden like any other.
 */
export const L07 = bar({
  proves:
    'flags of many new accounts at once hide nothing and open no case, two trusted people hide something, and what staff kept stays',
  flags: { fresh: 50, rounds: 5, conflict: 0.3, commitLost: 0.1 },
  brief: { rounds: 1 },
  run: async ({ seed, flags: { fresh, rounds, ...chaos }, note }) => {
    const violations: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      note(`round ${round + 1} of ${rounds}`);
      const world = await badWorld(seed * 1_000 + round, chaos);
      const author = await givenWriter(world, 'author');
      const { productId } = await givenCourse(world);
      const trusted = await logsIn(
        world,
        Array.from({ length: TRUSTED }, (_, n) => `trusted${n}`),
        10,
      );
      world.clock.advance(14 * DAY_MS);
      const { id } = await givenShown(world, author, `product:${productId}`);
      const target = `comment:${id}`;
      const crowd = await logsIn(
        world,
        Array.from({ length: fresh }, (_, n) => `fresh${n}`),
        0,
      );
      const flag = ({ token }: { readonly token: string }) =>
        world.call(flagContent, { target, reason: 'abusive' }, { token });
      const seen = async (what: string, isHidden: boolean) => {
        const { review } = await storedComment(world, id);
        if (review.isHidden !== isHidden)
          violations.push(`round ${round}, ${what}: hidden is ${review.isHidden}`);
      };
      const answers = await Promise.all([...crowd, ...crowd].map(flag));
      const refused = answers.filter(({ status }) => status !== 200).length;
      if (refused > 0) violations.push(`round ${round}: ${refused} flags refused`);
      const open = await storedIn(world, 'cases');
      if (open.length > 0) violations.push(`round ${round}: ${open.length} cases by new accounts`);
      await seen('by new accounts', false);
      await Promise.all(trusted.slice(0, 2).map(flag));
      await seen('by two who are trusted', true);
      const { userId: by } = await givenStaff(world, 'support');
      const at = { now: world.clock.now(), requestId: 'bar' };
      await world.ports.database.tx((tx) =>
        stepReview(tx, target, (before) => decide(before, { decision: 'keep', version: 1, by }, at.now), at),
      );
      await overturnFlags(world.ports.database, { target, version: 1, now: at.now });
      await Promise.all(trusted.map(flag));
      await seen('kept', false);
      const flags = await storedIn(world, 'flags');
      if (flags.length !== fresh + TRUSTED) violations.push(`round ${round}: ${flags.length} flags`);
      await world.close();
    }
    return { pass: violations.length === 0, measured: { rounds, fresh, violations } };
  },
});
