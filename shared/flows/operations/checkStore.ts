/**
 * The nightly look: checks that no stored data contradicts other stored data. It reads each collection in the order of
 * its ids, a few documents at a time, so it can stop anywhere and continue there later. Ids never change. So no
 * document is read twice, and every document that existed when its collection was begun is read.
 */
import * as entitlements from '../../data/access/entitlements.ts';
import * as gifts from '../../data/access/gifts.ts';
import * as memberships from '../../data/access/memberships.ts';
import * as trials from '../../data/access/trials.ts';
import * as journal from '../../data/books/journal.ts';
import { all, listed, many } from '../../data/collection.ts';
import * as couponStocks from '../../data/coupons/couponStocks.ts';
import * as coupons from '../../data/coupons/coupons.ts';
import * as couponTemplates from '../../data/coupons/couponTemplates.ts';
import * as feedbacks from '../../data/feedback/feedbacks.ts';
import * as inboxes from '../../data/inbox/inboxes.ts';
import * as messages from '../../data/inbox/messages.ts';
import * as certificates from '../../data/learning/certificates.ts';
import * as courseProgresses from '../../data/learning/courseProgresses.ts';
import * as progresses from '../../data/learning/progresses.ts';
import * as audit from '../../data/operations/audit.ts';
import * as cases from '../../data/operations/cases.ts';
import * as openOrders from '../../data/orders/openOrders.ts';
import * as orders from '../../data/orders/orders.ts';
import * as payments from '../../data/payments/payments.ts';
import * as receipts from '../../data/payments/receipts.ts';
import * as points from '../../data/points/points.ts';
import * as pointsHolds from '../../data/points/pointsHolds.ts';
import * as flashSales from '../../data/pricing/flashSales.ts';
import * as answers from '../../data/questions/answers.ts';
import * as questions from '../../data/questions/questions.ts';
import * as refunds from '../../data/refunds/refunds.ts';
import * as flags from '../../data/review/flags.ts';
import * as marks from '../../data/review/marks.ts';
import * as mediaChecks from '../../data/review/mediaChecks.ts';
import * as uploads from '../../data/review/uploads.ts';
import * as writers from '../../data/review/writers.ts';
import * as sales from '../../data/shares/sales.ts';
import * as shares from '../../data/shares/shares.ts';
import * as visits from '../../data/shares/visits.ts';
import * as articles from '../../data/talk/articles.ts';
import * as comments from '../../data/talk/comments.ts';
import * as drops from '../../data/talk/drops.ts';
import * as groupNotes from '../../data/talk/groupNotes.ts';
import * as groups from '../../data/talk/groups.ts';
import * as threadCounts from '../../data/talk/threadCounts.ts';
import * as topics from '../../data/talk/topics.ts';
import * as tasks from '../../data/tasks.ts';
import { grantEntryId } from '../../domain/access/entitlement.ts';
import {
  certificateFindings,
  commentFindings,
  dropFindings,
  type Finding,
  feedbackFindings,
  grantFindings,
  groupNoteFindings,
  inboxFindings,
  likesFindings,
  messageFindings,
  type OrderFacts,
  orderFindings,
  placesFindings,
  pointsFindings,
  progressFindings,
  questionFindings,
  receiptFindings,
  stockFindings,
  TASK_LATE_MS,
  taskFindings,
  threadFindings,
  topicFindings,
  trialFindings,
  type UploadUser,
  uploadFindings,
  writerFindings,
  writtenFindings,
} from '../../domain/operations/invariants.ts';
import {
  articleFindings,
  caseIdsOf,
  checkIdsOf,
  flagFindings,
  reviewFindings,
} from '../../domain/operations/reviewInvariants.ts';
import { saleFindings, shareFindings } from '../../domain/operations/shareInvariants.ts';
import { isOpen } from '../../domain/orders/openOrders.ts';
import { stockIds } from '../../domain/pricing/flashSale.ts';
import { uploadsOf } from '../../domain/review/learnerUpload.ts';
import { shareIdOf } from '../../domain/shares/share.ts';
import { leftOf } from '../../domain/talk/drop.ts';
import type { Collection, Doc, Reader } from '../../ports/database.ts';
import { type Entitlement, entitlementId } from '../../schemas/access/entitlement.ts';
import { giftId } from '../../schemas/access/gift.ts';
import type { Trial } from '../../schemas/access/trial.ts';
import { type TimeMs, timeMs } from '../../schemas/base.ts';
import type { CouponTemplate } from '../../schemas/coupons/coupon.ts';
import type { Feedback } from '../../schemas/feedback/feedback.ts';
import type { Inbox, Message } from '../../schemas/inbox/message.ts';
import type { Certificate } from '../../schemas/learning/certificate.ts';
import type { Progress } from '../../schemas/learning/progress.ts';
import type { LookPlace } from '../../schemas/operations/look.ts';
import type { Order } from '../../schemas/orders/order.ts';
import type { Receipt } from '../../schemas/payments/payment.ts';
import type { PointsAccount, PointsEntry } from '../../schemas/points/points.ts';
import type { FlashSale } from '../../schemas/pricing/promotion.ts';
import type { Question } from '../../schemas/questions/question.ts';
import type { LearnerUpload } from '../../schemas/review/learnerUpload.ts';
import type { MarkTarget } from '../../schemas/review/mark.ts';
import type { Reviewed } from '../../schemas/review/review.ts';
import type { Writer } from '../../schemas/review/writer.ts';
import type { Share } from '../../schemas/shares/share.ts';
import type { Article } from '../../schemas/talk/article.ts';
import type { Comment } from '../../schemas/talk/comment.ts';
import type { Drop } from '../../schemas/talk/drop.ts';
import type { GroupNote } from '../../schemas/talk/group.ts';
import type { ThreadCount } from '../../schemas/talk/thread.ts';
import type { Topic } from '../../schemas/talk/topic.ts';
import type { Task } from '../../schemas/task.ts';
import { REVIEWED } from '../review/reviewedKinds.ts';
import { sumThread } from '../talk/sumThread.ts';
import { countIssued } from './countIssued.ts';

