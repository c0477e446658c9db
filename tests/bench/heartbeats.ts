/** Reports of progress, as phones send them while they play: each one writes where the learner is. */

import { clientOf, logIn } from '../load/buyer.ts';
import { exchange } from '../load/measure.ts';
import { addressOf } from '../support/addressOf.ts';
import { type Journeys, medianOf, type Rounds, shopOf, timed } from './journeys.ts';
import type { Stack } from './stack.ts';

const CLIENTS = 16;
const ROUNDS = 3;
/** How many reports each learner sends in a round: fewer than they may in a minute, over all rounds. */
const EACH = 3;

/** A learner who has opened a lesson. */
interface Reader {
  readonly token: string;
  readonly name: string;
}

async function opened(stack: Stack, lessonId: string, name: string): Promise<Reader> {
  const shop = shopOf(stack, 0);
  let token: string | null = null;
  const client = clientOf(shop, () => token, name);
  ({ token } = await logIn(shop, client, name));
  await client.getLesson({ id: lessonId });
  return { token, name };
}

/**
 * Reports of learners who play the same lesson, each with the whole minute that they played last, in rounds. The
 * product is called without a typed client, which would take more of the machine than the product.
 */
export async function benchHeartbeats(stack: Stack, count: number): Promise<Rounds> {
  const client = clientOf(shopOf(stack, 0), () => null, 'heartbeats');
  const { items } = await client.listCourses({});
  const { chapters } = await client.getCourse({ id: items[0]?.id ?? '' });
  const lesson = chapters.flatMap(({ lessons }) => lessons).find(({ isTrial }) => isTrial);
  if (lesson === undefined) throw new Error('the first course has no trial lesson');
  const readers: Reader[] = [];
  await timed(stack, CLIENTS, Math.ceil(count / EACH), async (piece) => {
    readers.push(await opened(stack, lesson.id, `reader${piece}`));
  });
  const url = `${stack.api}/api/lessons/${lesson.id}/progress`;
  const rounds: Journeys[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push(
      await timed(stack, CLIENTS, readers.length * EACH, async (piece) => {
        const { token, name } = readers[piece % readers.length] ?? { token: '', name: '' };
        const from = (round * EACH + Math.floor(piece / readers.length)) * 12;
        const report = {
          seen: [[from, from + 12]],
          positionSeconds: from * 5,
          playedAgoMs: 0,
          isAtEnd: false,
        };
        const headers = {
          'content-type': 'application/json',
          authorization: `Bearer ${token}`,
          'x-forwarded-for': addressOf(name),
        };
        const answer = await exchange('POST', url, headers, JSON.stringify(report));
        if (answer.status !== 200) throw new Error(`a report was answered ${answer.status} ${answer.body}`);
      }),
    );
  }
  return medianOf(rounds);
}
