import { sweepTasks } from '../../functions/operations/sweepTasks.ts';
import { sweepChecks } from '../../functions/review/sweepChecks.ts';
import { listComments } from '../../functions/talk/listComments.ts';
import { PLANTED_WORDS } from '../../local/simulators/wechat/safety.ts';
import { CHECK_MAX_MS } from '../../shared/domain/review/review.ts';
import { codeOf } from '../../shared/errors.ts';
import { HOUR_MS, MINUTE_MS } from '../../shared/schemas/base.ts';
import type { Comment, CommentPage } from '../../shared/schemas/talk/comment.ts';
import { ThreadId } from '../../shared/schemas/talk/thread.ts';
import { audited } from '../support/audited.ts';
import { type Buyer, badWorld, storedIn } from '../support/given/order.ts';
import { givenSold } from '../support/given/products.ts';
import { givenEdited, givenWritten, type Wrote } from '../support/given/review.ts';
import { givenStoredFile } from '../support/given/storedFile.ts';
import { nightlyFindings } from '../support/nightlyFindings.ts';
import { oneOf, seeded } from '../support/seeded.ts';
import type { Answer, World } from '../support/world.ts';
import { bar } from './bar.ts';

const FAULTS = {
  ...{
    busy: 0.1,
    requestLost: 0.05,
    answerLost: 0.05,
    verdictSilent: 0.2,
    verdictLate: 0.1,
    verdictTwice: 0.2,
  },
  ...{ verdictOtherShape: 0.3, verdictUnfetched: 0.15, fetchFailed: 0.1 },
} as const;
/** Of most WeChat knows where they are; of two it checks nothing. A day allows each 200 texts at the most. */
const WRITERS = [...Array.from({ length: 18 }, (_, n) => `writer-${n}`), 'away', 'stranger'];
const TICK_MS = 5 * MINUTE_MS;
const PER_TICK = 40;

/** A text that says which writing it is, and in what is planted something: the text, the picture, or neither. */
function composed(random: () => number, n: number) {
  const planted = random() < 0.5 ? oneOf(random, Object.values(PLANTED_WORDS)) : '';
  const isInImage = random() < 0.4;
  const withImage = isInImage || random() < 0.1;
  const body = `第 ${n} 条${isInImage ? '' : planted}`;
  return { body, image: withImage ? (isInImage ? planted : '') : null, isPlanted: planted !== '' };
}

/** What somebody else is shown, page by page until nothing on a page is new. */
async function readAll(world: World, reader: Buyer, threadId: string, seen: Set<string>, isAll: boolean) {
  const shown: { readonly id: string; readonly body: string | null }[] = [];
  let cursor: string | null = null;
  do {
    const asked: Readonly<Record<string, unknown>> = { threadId, ...(cursor === null ? {} : { cursor }) };
    const answer: Answer<CommentPage> = await world.call(listComments, asked, reader);
    if (answer.status !== 200) throw new Error(`not read: ${answer.code}`);
    const { data } = answer;
    shown.push(...data.items);
    const isNew = data.items.some(({ id }) => !seen.has(id));
    for (const { id } of data.items) seen.add(id);
    cursor = isNew || isAll ? data.nextCursor : null;
  } while (cursor !== null);
  return shown;
}

/**
 * Seen red: when a pass counts without a proof that the file was fetched, pictures with planted words are shown; when
 * `sweepChecks` does nothing, what WeChat is silent about stays undecided.
 */
export const L06 = bar({
  proves:
    'planted words in texts and pictures are in nobody else’s answer, ever, whatever the check loses, delays, repeats or passes unseen; and after the sweeps nothing is undecided without a case',
  flags: { writings: 2_000, conflict: 0.1, commitLost: 0.02 },
  brief: { writings: 80 },
  run: async ({ seed, flags: { writings, ...chaos }, note }) => {
    const world = await badWorld(seed, chaos);
    const random = seeded(seed);
    const threadId = ThreadId.parse(`product:${(await givenSold(world, 'content')).id}`);
    const people = await Promise.all(WRITERS.map((name) => world.login(name)));
    const reader = await world.login('reader');
    Object.assign(world.weixin.faults.shares, FAULTS);
    const planted = new Set<string>();
    const edited = new Map<string, string>();
    const seen = new Set<string>();
    const violations: string[] = [];
    const look = async (isAll = false) => {
      for (const { id, body } of await readAll(world, reader, threadId, seen, isAll)) {
        const words = body ?? '';
        const isBad = Object.values(PLANTED_WORDS).some((word) => words.includes(word)) || planted.has(id);
        if (isBad) violations.push(`shown: ${id} ${words}`);
      }
    };
    const tick = async () => {
      await world.run(sweepTasks);
      world.clock.advance(TICK_MS / 2);
      await world.drain();
      await world.run(sweepTasks);
      await world.run(sweepChecks);
      world.clock.advance(TICK_MS / 2);
      await world.drain();
    };
    for (let n = 0; n < writings; n += 1) {
      const writer = oneOf(random, people);
      const { body, image, isPlanted } = composed(random, n);
      const images = image === null ? [] : [await givenStoredFile(world, writer, `照片${image}`)];
      const wrote: Wrote = await givenWritten(world, writer, body, { images, threadId });
      // The words of a planted picture are not in the answer, so its whole comment may not be.
      if (isPlanted && image !== null && image !== '') planted.add(wrote.id);
      else if (image === null && random() < 0.15)
        edited.set(wrote.id, `改过的第 ${n} 条${oneOf(random, ['', '违规'])}`);
      if (n % PER_TICK !== PER_TICK - 1) continue;
      note(`${n + 1} of ${writings}`);
      await tick();
      for (const [id, words] of edited) {
        const target = `comment:${id}` as Wrote['target'];
        await givenEdited(world, { id: id as Wrote['id'], target }, words).catch((caught: unknown) => {
          if (codeOf(caught) !== 'review.not_editable') throw caught;
        });
      }
      edited.clear();
      await look();
    }
    for (let passedMs = 0; passedMs <= 2 * CHECK_MAX_MS + HOUR_MS; passedMs += TICK_MS) await tick();
    await look(true);
    const comments = (await storedIn(world, 'comments')) as Comment[];
    const cases = new Set(
      ((await storedIn(world, 'cases')) as { id: string; state: string }[]).flatMap(({ id, state }) =>
        state === 'open' ? [id] : [],
      ),
    );
    const byState: Record<string, number> = {};
    for (const { id, review } of comments) {
      byState[review.state] = (byState[review.state] ?? 0) + 1;
      const hasCase = cases.has(`content_review:comment:${id}:${review.version}`);
      if (review.state === 'checking' || (review.state === 'queued' && !hasCase))
        violations.push(`undecided: ${id} ${review.state}`);
    }
    const found = [
      ...(await audited(world.ports.database)).findings,
      ...(await nightlyFindings(world.ports.database, world.clock.now())),
    ];
    violations.push(...found.map((finding) => JSON.stringify(finding)));
    await world.close();
    const isLively = (byState.public ?? 0) > writings / 5;
    return {
      pass: violations.length === 0 && isLively,
      measured: { writings, planted: planted.size, byState, violations: violations.slice(0, 20) },
    };
  },
});