/** How many documents one step checks. It is also the largest number of values in a query. */
const TOGETHER = 50;

/** How many late tasks are reported at most. More would tell staff nothing new. */
const TASKS_MAX = 100;

/** The result of one step. */
interface Looked {
  /** The number of documents without a contradiction. */
  readonly right: number;
  /** The contradictions that were still there when the documents were read a second time. */
  readonly findings: readonly Finding[];
}

/** The result of one step, and where the look continues; null when it is over. */
export interface LookStep extends Looked {
  readonly next: LookPlace | null;
}

/** Checks some documents of a part of the store, from a cursor on. */
type Step = (
  reader: Reader,
  cursor: string | null,
  now: TimeMs,
) => Promise<Looked & { readonly nextCursor: string | null }>;

/** The rules for a collection's documents. `aboutOf` is the id that findings name; the document's own by default. */
interface Rules<D extends Doc> {
  readonly collection: Collection<D>;
  readonly aboutOf?: (doc: D) => string;
  /** The contradictions in 1 to 100 documents. */
  readonly findings: (reader: Reader, docs: readonly D[], now: TimeMs) => Promise<readonly Finding[]>;
}

/** Checks documents. Those with findings are read and checked again, because they may have changed meanwhile. */
async function look<D extends Doc>(
  { collection, aboutOf = ({ id }) => id, findings }: Rules<D>,
  docs: readonly D[],
  reader: Reader,
  now: TimeMs,
): Promise<Looked> {
  const findingsOf = async (some: readonly D[]) => (some.length === 0 ? [] : findings(reader, some, now));
  const suspected = new Set((await findingsOf(docs)).map(({ about }) => about));
  const ids = docs.filter((doc) => suspected.has(aboutOf(doc))).map(({ id }) => id);
  const found = await findingsOf(await many(reader, collection, ids));
  const wrong = new Set(found.map(({ about }) => about));
  return { right: docs.filter((doc) => !wrong.has(aboutOf(doc))).length, findings: found };
}

/** A part of the look that checks a whole collection in the order of its ids. */
function part<D extends Doc>(rules: Rules<D>): Step {
  const everything = { index: 'id', where: {}, order: 'ascending', limit: TOGETHER } as const;
  return async (reader, cursor, now) => {
    const { items, nextCursor } = await reader.list(rules.collection, { ...everything, cursor });
    return { ...(await look(rules, items, reader, now)), nextCursor };
  };
}

const byId = <D extends Doc>(docs: readonly D[]): ReadonlyMap<string, D> =>
  new Map(docs.map((doc) => [doc.id, doc]));

