import { listComments } from '../../functions/talk/listComments.ts';
import { SECOND_MS } from '../../shared/schemas/base.ts';
import { countedReads, type ReadCounts } from '../support/countedReads.ts';
import { givenShown, storedComment } from '../support/given/comment.ts';
import { givenCourse } from '../support/given/course.ts';
import { givenThread } from '../support/given/thread.ts';
import { givenWriter } from '../support/given/writer.ts';
import { createWorld } from '../support/world.ts';
import { bar, percentile } from './bar.ts';

/** How many times as long a page of a long thread may take as one of a short thread. */
const TIMES_MAX = 2;
/** How many reads of many documents a page may cost. */
const READS_MAX = 4;

/**
 * Seen red: with a list that orders by a field that no index has behind the others, and with one read for each author.
 */
export const L13 = bar({
  proves:
    'a page of ten comments with their replies costs four reads of many documents at 10, at some thousand and at very many comments, and its p99 is within twice that of the short thread',
  flags: { some: 10_000, many: 100_000, pages: 400, timed: 1 },
  // The slowest of a few pages on a shared machine says nothing of the thread.
  brief: { some: 300, many: 1_500, pages: 60, timed: 0 },
  run: async ({ flags: { some, many, pages, timed }, note }) => {
    const counts: ReadCounts = { pages: 0, finds: 0 };
    const world = await createWorld({ database: (inner) => countedReads(inner, counts) });
    const people = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => givenWriter(world, name)));
    const authors = people.map(({ userId }) => userId);
    const [reader] = people;
    if (reader === undefined) throw new Error('five people');
    const threads: {
      readonly count: number;
      readonly threadId: string;
      readonly ms: number[];
      reads: number;
    }[] = [];
    for (const count of [10, some, many]) {
      note(`a thread of ${count}`);
      const threadId = `product:${(await givenCourse(world)).productId}`;
      const like = await storedComment(world, (await givenShown(world, reader, threadId)).id);
      await givenThread(world.ports.database, like, {
        start: `${count}`.padStart(9, '0'),
        count,
        answered: 40,
        authors,
      });
      threads.push({ count, threadId, ms: [], reads: 0 });
    }
    // The threads take turns, so that a busy moment of the machine is one of each of them.
    for (let page = 0; page < pages; page += 1) {
      // Nobody reads more pages a minute than people may.
      world.clock.advance(SECOND_MS);
      for (const thread of threads) {
        Object.assign(counts, { pages: 0, finds: 0 });
        const from = performance.now();
        const sort = page % 2 === 0 ? 'hot' : 'newest';
        const answer = await world.call(
          listComments,
          { threadId: thread.threadId, sort, limit: 10 },
          people[page % people.length],
        );
        if (page >= pages / 10) thread.ms.push(performance.now() - from);
        if (answer.status !== 200) throw new Error(`a page was answered ${answer.status}`);
        thread.reads = Math.max(thread.reads, counts.pages);
      }
    }
    await world.close();
    const measured = threads.map(({ count, ms, reads }) => ({
      ...{
        comments: count,
        reads,
        p50Ms: rounded(percentile(ms, 0.5)),
        p99Ms: rounded(percentile(ms, 0.99)),
      },
    }));
    const shortest = measured[0]?.p99Ms ?? 0;
    const violations = measured.flatMap(({ comments, reads, p99Ms }) => [
      ...(reads > READS_MAX ? [`${reads} reads at ${comments}`] : []),
      ...(timed === 1 && p99Ms > TIMES_MAX * shortest
        ? [`p99 ${p99Ms} ms at ${comments}, ${shortest} ms at 10`]
        : []),
    ]);
    return { pass: violations.length === 0, measured: { threads: measured, violations } };
  },
});

const rounded = (ms: number) => Math.round(ms * 100) / 100;
