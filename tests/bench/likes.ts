/** Likes of one comment: each writes its own mark, and the marks are counted later. */
import { join } from 'node:path';
import { sqliteDatabase } from '../../shared/adapters/sqlite/database.ts';
import { collections } from '../../shared/data/collections.ts';
import * as marks from '../../shared/data/review/marks.ts';
import * as comments from '../../shared/data/talk/comments.ts';
import { turnMark } from '../../shared/domain/review/mark.ts';
import { writeComment } from '../../shared/domain/talk/comment.ts';
import { foldable, foldMarks, READ_AT_ONCE } from '../../shared/flows/review/foldMarks.ts';
import type { Database } from '../../shared/ports/database.ts';
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

/** How marks are counted on the embedded engine, without anything else in the process. */
export interface Folded {
  readonly perSecond: number;
  readonly cpuMsEach: number;
}

/** Counts `count` likes of `targets` comments, as many of each. */
export async function benchFold(
  folder: string,
  { count, targets }: { readonly count: number; readonly targets: number },
): Promise<Folded> {
  const path = join(folder, `fold-${targets}.db`);
  const database = sqliteDatabase({ path, collections, random: Math.random });
  const now = timeMs(Date.now());
  const author = UserId.parse(`usr_${ulid(0)}`);
  const threadId = ThreadId.parse(`product:prd_${ulid(1)}`);
  const liked = Array.from({ length: targets }, (_, n) => CommentId.parse(`cmt_${ulid(n)}`));
  for (const id of liked) {
    const asked = { id, userId: author, threadId, parentId: null, body: '好', stars: null, learnedBp: null };
    await database.tx((tx) => comments.insert(tx, writeComment(asked, [], now)));
  }
  for (let from = 0; from < count; from += 50) {
    await database.tx(async (tx) => {
      for (let n = from; n < Math.min(count, from + 50); n += 1) {
        const target = liked[n % targets] as CommentId;
        const of = { kind: 'like', target, userId: UserId.parse(`usr_${ulid(n)}`) } as const;
        await marks.save(tx, null, turnMark(null, of, true, now));
      }
    });
  }
  const [began, cpuFrom] = [performance.now(), process.cpuUsage()];
  for (let some = await waiting(database); some.length > 0; some = await waiting(database)) {
    for (const turn of foldable(some)) {
      await Promise.all(turn.map((part) => database.tx((tx) => foldMarks(tx, part))));
    }
  }
  const { user, system } = process.cpuUsage(cpuFrom);
  const perSecond = (count * 1_000) / (performance.now() - began);
  let likes = 0;
  for (const id of liked) likes += (await comments.get(database, id)).likes;
  await database.close();
  if (likes !== count) throw new Error(`${likes} of ${count} likes are counted`);
  return { perSecond, cpuMsEach: (user + system) / 1_000 / count };
}

const waiting = (database: Database) => marks.uncounted(database, READ_AT_ONCE);