function grouped<D, K>(docs: readonly D[], keyOf: (doc: D) => K): (key: K) => readonly D[] {
  const groups = new Map<K, D[]>();
  for (const doc of docs) {
    const key = keyOf(doc);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [doc]);
    else group.push(doc);
  }
  return (key) => groups.get(key) ?? [];
}

const orderOf = <I>({ orderId }: { readonly orderId: I }): I => orderId;

/** Everything that is stored about at most 50 orders. */
async function factsOf(reader: Reader, some: readonly Order[], now: TimeMs): Promise<readonly OrderFacts[]> {
  const ids = some.map(({ id }) => id);
  const lines = some.flatMap(({ id, userId, lines }) => lines.map((line) => ({ id, userId, ...line })));
  const owned = lines.map(({ userId, productId }) => entitlementId(userId, productId));
  const presents = lines.flatMap(({ id, productId, gifts: count }) =>
    count > 0 ? giftId(id, productId) : [],
  );
  const used = some.flatMap(({ couponId }) => couponId ?? []);
  const members = new Set(lines.filter(({ plan }) => plan !== null).map(({ userId }) => userId));
  const waiting = new Set(some.filter(isOpen).map(({ userId }) => userId));

  const paid = byId(await many(reader, payments.collection, ids));
  const came = grouped(await listed(receipts.ofOrders(reader, ids)), orderOf);
  const back = grouped(await listed(refunds.ofOrders(reader, ids)), orderOf);
  const booked = grouped(await listed(journal.ofOrders(reader, ids)), orderOf);
  const access = byId(await many(reader, entitlements.collection, owned));
  const membership = byId(await many(reader, memberships.collection, [...members]));
  const gift = byId(await many(reader, gifts.collection, presents));
  const coupon = byId(await many(reader, coupons.collection, used));
  const held = byId(await many(reader, pointsHolds.collection, ids));
  const counted = byId(await many(reader, openOrders.collection, [...waiting]));
  return some.map((order) => ({
    order,
    payment: paid.get(order.id) ?? null,
    receipts: came(order.id),
    refunds: back(order.id),
    entries: booked(order.id),
    entitlements: order.lines.flatMap(
      ({ productId }) => access.get(entitlementId(order.userId, productId)) ?? [],
    ),
    membership: membership.get(order.userId) ?? null,
    gifts: order.lines.flatMap(({ productId }) => gift.get(giftId(order.id, productId)) ?? []),
    coupon: order.couponId === null ? null : (coupon.get(order.couponId) ?? null),
    hold: held.get(order.id) ?? null,
    counted: counted.get(order.userId)?.placed ?? [],
    now,
  }));
}

const orderRules: Rules<Order> = {
  collection: orders.collection,
  findings: async (reader, some, now) => {
    const sold = byId(
      await many(
        reader,
        sales.collection,
        some.flatMap(({ id, touch }) => (touch === null ? [] : id)),
      ),
    );
    const found = (await factsOf(reader, some, now)).flatMap(orderFindings);
    return [...found, ...some.flatMap((order) => saleFindings(order, sold.get(order.id) ?? null))];
  },
};

const receiptRules: Rules<Receipt> = {
  collection: receipts.collection,
  findings: async (reader, some, now) => {
    const known = byId(await many(reader, orders.collection, some.map(orderOf)));
    const lost = some.filter(({ kind }) => kind === 'lost').map(orderOf);
    const back = grouped(lost.length === 0 ? [] : await listed(refunds.ofOrders(reader, lost)), orderOf);
    const booked = grouped(lost.length === 0 ? [] : await listed(journal.ofOrders(reader, lost)), orderOf);
    return some.flatMap((receipt) => {
      const { orderId } = receipt;
      const order = known.get(orderId) ?? null;
      return receiptFindings(receipt, order, { refunds: back(orderId), entries: booked(orderId), now });
    });
  },
};

const grantRules: Rules<Entitlement> = {
  collection: entitlements.collection,
  findings: async (reader, some) => {
    const sources = some.flatMap(({ id, sources: own }) => own.map((source) => ({ id, ...source })));
    const bought = sources.filter(({ cause }) => cause === 'order').map(({ sourceId }) => sourceId);
    const given = sources.filter(({ cause }) => cause === 'staff');
    const entryIds = given.map(({ id, sourceId }) => grantEntryId(id, sourceId));
    const known = byId(await many(reader, orders.collection, bought));
    const written = byId(await many(reader, audit.collection, entryIds));
    const ids = some.map(({ id }) => id);
    const tried = byId(await many(reader, trials.collection, ids));
    return some.flatMap((has) => [
      ...grantFindings(has, known, new Set(written.keys())),
      ...trialFindings(has, tried.get(has.id) ?? null),
    ]);
  },
};

