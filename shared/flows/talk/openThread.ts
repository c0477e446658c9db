/** Who may see a thread of comments, and who may write in it. It is asked at each call, and nothing of it is stored. */
import { NO_ACCESS } from '../../domain/access/access.ts';
import { maySee } from '../../domain/catalogue/course.ts';
import { needFeature } from '../../domain/talk/talk.ts';
import { threadOf } from '../../domain/talk/thread.ts';
import { fail } from '../../errors.ts';
import type { Ports } from '../../ports/ports.ts';
import type { ArticleId, LessonId, ProductId, TimeMs, TopicId, UserId } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import type { Feature } from '../../schemas/talk/talk.ts';
import type { Thread, ThreadId } from '../../schemas/talk/thread.ts';
import { accessToOne } from '../access/accessTo.ts';
import { findProduct, findShownLesson } from '../catalogue/catalogue.ts';
import { shownArticle } from './shownArticle.ts';
import { findTopicFor } from './topicFor.ts';

/** A thread that somebody may see. */
export interface OpenThread {
  /** Whether they may write in it. */
  readonly mayWrite: boolean;
  /** The product that they may give stars to with a comment, because they own it; null for none. */
  readonly rates: Product | null;
  /** Whether they tend this place, as an assistant or a teacher of a group does. */
  readonly isStaffHere: boolean;
}

/** Who asks, about what; `userId` is null when nobody is logged in. */
interface Asked<Id> {
  readonly id: Id;
  readonly userId: UserId | null;
  readonly now: TimeMs;
}

/** A kind of thread: the switch that it is behind, and what somebody may do there; null when they may not see it. */
interface Place<Id> {
  readonly feature: Feature;
  open(ports: Ports, asked: Asked<Id>): Promise<OpenThread | null>;
}

async function accessFor(ports: Ports, product: Product, { userId, now }: Asked<unknown>) {
  return userId === null ? NO_ACCESS : accessToOne(ports.database, userId, product, now);
}

/** A trial lesson's is read by everybody, another one's by those who may use the course. Only these write. */
async function openLesson(ports: Ports, asked: Asked<LessonId>): Promise<OpenThread | null> {
  const shown = await findShownLesson(ports, asked.id);
  if (shown === null) return null;
  const { product, lesson, isHidden } = shown;
  const { mayUse } = await accessFor(ports, product, asked);
  const isForAll = lesson.isTrial && !isHidden && maySee(product, false);
  return mayUse || isForAll ? { mayWrite: mayUse, rates: null, isStaffHere: false } : null;
}

/** Everybody reads and writes what is said about a product on sale; its owners do when it is withdrawn. */
async function openProduct(ports: Ports, asked: Asked<ProductId>): Promise<OpenThread | null> {
  const shown = await findProduct(ports, asked.id);
  if (shown === null) return null;
  const { product } = shown;
  const { mayUse } = await accessFor(ports, product, asked);
  return maySee(product, mayUse)
    ? { mayWrite: true, rates: mayUse ? product : null, isStaffHere: false }
    : null;
}

/** The members of its group read and write what is said about a topic that is shown. */
async function openTopic(ports: Ports, { id, userId, now }: Asked<TopicId>): Promise<OpenThread | null> {
  if (userId === null || ports.settings.talk.groups === 'off') return null;
  const found = await findTopicFor(ports.database, ports.database, { topicId: id, userId, now });
  if (found?.topic.isShown !== true) return null;
  return { mayWrite: true, rates: null, isStaffHere: found.isStaffHere };
}

/** Everybody reads and writes what is said about a published article. */
async function openArticle(ports: Ports, { id }: Asked<ArticleId>): Promise<OpenThread | null> {
  const article = ports.settings.talk.articles === 'off' ? null : await shownArticle(ports, id);
  return article === null ? null : { mayWrite: true, rates: null, isStaffHere: false };
}

/** Every kind of thread. */
const PLACES: { readonly [K in Thread['kind']]: Place<Extract<Thread, { kind: K }>['id']> } = {
  lesson: { feature: 'comments', open: openLesson },
  product: { feature: 'comments', open: openProduct },
  article: { feature: 'comments', open: openArticle },
  topic: { feature: 'topics', open: openTopic },
};

/**
 * The thread, for who may see it; with `use: 'write'`, for who may write in it. Who sees it may mark what is in it,
 * where anything can be written.
 * @throws feature.off; thread.not_found, also for what the caller may not see; thread.not_writable
 */
export async function openThread(
  ports: Ports,
  asked: {
    readonly threadId: ThreadId;
    readonly userId: UserId | null;
    readonly use: 'read' | 'mark' | 'write';
    readonly now: TimeMs;
  },
): Promise<OpenThread> {
  const { threadId, userId, use, now } = asked;
  const { kind, id } = threadOf(threadId);
  const place: Place<typeof id> = PLACES[kind];
  const { talk } = ports.settings;
  needFeature(talk, place.feature, use === 'read' ? 'read' : 'write');
  const opened = await place.open(ports, { id, userId, now });
  if (opened === null) throw fail('thread.not_found');
  if (use === 'write' && !opened.mayWrite) throw fail('thread.not_writable');
  return { ...opened, mayWrite: opened.mayWrite && talk[place.feature] === 'on' };
}
