import * as comments from '../../shared/data/talk/comments.ts';
import { hasCounts } from '../../shared/domain/talk/talk.ts';
import { countComments } from '../../shared/flows/talk/countComments.ts';
import { timer } from '../../shared/function.ts';
import type { Comment } from '../../shared/schemas/talk/comment.ts';

/** How many comments are looked at together, and how many of one thread are counted in one transaction. */
const SEEN = 100;
const TOGETHER = 20;

/** The comments of each thread, a few together. */
function* threads(found: readonly Comment[]): Generator<readonly [Comment, ...Comment[]]> {
  const of = new Map<string, Comment[]>();
  for (const each of found) of.set(each.threadId, [...(of.get(each.threadId) ?? []), each]);
  for (const own of of.values()) {
    for (let from = 0; from < own.length; from += TOGETHER) {
      const [first, ...rest] = own.slice(from, from + TOGETHER);
      if (first !== undefined) yield [first, ...rest];
    }
  }
}

/**
 * Counts comments that came to be shown or hidden, and their stars, in their threads and in what they reply to.
 *
 * What somebody writes and what a review decides change no counter, so nothing conflicts on a busy thread. Whatever
 * changed what is shown, it is counted some seconds later, and once. Where all is switched off nothing is read.
 */
export const foldComments = timer(
  { cron: '6,18,30,42,54 * * * * * *', budgetMs: 10_000 },
  async ({ now, ports: { database, settings }, hasTime }) => {
    if (!hasCounts(settings.talk)) return {};
    let counted = 0;
    while (hasTime()) {
      const found = await comments.uncounted(database, SEEN);
      const before = counted;
      for (const some of threads(found)) {
        if (!hasTime()) break;
        counted += await countComments(database, some, now);
      }
      if (found.length < SEEN || counted === before) break;
    }
    return { 'comment.counted': counted };
  },
);