/** Finds trials that never gave access. */
const trialRules: Rules<Trial> = {
  collection: trials.collection,
  findings: async (reader, some) => {
    const ids = some.map(({ id }) => id);
    const known = byId(await many(reader, entitlements.collection, ids));
    return some.flatMap(({ id: about }): Finding[] =>
      known.has(about) ? [] : [{ rule: 'trial', about, story: '试学没有对应的权益' }],
    );
  },
};

const accountRules: Rules<PointsAccount> = {
  collection: points.accounts,
  findings: async (reader, some) => {
    const ledger = grouped(
      await listed(
        points.entriesOf(
          reader,
          some.map(({ id }) => id),
        ),
      ),
      ({ userId }) => userId,
    );
    return some.flatMap((account) => pointsFindings(account.id, account, ledger(account.id)));
  },
};

/** Finds users who have entries in the ledger but no account. */
const ledgerRules: Rules<PointsEntry> = {
  collection: points.entries,
  aboutOf: ({ userId }) => userId,
  findings: async (reader, some) => {
    const users = [...new Set(some.map(({ userId }) => userId))];
    const known = byId(await many(reader, points.accounts, users));
    const lost = users.filter((id) => !known.has(id));
    if (lost.length === 0) return [];
    const ledger = grouped(await listed(points.entriesOf(reader, lost)), ({ userId }) => userId);
    return lost.flatMap((id) => pointsFindings(id, null, ledger(id)));
  },
};

const stockRules: Rules<CouponTemplate> = {
  collection: couponTemplates.collection,
  findings: async (reader, some) => {
    const found: Finding[] = [];
    for (const template of some)
      found.push(...stockFindings(template, await couponStocks.ofTemplate(reader, template)));
    return found;
  },
};

const dropRules: Rules<Drop> = {
  collection: drops.collection,
  findings: async (reader, some) => {
    const found: Finding[] = [];
    for (const drop of some) {
      const template = await couponTemplates.find(reader, drop.templateId);
      const left = async () =>
        template === null ? 0 : leftOf(await couponStocks.ofTemplate(reader, template), drop.id);
      const leftBefore = await left();
      const claims = (await listed(drops.claimsOf(reader, drop.id))).length;
      found.push(...dropFindings(drop, { claims, leftBefore, leftAfter: await left() }));
    }
    return found;
  },
};

const placesRules: Rules<FlashSale> = {
  collection: flashSales.collection,
  findings: async (reader, some) => {
    const found: Finding[] = [];
    for (const sale of some) {
      const shards = await many(
        reader,
        flashSales.stocks,
        sale.items.flatMap((item) => stockIds(sale.id, item)),
      );
      found.push(...placesFindings(sale, shards));
    }
    return found;
  },
};

const progressRules: Rules<Progress> = {
  collection: progresses.collection,
  findings: async (reader, some) => {
    const ids = some.map(({ userId, productId }) => `${userId}:${productId}`);
    const known = byId(await many(reader, courseProgresses.collection, ids));
    return some.flatMap((each) =>
      progressFindings(each, known.get(`${each.userId}:${each.productId}`) ?? null),
    );
  },
};

const certificateRules: Rules<Certificate> = {
  collection: certificates.collection,
  findings: async (reader, some) => {
    const numbers = byId(
      await many(
        reader,
        certificates.numbers,
        some.map(({ number }) => number),
      ),
    );
    const known = byId(
      await many(
        reader,
        courseProgresses.collection,
        some.map(({ id }) => id),
      ),
    );
    return some.flatMap((each) =>
      certificateFindings(each, numbers.get(each.number) ?? null, known.get(each.id) ?? null),
    );
  },
};

