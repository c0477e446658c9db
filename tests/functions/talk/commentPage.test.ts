import { blockUser } from '../../../functions/review/blockUser.ts';
import { listComments } from '../../../functions/talk/listComments.ts';
import { countedReads, type ReadCounts } from '../../support/countedReads.ts';
import { givenShown, storedComment } from '../../support/given/comment.ts';
import { givenCourse } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenThread } from '../../support/given/thread.ts';
import { givenWriter } from '../../support/given/writer.ts';
import { createWorld } from '../../support/world.ts';

describe('a page of comments', () => {
  test('LK19 costs at most four reads of many documents, whatever the thread’s length, however many answer', async () => {
    const counts: ReadCounts = { pages: 0, finds: 0 };
    const world = await createWorld({ database: (inner) => countedReads(inner, counts) });
    try {
      const people = await Promise.all(['a', 'b', 'c', 'd'].map((name) => givenWriter(world, name)));
      const [alice, bob] = people;
      if (alice === undefined || bob === undefined) throw new Error('four people');
      await world.call(blockUser, { userId: bob.userId }, alice);
      const reads = async (size: number) => {
        const { productId, paid } = await givenCourse(world);
        await givenAccess(world, alice.userId, productId);
        const threadId = `lesson:${paid.id}`;
        const like = await storedComment(world, (await givenShown(world, alice, threadId)).id);
        const authors = people.map(({ userId }) => userId);
        const start = `${size}`.padStart(6, '0');
        await givenThread(world.ports.database, like, { start, count: size, answered: size, authors });
        // What the catalogue remembers of a course is read first, and is the same for every page.
        await world.call(listComments, { threadId }, alice);
        const found = [];
        for (const asked of [{}, { sort: 'hot' }]) {
          Object.assign(counts, { pages: 0, finds: 0 });
          const { data } = await world.call(listComments, { threadId, limit: 20, ...asked }, alice);
          expect(data.items.length).toBeGreaterThan(10);
          expect(data.items.every(({ author }) => author?.id !== bob.userId)).toBe(true);
          expect(data.items.some(({ firstReplies }) => firstReplies.length > 0)).toBe(true);
          found.push({ ...counts });
        }
        return found;
      };
      const [short, long] = [await reads(20), await reads(400)];
      for (const page of [...short, ...long]) expect(page.pages).toBeLessThanOrEqual(4);
      // Who reads: their session and who they are, what they own, and whom they block.
      expect(long).toEqual(short);
    } finally {
      await world.close();
    }
  });
});
