import { getLesson } from '../../functions/access/getLesson.ts';
import { reportProgress } from '../../functions/learning/reportProgress.ts';
import type { LessonId } from '../../shared/schemas/base.ts';
import { CELL_SECONDS, type CellRange, type Progress } from '../../shared/schemas/learning/progress.ts';
import { audited } from '../support/audited.ts';
import { givenCourse } from '../support/given/course.ts';
import { givenAccess } from '../support/given/entitlement.ts';
import { lessonIdsOf } from '../support/given/learning.ts';
import { type Buyer, badWorld, storedIn } from '../support/given/order.ts';
import { nightlyFindings } from '../support/nightlyFindings.ts';
import { oneOf, seeded } from '../support/seeded.ts';
import type { World } from '../support/world.ts';
import { bar, lanes } from './bar.ts';

const TICK_MS = 30_000;
/** The number of cells of a lesson, which is ten minutes long. */
const CELLS = 120;
const AT_ONCE = 16;

interface Course {
  readonly world: World;
  readonly lessons: readonly LessonId[];
  readonly random: () => number;
}

/** Somebody who learns: what they do in each tick, and what they say that they played, by lesson. */
interface Somebody {
  readonly buyer: Buyer;
  readonly played: ReadonlyMap<LessonId, ReadonlySet<number>> | null;
  readonly act: () => Promise<void>;
  readonly end: () => Promise<void>;
}

async function answered(
  call: Promise<{ readonly status: number; readonly code: string | null }>,
): Promise<void> {
  const { status, code } = await call;
  if (status !== 200 && code !== 'progress.not_opened') throw new Error(`answered ${status} ${code}`);
}

function reports({ world }: Course, buyer: Buyer, id: LessonId, seen: readonly CellRange[], playedAgoMs = 0) {
  const asked = { id, seen, positionSeconds: 1, playedAgoMs, isAtEnd: true };
  return world.call(reportProgress, asked, buyer);
}

/** Opens anything, and claims anything of it, at once and again. */
function attacker(course: Course, buyer: Buyer): Somebody {
  const { world, lessons, random } = course;
  const act = async () => {
    for (let step = 0; step < 4; step += 1) {
      const id = oneOf(random, lessons);
      if (random() < 0.3) await answered(world.call(getLesson, { id }, buyer));
      const from = random() < 0.5 ? 0 : Math.floor(random() * CELLS);
      await answered(reports(course, buyer, id, [[from, 17_280]], Math.floor(random() * 7_200_000)));
    }
  };
  return { buyer, played: null, act, end: act };
}

/** Plays one lesson after the other at a steady speed, on a phone that reports now and then, and some of it twice. */
function honest(course: Course, buyer: Buyer): Somebody {
  const { world, lessons, random } = course;
  const speed = oneOf(random, [0.75, 1, 1.5, 2]);
  const played = new Map(lessons.map((id) => [id, new Set<number>()]));
  let [at, seconds, isOpen] = [0, 0, false];
  const flush = async () => {
    const id = lessons[at];
    if (id === undefined || !isOpen) return;
    const own = [...(played.get(id) ?? [])];
    if (own.length > 0)
      await answered(reports(course, buyer, id, [[Math.min(...own), Math.max(...own) + 1]]));
    if (random() < 0.1) await answered(reports(course, buyer, id, [[0, own.length]]));
  };
  const act = async () => {
    const id = lessons[at];
    if (id === undefined) return;
    if (isOpen) {
      // What was played in the tick that has just passed.
      const until = Math.min(CELLS * CELL_SECONDS, seconds + (TICK_MS / 1_000) * speed);
      for (let cell = Math.ceil(seconds / CELL_SECONDS); (cell + 1) * CELL_SECONDS <= until; cell += 1) {
        played.get(id)?.add(cell);
      }
      seconds = Math.floor(until / CELL_SECONDS) * CELL_SECONDS;
      if (until >= CELLS * CELL_SECONDS) {
        await flush();
        [at, seconds, isOpen] = [at + 1, 0, false];
      } else if (random() < 0.5) await flush();
    }
    const next = lessons[at];
    if (isOpen || next === undefined) return;
    await answered(world.call(getLesson, { id: next }, buyer));
    isOpen = true;
  };
  return { buyer, played, act, end: flush };
}

/**
 * Seen red: without `spentUntilMs` in the rule, attackers get more than their time pays for; when a second pays for 1.8
 * seconds, learners at twice the speed lose cells.
 */
export const L01 = bar({
  proves:
    'who claims hours in seconds is credited at most twice the time that has passed, and who plays loses nothing, whatever the database does',
  flags: { learners: 500, ticks: 24, conflict: 0.3, commitLost: 0.1 },
  brief: { learners: 20 },
  run: async ({ seed, flags: { learners, ticks, ...chaos }, note }) => {
    const world = await badWorld(seed, chaos);
    const random = seeded(seed);
    const { productId } = await givenCourse(world);
    const course: Course = { world, lessons: await lessonIdsOf(world, productId), random };
    const people: Somebody[] = [];
    for (let n = 0; n < learners; n += 1) {
      const buyer = await world.login(`learner-${n}`);
      await givenAccess(world, buyer.userId, productId);
      people.push(n % 2 === 0 ? attacker(course, buyer) : honest(course, buyer));
    }
    const fromMs = world.clock.now();
    for (let tick = 0; tick < ticks; tick += 1) {
      note(`tick ${tick + 1} of ${ticks}`);
      await lanes(people, AT_ONCE, (each) => each.act());
      world.clock.advance(TICK_MS);
    }
    await lanes(people, AT_ONCE, (each) => each.end());
    const passedMs = world.clock.now() - fromMs;
    const stored = new Map<string, Progress[]>();
    for (const doc of (await storedIn(world, 'progresses')) as Progress[]) {
      stored.set(doc.userId, [...(stored.get(doc.userId) ?? []), doc]);
    }
    let [most, lost, cells] = [0, 0, 0];
    for (const { buyer, played } of people) {
      const own = stored.get(buyer.userId) ?? [];
      const credited = own.reduce((sum, each) => sum + each.cells, 0);
      cells += credited;
      if (played === null) most = Math.max(most, credited * CELL_SECONDS * 1_000);
      else lost += [...played.values()].reduce((sum, each) => sum + each.size, 0) - credited;
    }
    await world.drain();
    const isOurs = ({ rule }: { readonly rule: string }) => rule === 'learned' || rule === 'certificate';
    const { database } = world.ports;
    const { findings } = await audited(database);
    const nightly = await nightlyFindings(database, world.clock.now());
    const violations = [...findings, ...nightly].filter(isOurs);
    await world.close();
    const bound = 2 * passedMs + 10_000;
    const measured = { learners, cells, lost, mostMs: most, boundMs: bound, violations };
    return { pass: most <= bound && most > bound / 2 && lost === 0 && violations.length === 0, measured };
  },
});