const commentRules: Rules<Comment> = {
  collection: comments.collection,
  findings: async (reader, some) => {
    const threads = byId(
      await many(
        reader,
        threadCounts.collection,
        some.map(({ threadId }) => threadId),
      ),
    );
    const rated = some.flatMap((comment) => threadCounts.ratingIdOf(comment) ?? []);
    const known = byId(await many(reader, threadCounts.ratings, rated));
    return some.flatMap((comment) => {
      const ratingId = threadCounts.ratingIdOf(comment);
      const rating = ratingId === null ? null : (known.get(ratingId) ?? null);
      return commentFindings(comment, { thread: threads.get(comment.threadId) ?? null, rating });
    });
  },
};

/** Threads whose counts change while their comments are added up are for the next night. */
const threadRules: Rules<ThreadCount> = {
  collection: threadCounts.collection,
  findings: async (reader, some) => {
    const found: Finding[] = [];
    for (const thread of some) {
      const sums = await sumThread(reader, thread);
      const after = await reader.find(threadCounts.collection, thread.id);
      if (after?.updatedAtMs === thread.updatedAtMs) found.push(...threadFindings(thread, sums));
    }
    return found;
  },
};

/** Counts that change while their marks are added up are for the next night. */
function likesRules<M extends Doc & { readonly id: MarkTarget; readonly likes: number }>(
  collection: Collection<M>,
): Rules<M> {
  return {
    collection,
    findings: async (reader, some) => {
      const found: Finding[] = [];
      for (const marked of some) {
        const counted = await marks.countedOn(reader, marked.id);
        const after = await reader.find(collection, marked.id);
        if (after?.likes === marked.likes) found.push(...likesFindings(marked, counted));
      }
      return found;
    },
  };
}

/** Writers who write while their texts are read are for the next night. */
const writerRules: Rules<Writer> = {
  collection: writers.collection,
  findings: async (reader, some) => {
    const found: Finding[] = [];
    for (const writer of some) {
      const texts: Reviewed[] = [];
      const query = {
        index: 'ofUser',
        where: { userId: writer.id },
        order: 'ascending',
        limit: 200,
      } as const;
      for (const { collection, makesTrust } of Object.values(REVIEWED))
        if (makesTrust) texts.push(...(await listed(all(reader, collection, query))));
      const after = await reader.find(writers.collection, writer.id);
      if (after?.updatedAtMs === writer.updatedAtMs) found.push(...writerFindings(writer, texts));
    }
    return found;
  },
};

const messageRules: Rules<Message> = {
  collection: messages.collection,
  findings: async (reader, some, now) => {
    const ids = [...new Set(some.map(({ userId }) => userId))];
    const known = byId(await many(reader, inboxes.collection, ids));
    return some.flatMap((each) => messageFindings(each, known.get(each.userId) ?? null, now));
  },
};

const inboxRules: Rules<Inbox> = {
  collection: inboxes.collection,
  findings: async (_, some) => some.flatMap(inboxFindings),
};

const uploadRules: Rules<LearnerUpload> = {
  collection: uploads.collection,
  findings: async (reader, some) => {
    const users = new Map<string, UploadUser>();
    const usedAs = (kind: string) =>
      some.flatMap(({ usedBy }) => (usedBy?.startsWith(`${kind}:`) ? usedBy.slice(kind.length + 1) : []));
    for (const { id, userId, images } of await many(reader, feedbacks.collection, usedAs('feedback')))
      users.set(`feedback:${id}`, { userId, names: new Set(images) });
    for (const [kind, { collection }] of Object.entries(REVIEWED)) {
      for (const each of await many(reader, collection, usedAs(kind)))
        users.set(`${kind}:${each.id}`, { userId: each.userId, names: new Set(uploadsOf(each).keys()) });
    }
    return some.flatMap((each) => uploadFindings(each, users.get(each.usedBy ?? '') ?? null));
  },
};

/** What people wrote, of one kind: their files and their review. */
function writtenRules(kind: string, collection: Collection<Reviewed & Doc>): Rules<Reviewed & Doc> {
  const aboutOf = ({ id }: Doc) => `${kind}:${id}`;
  return {
    collection,
    aboutOf,
    findings: async (reader, some, now) => {
      const ids = some.flatMap((each) => [...uploadsOf(each).keys()]);
      const known = byId(await many(reader, uploads.collection, ids));
      const caseIds = some.flatMap((each) => caseIdsOf(aboutOf(each), each));
      const opened = await many(reader, cases.collection, caseIds);
      const openCases = new Set(opened.flatMap(({ id, state }) => (state === 'open' ? id : [])));
      const checkIds = some.flatMap((each) => checkIdsOf(aboutOf(each), each, now));
      const checks = byId(await many(reader, mediaChecks.collection, checkIds));
      return some.flatMap((each) => [
        ...writtenFindings(aboutOf(each), each, known),
        ...reviewFindings(aboutOf(each), each, { openCases, checks, now }),
      ]);
    },
  };
}

