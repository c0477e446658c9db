/** Pages of a long thread of comments, as phones read them: with replies, authors and what the reader likes. */
import { createForCommand, placeOf } from '../../local/database.ts';
import { seedCourseId } from '../../local/seed/seedCatalogue.ts';
import * as users from '../../shared/data/identity/users.ts';
import { newUser } from '../../shared/domain/identity/user.ts';
import { takeVerdict } from '../../shared/domain/review/review.ts';
import { writeComment } from '../../shared/domain/talk/comment.ts';
import { CommentId, timeMs, UserId } from '../../shared/schemas/base.ts';
import { ThreadId } from '../../shared/schemas/talk/thread.ts';
import { clientOf, logIn } from '../load/buyer.ts';
import { exchange } from '../load/measure.ts';
import { addressOf } from '../support/addressOf.ts';
import { givenThread } from '../support/given/thread.ts';
import { type Journeys, medianOf, type Rounds, shopOf, timed } from './journeys.ts';
import type { Stack } from './stack.ts';

const CLIENTS = 16;
/** How many people read: few enough pages of each that none is limited. */
const READERS = 64;
const ROUNDS = 3;
const COMMENTS = 3_000;
const AUTHORS = 30;
const THREAD = ThreadId.parse(`product:${seedCourseId(1)}`);

const idAt = (prefix: string, n: number) => `${prefix}_01JD${String(n).padStart(22, '0')}`;

/** Stores the thread in a folder that no process has open. */
export async function storeThread(folder: string): Promise<void> {
  const now = timeMs(Date.now());
  const authors = Array.from({ length: AUTHORS }, (_, n) => UserId.parse(idAt('usr', n)));
  const database = await createForCommand(placeOf(folder, {}));
  for (const [n, id] of authors.entries()) {
    const user = newUser({ id, nickname: `读者 ${n}`, role: 'learner', openid: null, now });
    await database.tx((tx) => users.insert(tx, user));
  }
  const asked = { id: CommentId.parse(idAt('cmt', 0)), userId: UserId.parse(authors[0]), threadId: THREAD };
  const body = '例子很贴近日常，第二遍看的时候才发现前面埋了伏笔。';
  const written = writeComment({ ...asked, parentId: null, body, stars: null, learnedBp: null }, [], now);
  const said = { version: 1, part: 'text', verdict: 'pass', label: 100, cause: 'check:bench' } as const;
  const like = takeVerdict(written, said, now);
  await givenThread(database, like, {
    start: '01JE',
    count: COMMENTS,
    answered: 200,
    authors,
  });
  await database.close();
}

/** Pages of twenty that people read who are logged in, by interest and by time, in rounds. */
export async function benchComments(stack: Stack, count: number): Promise<Rounds> {
  const shop = shopOf(stack, 0);
  const tokens: string[] = [];
  for (let n = 0; n < READERS; n += 1) {
    let token: string | null = null;
    const client = clientOf(shop, () => token, `commenter${n}`);
    ({ token } = await logIn(shop, client, `commenter${n}`));
    tokens.push(token);
  }
  const rounds: Journeys[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push(
      await timed(stack, CLIENTS, count, async (piece) => {
        const sort = piece % 2 === 0 ? 'hot' : 'newest';
        const url = `${stack.api}/api/comments?threadId=${encodeURIComponent(THREAD)}&sort=${sort}`;
        const headers = {
          authorization: `Bearer ${tokens[piece % READERS]}`,
          'x-forwarded-for': addressOf(`reader${round}x${piece}`),
        };
        const answer = await exchange('GET', url, headers);
        if (answer.status !== 200) throw new Error(`a page was answered ${answer.status} ${answer.body}`);
      }),
    );
  }
  return medianOf(rounds);
}
