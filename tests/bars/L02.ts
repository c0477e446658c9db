import { getLesson } from '../../functions/access/getLesson.ts';
import { claimCertificate } from '../../functions/learning/claimCertificate.ts';
import { reportProgress } from '../../functions/learning/reportProgress.ts';
import type { PointsEntry } from '../../shared/schemas/points/points.ts';
import type { Task } from '../../shared/schemas/task.ts';
import { givenCourse } from '../support/given/course.ts';
import { givenPlayed, givenQuiz, lessonIdsOf, tries, WHOLE } from '../support/given/learning.ts';
import { badWorld, storedIn } from '../support/given/order.ts';
import { givenPaid } from '../support/given/refund.ts';
import { bar } from './bar.ts';

/** How many reports there may be in a minute. */
const REPORTS_MAX = 12;

/**
 * Seen red: when a course that is finished can be finished again, the second report fails at the fact's id.
 */
export const L02 = bar({
  proves:
    'of twenty last reports and tries of a course at once one finishes it: one fact, one reward, one certificate with one number',
  flags: { atOnce: 20, rounds: 50, conflict: 0.3, commitLost: 0.1 },
  brief: { rounds: 5 },
  run: async ({ seed, flags: { atOnce, rounds, ...chaos }, note }) => {
    const violations: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      note(`round ${round + 1} of ${rounds}`);
      const world = await badWorld(seed * 1_000 + round, chaos);
      const learner = await world.login('learner');
      const { product, productId } = await givenCourse(world);
      await givenPaid(world, learner, [product]);
      const ids = await lessonIdsOf(world, productId);
      const last = ids.at(-1);
      if (last === undefined) throw new Error('the course has no lesson');
      await givenQuiz(world, productId, last);
      for (const id of ids.slice(0, -1)) await givenPlayed(world, learner, id);
      await world.call(getLesson, { id: last }, learner);
      world.clock.advance(300_000);
      const acts = Array.from({ length: atOnce }, (_, n) =>
        n < REPORTS_MAX
          ? world.call(reportProgress, { id: last, ...WHOLE }, learner)
          : tries(world, learner, last, 1),
      );
      const refused = (await Promise.all(acts)).filter(({ status }) => status !== 200).length;
      const claim = () => world.call(claimCertificate, { id: productId, name: '张三' }, learner);
      const claims = await Promise.all(Array.from({ length: atOnce }, claim));
      await world.drain();
      const tasks = (await storedIn(world, 'tasks')) as Task[];
      const entries = (await storedIn(world, 'pointsEntries')) as PointsEntry[];
      const counted = {
        refused: refused + claims.filter(({ status }) => status !== 200).length,
        facts: tasks.filter(({ consumer }) => consumer === 'rewardFinishedCourse').length,
        rewards: entries.filter(({ cause }) => cause === 'course_finished').length,
        certificates: (await storedIn(world, 'certificates')).length,
        numbers: (await storedIn(world, 'certificateNumbers')).length,
      };
      const expected = { refused: 0, facts: 1, rewards: 1, certificates: 1, numbers: 1 };
      if (JSON.stringify(counted) !== JSON.stringify(expected)) {
        violations.push(`round ${round}: ${JSON.stringify(counted)}`);
      }
      await world.close();
    }
    return { pass: violations.length === 0, measured: { rounds, atOnce, violations } };
  },
});