/**
 * The flags of what people wrote. A version that staff decided about is left out, because its flags are counted no
 * more. What is flagged while its flags are read is for the next night.
 */
function flagRules(kind: string, collection: Collection<Reviewed & Doc>): Rules<Reviewed & Doc> {
  return {
    collection,
    aboutOf: ({ id }) => `${kind}:${id}`,
    findings: async (reader, some) => {
      const found: Finding[] = [];
      for (const written of some) {
        const { publicVersion: version, keptVersion, flaggers } = written.review;
        if (version === null || version === keptVersion || flaggers === 0) continue;
        const target = `${kind}:${written.id}`;
        const weighty = await flags.weightyOf(reader, { target, version }, 2 * flaggers + 10);
        const after = await reader.find(collection, written.id);
        if (after?.review.flaggers !== flaggers) continue;
        const weights = weighty.map(({ weight }) => weight);
        found.push(...flagFindings(target, written, weights));
      }
      return found;
    },
  };
}

/** Shares whose counts change while what came of them is added up are for the next night. */
const shareRules: Rules<Share> = {
  collection: shares.collection,
  findings: async (reader, some) => {
    const found: Finding[] = [];
    for (const share of some) {
      const { id, token, parentToken } = share;
      const stored = await shares.findToken(reader, token);
      const above = parentToken === null ? null : await shares.findToken(reader, parentToken);
      const parent = above === null ? null : await shares.find(reader, shareIdOf(above));
      const come = await listed(visits.ofShare(reader, token));
      const facts = { stored, parent, visits: come, sales: await listed(sales.ofShare(reader, token)) };
      const after = await shares.find(reader, id);
      if (JSON.stringify(after) === JSON.stringify(share)) found.push(...shareFindings(share, facts));
    }
    return found;
  },
};

const articleRules: Rules<Article> = {
  collection: articles.collection,
  findings: async (_, some) => some.flatMap(articleFindings),
};

const feedbackRules: Rules<Feedback> = {
  collection: feedbacks.collection,
  findings: async (reader, some) => {
    const caseOf = ({ id }: Feedback) => `feedback_urgent:${id}`;
    const known = byId(await many(reader, cases.collection, some.map(caseOf)));
    const named = some.flatMap(({ images }) => images);
    const used = byId(await many(reader, uploads.collection, named));
    return some.flatMap((each) =>
      feedbackFindings(each, { known: known.get(caseOf(each)) ?? null, uploads: used }),
    );
  },
};

const groupNoteRules: Rules<GroupNote> = {
  collection: groupNotes.collection,
  findings: async (reader, some) => {
    const ids = some.map(({ groupId }) => groupId);
    const known = byId(await many(reader, groups.collection, ids));
    return some.flatMap((each) => groupNoteFindings(each, known.get(each.groupId) ?? null));
  },
};

const topicRules: Rules<Topic> = {
  collection: topics.collection,
  findings: async (reader, some) => {
    const found = async <D extends Doc>(collection: Collection<D>, ids: readonly string[]) =>
      byId(await many(reader, collection, ids));
    const known = await found(
      groups.collection,
      some.map(({ groupId }) => groupId),
    );
    const threads = await found(
      threadCounts.collection,
      some.map(({ id }) => `topic:${id}`),
    );
    const answers = await found(
      comments.collection,
      some.flatMap(({ acceptedCommentId }) => acceptedCommentId ?? []),
    );
    return some.flatMap((each) =>
      topicFindings(each, {
        group: known.get(each.groupId) ?? null,
        thread: threads.get(`topic:${each.id}`) ?? null,
        accepted: answers.get(each.acceptedCommentId ?? '') ?? null,
      }),
    );
  },
};

