/** Things that people wrote, and where their review stands. */
import * as writers from '../../../shared/data/review/writers.ts';
import * as comments from '../../../shared/data/talk/comments.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { submitEdit, submitNew, takeFlag } from '../../../shared/domain/review/review.ts';
import { countWriting, newWriter } from '../../../shared/domain/review/trust.ts';
import { writeComment } from '../../../shared/domain/talk/comment.ts';
import { stepReview } from '../../../shared/flows/review/stepReview.ts';
import { submitFacts } from '../../../shared/flows/review/submit.ts';
import { useUploads } from '../../../shared/flows/review/useUploads.ts';
import type { Tx } from '../../../shared/ports/database.ts';
import { CommentId, type TimeMs, type UploadId, type UserId } from '../../../shared/schemas/base.ts';
import type { Reviewed, Written } from '../../../shared/schemas/review/review.ts';
import type { Comment } from '../../../shared/schemas/talk/comment.ts';
import { ThreadId } from '../../../shared/schemas/talk/thread.ts';
import type { World } from '../world.ts';
import { stored } from './order.ts';

/** Something written: where its review finds it. */
export interface Wrote {
  readonly id: CommentId;
  readonly target: `comment:${CommentId}`;
}

/** Where all of it is written. */
const THREAD = ThreadId.parse('product:prd_01JD0000000000000000000002');

const textOf = (body: string, images: readonly UploadId[] = []): Written => ({
  ...{ title: null, body, images: [...images], audio: null },
});

async function counts(tx: Tx, userId: UserId, edited: Reviewed | null, now: TimeMs): Promise<void> {
  const before = await writers.find(tx, userId);
  const writer = before ?? newWriter(userId, now);
  await writers.save(tx, before, countWriting(writer, { what: 'comment', edited }, 3, now));
}

/** Has somebody write a comment, as its function would: stored, with the facts of its check. Nothing is delivered. */
export async function givenWritten(
  world: World,
  author: { readonly userId: UserId },
  body = '讲得很清楚',
  {
    images = [],
    doubts = [],
    threadId = THREAD,
  }: {
    readonly images?: readonly UploadId[];
    readonly doubts?: readonly string[];
    readonly threadId?: ThreadId;
  } = {},
): Promise<Wrote> {
  const id = CommentId.parse(world.ports.ids.make('cmt'));
  const target = `comment:${id}` as const;
  const now = world.clock.now();
  const own = {
    id,
    userId: author.userId,
    threadId,
    parentId: null,
    body,
    stars: null,
    learnedBp: null,
  };
  const comment = writeComment(own, doubts, now);
  const written = { ...comment, ...submitNew(author.userId, textOf(body, images), doubts, now) };
  await world.ports.database.tx(async (tx) => {
    // A commit whose answer was lost.
    if ((await comments.find(tx, id)) !== null) return;
    await counts(tx, author.userId, null, now);
    await comments.insert(tx, written);
    await useUploads(tx, target, { before: null, after: written }, now);
    await tasks.append(tx, submitFacts(target, written), { now, requestId: 'given' });
  });
  return { id, target };
}

/** Has its author write another version. */
export async function givenEdited(world: World, { id, target }: Wrote, body: string): Promise<void> {
  const now = world.clock.now();
  await world.ports.database.tx(async (tx) => {
    const before = await comments.get(tx, id);
    const after = submitEdit(before, textOf(body), [], now);
    await counts(tx, before.userId, before, now);
    await comments.save(tx, before, after);
    await useUploads(tx, target, { before, after }, now);
    await tasks.append(tx, submitFacts(target, after), { now, requestId: 'given' });
  });
}

/** Has people flag it until it is hidden. */
export async function givenFlagged(world: World, { target }: Wrote): Promise<void> {
  const step = (before: Reviewed) => takeFlag(takeFlag(before, 3), 3);
  const at = { now: world.clock.now(), requestId: 'given' };
  await world.ports.database.tx((tx) => stepReview(tx, target, step, at));
}

/** The comment as it is stored. */
export function writtenNow(world: World, { id }: Wrote): Promise<Comment> {
  return stored(world, comments.collection, id);
}

/** Delivers the task of its text's check, and answers what became of it. */
export async function checksText(world: World, wrote: Wrote, version = 1): Promise<Comment['review']> {
  await world.deliver('checkText', `text.submitted:${wrote.target}:${version}`);
  return (await writtenNow(world, wrote)).review;
}
