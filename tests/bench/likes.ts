/** Likes of one comment: each writes its own mark, and the marks are counted later. */
import { join } from 'node:path';
import { sqliteDatabase } from '../../shared/adapters/sqlite/database.ts';
import { collections } from '../../shared/data/collections.ts';
import * as marks from '../../shared/data/review/marks.ts';
import * as comments from '../../shared/data/talk/comments.ts';
import { turnMark } from '../../shared/domain/review/mark.ts';
import { writeComment } from '../../shared/domain/talk/comment.ts';
import { foldable, foldMarks } from '../../shared/flows/review/foldMarks.ts';
import { CommentId, timeMs, UserId } from '../../shared/schemas/base.ts';
import { ThreadId } from '../../shared/schemas/talk/thread.ts';
import { clientOf, logIn, until } from '../load/buyer.ts';
import { exchange } from '../load/measure.ts';
import { addressOf } from '../support/addressOf.ts';
import { type Journeys, medianOf, type Rounds, shopOf, timed } from './journeys.ts';
import type { Stack } from './stack.ts';

const CLIENTS = 32;
const ROUNDS = 3;
/** How often each person likes it, or takes that back, in a round: fewer than they may in a minute. */
const EACH = 3;

/** A ULID of the bench's own. */
const ulid = (n: number) => `01JD${n.toString().padStart(22, '0')}`;

/** The product's answers to likes of one comment that everybody sees, and the median of the rounds. */
export async function benchLikes(stack: Stack, count: number): Promise<Rounds> {
  const shop = shopOf(stack, 0);
  let token: string | null = null;
  const author = clientOf(shop, () => token, 'liked');
  ({ token } = await logIn(shop, author, 'liked'));
  const { version } = await author.getLegalText({ kind: 'community' });
  await author.giveConsent({ kind: 'community', version, page: 'talk/comments', appVersion: '1.0.0' });
  const { items } = await author.listCourses({});
  const threadId = `product:${items[0]?.id}`;
  const id = `cmt_${ulid(1)}`;
  await author.createComment({ id, threadId, parentId: null, body: '讲得很清楚', stars: null });
  await until(
    shop,
    () => author.listComments({ threadId }),
    (page) => page.items.some((one) => one.id === id),
  );
  const people: { readonly token: string; readonly address: string }[] = [];
  await timed(stack, 16, Math.ceil(count / EACH), async (piece) => {
    const name = `fan${piece}`;
    const own = await logIn(
      shop,
      clientOf(shop, () => null, name),
      name,
    );
    people.push({ token: own.token, address: addressOf(name) });
  });
  const url = `${stack.api}/api/marks/like/${id}`;
  const rounds: Journeys[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push(
      await timed(stack, CLIENTS, people.length * EACH, async (piece) => {
        const { token: bearer, address } = people[piece % people.length] ?? { token: '', address: '' };
        // Each turn of everybody changes each of their marks: on, off, on, and off first in the next round.
        const isOn = (round * EACH + Math.floor(piece / people.length)) % 2 === 0;
        const headers = {
          'content-type': 'application/json',
          authorization: `Bearer ${bearer}`,
          'x-forwarded-for': address,
        };
        const answer = await exchange(isOn ? 'PUT' : 'DELETE', url, headers, isOn ? '{}' : '');
        if (answer.status !== 200) throw new Error(`a like was answered ${answer.status} ${answer.body}`);
      }),
    );
  }
  return medianOf(rounds);
}

/** How many marks a second are counted, of one comment on the embedded engine. */
export async function benchFold(folder: string, count: number): Promise<number> {
  const database = sqliteDatabase({ path: join(folder, 'fold.db'), collections, random: Math.random });
  const now = timeMs(Date.now());
  const [author, target] = [UserId.parse(`usr_${ulid(0)}`), CommentId.parse(`cmt_${ulid(1)}`)];
  const threadId = ThreadId.parse(`product:prd_${ulid(1)}`);
  const asked = {
    id: target,
    userId: author,
    threadId,
    parentId: null,
    body: '好',
    stars: null,
    learnedBp: null,
  };
  await database.tx((tx) => comments.insert(tx, writeComment(asked, [], now)));
  const all = Array.from({ length: count }, (_, n) => n);
  for (let from = 0; from < count; from += 50) {
    await database.tx(async (tx) => {
      for (const n of all.slice(from, from + 50)) {
        const of = { kind: 'like', target, userId: UserId.parse(`usr_${ulid(n)}`) } as const;
        await marks.save(tx, null, turnMark(null, of, true, now));
      }
    });
  }
  const began = performance.now();
  let folded = 0;
  for (
    let some = await marks.uncounted(database, 440);
    some.length > 0;
    some = await marks.uncounted(database, 440)
  ) {
    for (const part of foldable(some)) folded += await database.tx((tx) => foldMarks(tx, part));
  }
  const perSecond = (folded * 1_000) / (performance.now() - began);
  const { likes } = await comments.get(database, target);
  await database.close();
  if (likes !== count) throw new Error(`${likes} of ${count} likes are counted`);
  return perSecond;
}