const questionRules: Rules<Question> = {
  collection: questions.collection,
  findings: async (reader, some, now) => {
    const ids = some.flatMap(({ orderId }) => orderId ?? []);
    const ordered = byId(await many(reader, orders.collection, ids));
    const booked = grouped(ids.length === 0 ? [] : await listed(journal.ofOrders(reader, ids)), orderOf);
    const back = grouped(ids.length === 0 ? [] : await listed(refunds.ofOrders(reader, ids)), orderOf);
    const answered = byId(
      await many(
        reader,
        answers.collection,
        some.map(({ id }) => id),
      ),
    );
    const found = await Promise.all(
      some.map(async (question) => {
        const { id, orderId, state } = question;
        const isCase = state === 'disputed' || state === 'returning';
        const about = isCase && orderId !== null ? await cases.ofOrder(reader, orderId) : [];
        return questionFindings(question, {
          ...{ order: orderId === null ? null : (ordered.get(orderId) ?? null), now },
          ...{
            entries: orderId === null ? [] : booked(orderId),
            refunds: orderId === null ? [] : back(orderId),
          },
          ...{ answer: answered.get(id) ?? null, hasCase: about.some((one) => one.state === 'open') },
        });
      }),
    );
    return found.flat();
  },
};

const taskRules: Rules<Task> = {
  collection: tasks.collection,
  findings: async (_, some, now) => some.flatMap((task) => taskFindings(task, now)),
};

/** Checks the tasks that have waited longest, in one step. */
const lateTasks: Step = async (reader, _, now) => {
  const before = timeMs(now - TASK_LATE_MS);
  const late = await tasks.longestWaiting(reader, before, TASKS_MAX);
  return { ...(await look(taskRules, late, reader, now)), nextCursor: null };
};

/** The parts of the look, in order. */
const parts = new Map<string, Step>([
  ['orders', part(orderRules)],
  ['receipts', part(receiptRules)],
  ['entitlements', part(grantRules)],
  ['trials', part(trialRules)],
  ['pointsAccounts', part(accountRules)],
  ['pointsEntries', part(ledgerRules)],
  ['couponTemplates', part(stockRules)],
  ['coupons', countIssued],
  ['drops', part(dropRules)],
  ['flashSales', part(placesRules)],
  ['progresses', part(progressRules)],
  ['certificates', part(certificateRules)],
  ['comments', part(commentRules)],
  ['threadCounts', part(threadRules)],
  ['likes:comments', part(likesRules(comments.collection))],
  ['likes:topics', part(likesRules(topics.collection))],
  ['writers', part(writerRules)],
  ['messages', part(messageRules)],
  ['inboxes', part(inboxRules)],
  ['uploads', part(uploadRules)],
  ...Object.entries(REVIEWED).map(
    ([kind, { collection }]) => [`written:${kind}`, part(writtenRules(kind, collection))] as const,
  ),
  ...Object.entries(REVIEWED).map(
    ([kind, { collection }]) => [`flags:${kind}`, part(flagRules(kind, collection))] as const,
  ),
  ['articles', part(articleRules)],
  ['shares', part(shareRules)],
  ['feedback', part(feedbackRules)],
  ['groupNotes', part(groupNoteRules)],
  ['topics', part(topicRules)],
  ['questions', part(questionRules)],
  ['tasks', lateTasks],
]);

/** Where a look begins. */
export const LOOK_BEGINNING: LookPlace = { part: 'orders', cursor: null };

/** Where the next part begins; null after the last part. For an unknown part it is the beginning of the look. */
export function nextPart({ part: before }: LookPlace): LookPlace | null {
  const names = [...parts.keys()];
  const next = names[names.indexOf(before) + 1];
  return next === undefined ? null : { part: next, cursor: null };
}

/**
 * One step of the look. The look checks each order with its money, refunds, books, access, coupon and points, and
 * whether it is counted as open; all money received; all access given by orders, by staff and on trial; each user's
 * points; each stock of coupons, and whether as many coupons exist as it has issued; drops; the flash sale seats;
 * progress and certificates; comments and their counts; likes and writers; messages and how many of them were sent;
 * uploads and what names them; reviews with their cases, checks and flags; articles; shares and what came of them;
 * questions, their money and what they wait for; and the tasks that have waited longest. When only another build knows
 * the place's part, the look begins again.
 */
export async function lookOn(reader: Reader, place: LookPlace, now: TimeMs): Promise<LookStep> {
  const step = parts.get(place.part);
  if (step === undefined) return { right: 0, findings: [], next: nextPart(place) };
  const { nextCursor, ...looked } = await step(reader, place.cursor, now);
  return { ...looked, next: nextCursor === null ? nextPart(place) : { ...place, cursor: nextCursor } };
}
