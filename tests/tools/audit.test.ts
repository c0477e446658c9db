import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimGift } from '../../functions/access/claimGift.ts';
import { redeemCode } from '../../functions/access/redeemCode.ts';
import { grantAccessTo } from '../../functions/admin/access/grantAccessTo.ts';
import { grantMembership } from '../../functions/admin/access/grantMembership.ts';
import { revokeAccessOf } from '../../functions/admin/access/revokeAccessOf.ts';
import { revokeMembership } from '../../functions/admin/access/revokeMembership.ts';
import { grantCouponTo } from '../../functions/admin/coupons/grantCouponTo.ts';
import { reconcile } from '../../functions/books/reconcile.ts';
import { receiveCoupon } from '../../functions/coupons/receiveCoupon.ts';
import { claimCertificate } from '../../functions/learning/claimCertificate.ts';
import { createNote } from '../../functions/learning/createNote.ts';
import { sweepTasks } from '../../functions/operations/sweepTasks.ts';
import { createOrder } from '../../functions/orders/createOrder.ts';
import { redeemPoints } from '../../functions/points/redeemPoints.ts';
import { flagContent } from '../../functions/review/flagContent.ts';
import { foldShares } from '../../functions/shares/foldShares.ts';
import { acceptComment } from '../../functions/talk/acceptComment.ts';
import { foldComments } from '../../functions/talk/foldComments.ts';
import { removeComment } from '../../functions/talk/removeComment.ts';
import { SIMULATED_TEMPLATES } from '../../local/simulators/wechat/templates.ts';
import { sqliteDatabase } from '../../shared/adapters/sqlite/database.ts';
import { AuditedStore } from '../../shared/commands/auditedStore.ts';
import { auditStore } from '../../shared/commands/auditStore.ts';
import { collections } from '../../shared/data/collections.ts';
import type { Doc } from '../../shared/ports/database.ts';
import { DAY_MS } from '../../shared/schemas/base.ts';
import type { ThreadId } from '../../shared/schemas/talk/thread.ts';
import { builtTool } from '../support/builtTool.ts';
import { givenArticle } from '../support/given/article.ts';
import { givenBatch } from '../support/given/codes.ts';
import { givenShown } from '../support/given/comment.ts';
import { givenTemplate } from '../support/given/coupon.ts';
import { givenCourse, givenProduct } from '../support/given/course.ts';
import { givenClaimed } from '../support/given/drop.ts';
import { givenBoughtGift } from '../support/given/gift.ts';
import { givenGroup } from '../support/given/group.ts';
import { givenAllowed } from '../support/given/inbox.ts';
import { givenFinished } from '../support/given/learning.ts';
import { type Buyer, givenCouponOf, givenOrder, newOrderId } from '../support/given/order.ts';
import { givenLateMoney, givenMoney, passMinutes } from '../support/given/payment.ts';
import { givenPoints } from '../support/given/points.ts';
import { givenSold } from '../support/given/products.ts';
import { givenNickname } from '../support/given/profile.ts';
import { givenSale } from '../support/given/promotion.ts';
import { givenAsker, givenExpert, givenOpen } from '../support/given/question.ts';
import { askBack, givenPaid } from '../support/given/refund.ts';
import { checksText, givenWritten } from '../support/given/review.ts';
import { givenShare, givenVisit } from '../support/given/share.ts';
import { givenStaff } from '../support/given/staff.ts';
import { givenStoredFile } from '../support/given/storedFile.ts';
import { givenMemberOf, givenShownTopic } from '../support/given/topic.ts';
import { givenTrial } from '../support/given/trial.ts';
import { givenPictured } from '../support/given/upload.ts';
import { givenWriter } from '../support/given/writer.ts';
import { createWorld, type World } from '../support/world.ts';

interface Raw {
  readonly collection: string;
  readonly doc: Doc;
}

/** Things obtained without paying money: a friend's gift, a code, a redemption of points, and a discount by points. */
async function given(world: World, alice: Buyer): Promise<void> {
  const bob = await world.login('bob');
  await world.call(claimGift, { token: (await givenBoughtGift(world, alice, 2)).token }, bob);
  await world.call(redeemCode, { code: (await givenBatch(world, 1)).codes[0] }, bob);
  await givenPoints(world, bob.userId, 500);
  const { id: productId } = await givenSold(world, 'media', { pointsPrice: 100 });
  await world.call(redeemPoints, { redemptionId: world.ports.ids.make('rdm'), productId }, bob);
  const lines = [{ productId: (await givenProduct(world)).id }];
  const asked = { orderId: newOrderId(world), lines, couponId: null, points: 400, shownFen: 9_500 };
  const { data } = await world.call(createOrder, asked, bob);
  await givenMoney(world, bob, data.order);
  await givenByStaff(world, bob);
  await givenTrial(world, bob);
  await givenClaimed(world, bob);
  const onSale = await givenProduct(world);
  await givenSale(world, [onSale.id]);
  await givenLearned(world, bob);
  await givenGrouped(world);
  await givenShared(world, bob);
  await givenOpen(world, await givenAsker(world), await givenExpert(world));
  const rushed = { orderId: newOrderId(world), lines: [{ productId: onSale.id }], couponId: null };
  const { order } = (await world.call(createOrder, { ...rushed, shownFen: 5_000 }, bob)).data;
  await givenMoney(world, bob, order);
}

/** Access and membership that staff gave somebody, and what they took back of it. */
/** A course that somebody has finished, with a note and a certificate; and a topic with a picture. */
async function givenLearned(world: World, learner: Buyer): Promise<void> {
  const { productId, trial } = await givenCourse(world);
  const given = { grantId: world.ports.ids.make('agr'), userId: learner.userId, productId };
  const asked = { ...given, access: { kind: 'forever' }, reason: '补偿' };
  await world.call(grantAccessTo, asked, await givenStaff(world, 'support'));
  await givenFinished(world, learner, productId);
  await world.call(claimCertificate, { id: productId, name: '张三' }, learner);
  const note = { id: world.ports.ids.make('nte'), lessonId: trial.id, second: 1, text: '重点' };
  await world.call(createNote, note, learner);
  await givenPictured(world, 'teacher');
}

/** Comments with stars and a reply, of which one was deleted. */
async function givenTalk(world: World): Promise<void> {
  const { productId } = await givenCourse(world);
  const [one, two] = [await givenWriter(world, 'one'), await givenWriter(world, 'two')];
  const given = { grantId: world.ports.ids.make('agr'), userId: one.userId, productId };
  const asked = { ...given, access: { kind: 'forever' }, reason: '补偿' };
  await world.call(grantAccessTo, asked, await givenStaff(world, 'support'));
  const { id } = await givenShown(world, one, `product:${productId}`, { stars: 5 });
  const reply = await givenShown(world, two, `product:${productId}`, { parentId: id });
  const gone = await givenShown(world, two, `product:${productId}`);
  await world.call(removeComment, { id: gone.id }, two);
  await world.run(foldComments);
  for (const each of [id, reply.id, gone.id])
    for (const consumer of ['rewardComment', 'tellReply'])
      await world.deliver(consumer, `comment.approved:${each}`);
}

/** A link by which somebody came, made a link too, and bought something. */
async function givenShared(world: World, sharer: Buyer): Promise<void> {
  const share = await givenShare(world, sharer);
  const friend = await world.login('friend');
  await givenVisit(world, friend, share);
  await givenShare(world, friend);
  await givenPaid(world, friend);
  await world.run(foldShares);
}

/** A group in which a question was asked and an answer accepted. */
async function givenGrouped(world: World): Promise<void> {
  const { id: groupId } = await givenGroup(world, { title: '问答小组' });
  const [asker, teller] = [
    await givenMemberOf(world, groupId, 'asker'),
    await givenMemberOf(world, groupId, 'teller'),
  ];
  const { id } = await givenShownTopic(world, asker, groupId, { kind: 'ask' });
  const { id: commentId } = await givenShown(world, teller, `topic:${id}`);
  await world.call(acceptComment, { id, commentId }, asker);
  await world.run(foldComments);
  for (const consumer of ['rewardComment', 'tellReply'])
    await world.deliver(consumer, `comment.approved:${commentId}`);
}

/** What waits for staff, what somebody flagged, a picture that passed, a draft and an article. */
async function givenReviewed(world: World): Promise<void> {
  const threadId = `product:${(await givenCourse(world)).productId}` as ThreadId;
  const one = await givenWriter(world, 'one');
  await checksText(world, await givenWritten(world, one, '这里存疑', { threadId }));
  const flagged = await givenShown(world, one, threadId, { body: '被举报的话' });
  await givenNickname(world, one, '小爱');
  const staff = await givenStaff(world, 'support');
  await world.call(flagContent, { target: `comment:${flagged.id}`, reason: 'abusive' }, staff);
  const image = await givenStoredFile(world, one, '一张照片');
  await checksText(world, await givenWritten(world, one, '看图', { threadId, images: [image] }));
  await givenArticle(world);
  await givenArticle(world, {}, 'draft');
}

async function givenByStaff(world: World, { userId }: Buyer): Promise<void> {
  const staff = await givenStaff(world, 'support');
  const reason = '补偿';
  const { id: templateId } = await givenTemplate(world);
  for (const mayExceedLimit of [false, true]) {
    const grantId = world.ports.ids.make('cgr');
    await world.call(grantCouponTo, { templateId, grantId, userId, mayExceedLimit, reason }, staff);
  }
  const { id: productId } = await givenSold(world, 'content');
  const access = { kind: 'days', days: 7 };
  for (const isTaken of [true, false]) {
    const sourceId = world.ports.ids.make('agr');
    await world.call(grantAccessTo, { grantId: sourceId, userId, productId, access, reason }, staff);
    if (isTaken) await world.call(revokeAccessOf, { userId, productId, sourceId, reason }, staff);
    const grantId = world.ports.ids.make('mgr');
    const given = { grantId, userId, scope: { kind: 'platform' }, length: { kind: 'days', days: 7 }, reason };
    await world.call(grantMembership, given, staff);
    if (isTaken) await world.call(revokeMembership, { userId, grantId, reason }, staff);
  }
}

/**
 * A day's trade: paid orders, one with a coupon, one refunded, late money that was refunded, a claimed coupon, what
 * staff gave, and the day's fees.
 */
async function traded(): Promise<Raw[]> {
  const world = await createWorld({ settings: { templates: SIMULATED_TEMPLATES } });
  try {
    const alice = await world.login('alice');
    await givenAllowed(world, alice, 'order', 2);
    const template = await givenTemplate(world);
    await world.call(receiveCoupon, { templateId: template.id }, { token: alice.token });
    for (const given of [{ coupon: await givenCouponOf(world, alice.userId) }, {}]) {
      await givenMoney(world, alice, await givenOrder(world, alice, given));
    }
    await givenLateMoney(world, alice);
    await given(world, alice);
    await givenTalk(world);
    await givenReviewed(world);
    const back = await givenPaid(world, alice);
    await askBack(world, alice, back, back.payableFen);
    await passMinutes(world, 15);
    world.clock.advance(DAY_MS);
    world.wechatPay.bills.planted = (lines) =>
      lines.map((line) => (line.refund === null ? { ...line, couponFen: 100 } : line));
    await world.run(reconcile);
    await world.drain();
    // WeChat's verdicts about pictures come some minutes after it was asked.
    await passMinutes(world, 5, sweepTasks);
    await world.run(foldComments);
    const found: Raw[] = [];
    for await (const { collection, id, doc } of world.ports.database.exportAll()) {
      found.push({ collection, doc: { ...Object(doc), id } });
    }
    return found;
  } finally {
    await world.close();
  }
}

function audited(store: readonly Raw[]) {
  const all = new AuditedStore();
  for (const raw of store) all.add(raw);
  return auditStore(all);
}

/** A document's content, to be changed without any rules. */
type Loose = Record<string, unknown>;
type Change = (doc: Loose) => Loose | null;

const has =
  (name: string, value: unknown) =>
  (doc: Loose): boolean =>
    doc[name] === value;

let store: Raw[];
beforeAll(async () => {
  store = await traded();
});

/** The store with the first matching document changed or removed. */
function spoiled(collection: string, isMeant: (doc: Loose) => boolean, change: Change): Raw[] {
  const at = store.findIndex((raw) => raw.collection === collection && isMeant({ ...raw.doc }));
  const raw = store[at];
  if (raw === undefined) throw new Error(`nothing in ${collection} to spoil`);
  const changed = change(structuredClone({ ...raw.doc }));
  const rest = store.filter((_, index) => index !== at);
  return changed === null ? rest : [...rest, { collection, doc: { ...changed, id: String(changed.id) } }];
}

const any = () => true;
/** The question that was answered, and the group that it is in. */
const isAsk = (doc: Loose) => doc.kind === 'ask';
const isOfAsk = (doc: Loose) => doc.title === '问答小组';
const gone: Change = () => null;
/** A case about a text that waits for staff. */
const isWaiting = (doc: Loose) => doc.kind === 'content_review' && doc.state === 'open';
const reviewOf = (doc: Loose): Loose => Object(doc.review);
const inState = (state: string) => (doc: Loose) => reviewOf(doc).state === state && !isFlagged(doc);
const isFlagged = (doc: Loose) => Number(reviewOf(doc).flagWeight) > 0;
const reviewed =
  (changes: Loose): Change =>
  (doc) => ({ ...doc, review: { ...reviewOf(doc), ...changes } });
const set =
  (changes: Loose): Change =>
  (doc) => ({ ...doc, ...changes });
const plus =
  (name: string, by: number): Change =>
  (doc) => ({ ...doc, [name]: Number(doc[name]) + by });
/** Replaces the lines of an entry, in the journal or in the ledger of points. */
const posted = (...lines: readonly (readonly [string, number])[]): Change => set({ lines, postings: lines });
const isPaid = has('state', 'paid');
/** The share by which somebody bought something. */
const isSold = (doc: Loose) => Number(doc.orders) > 0;
const hasPlace = (doc: Loose) => Object(Object(doc.lines)[0]).flashSaleId != null;

const planted: Readonly<Record<string, readonly [() => Raw[], string]>> = {
  'an order that is a fen cheaper than its lines': [
    () => spoiled('orders', isPaid, plus('payableFen', -1)),
    'price',
  ],
  'a list price that its lines do not have': [() => spoiled('orders', isPaid, plus('listFen', 1)), 'price'],
  'a paid order without money': [() => spoiled('receipts', has('kind', 'settled'), gone), 'money'],
  'money of another amount': [
    () => spoiled('receipts', has('kind', 'settled'), plus('amountFen', 1)),
    'money',
  ],
  'money for an order that is not paid': [() => spoiled('orders', isPaid, set({ state: 'closed' })), 'money'],
  'a payment that is closed, of an order that is paid': [
    () => spoiled('payments', has('state', 'success'), set({ state: 'closed' })),
    'payment',
  ],
  'a payment of another amount': [() => spoiled('payments', any, plus('amountFen', 1)), 'payment'],
  'an order that says more has gone back': [
    () => spoiled('orders', isPaid, set({ refundedFen: 1 })),
    'refunds',
  ],
  'an order that says more is on its way back': [
    () => spoiled('orders', isPaid, set({ refundingFen: 1 })),
    'refunds',
  ],
  'a refund of more than came': [() => spoiled('refunds', any, plus('refundFen', 1)), 'refunds'],
  'a refund of one line with more than was paid for it': [
    () => {
      const made: Raw[] = [];
      const isMeant = (doc: Loose) => isPaid(doc) && Number(doc.payableFen) > 0;
      const rest = spoiled('orders', isMeant, (order) => {
        const [line] = order.lines as readonly Loose[];
        const { id: orderId, payableFen: refundFen } = order;
        const lines = [{ productId: line?.productId, refundFen }];
        const words = { rail: 'wxpay', transactionId: null, reason: 'staff', state: 'success' };
        made.push({
          collection: 'refunds',
          doc: { id: 'rf_X', orderId, refundFen, lines, ...words } as never,
        });
        return { ...order, refundedFen: refundFen, lines: [{ ...line, paidFen: Number(refundFen) - 1 }] };
      });
      return [...rest, ...made];
    },
    'refunds',
  ],
  'a receipt that is not under its transaction': [
    () => spoiled('receipts', any, set({ id: 'wxpay:X' })),
    'receipt',
  ],
  'money of no order': [() => spoiled('receipts', any, set({ orderId: 'ord_X' })), 'receipt'],
  'late money that was kept': [() => spoiled('refunds', has('reason', 'late_payment'), gone), 'late'],
  'an entry that does not balance': [
    () => spoiled('journal', any, posted(['fees', 1], ['cash:wxpay', -2])),
    'journal',
  ],
  'an entry in parts of a fen': [
    () => spoiled('journal', any, posted(['fees', 0.5], ['cash:wxpay', -0.5])),
    'journal',
  ],
  'an order that was never booked': [() => spoiled('journal', has('cause', 'order_paid'), gone), 'books'],
  'a refund whose end was never booked': [
    () => spoiled('journal', has('cause', 'refund_succeeded'), gone),
    'books',
  ],
  'an entry of an order that there is not': [
    () => spoiled('journal', has('cause', 'order_paid'), set({ orderId: 'ord_X' })),
    'books',
  ],
  'an entry of no order': [
    () => spoiled('journal', has('cause', 'fees_charged'), set({ cause: 'order_paid' })),
    'books',
  ],
  'a paid order that gave nothing': [() => spoiled('entitlements', any, gone), 'access'],
  'access by an order that is not paid': [
    () => spoiled('orders', isPaid, set({ state: 'closed' })),
    'access',
  ],
  'access of somebody else': [() => spoiled('entitlements', any, set({ userId: 'usr_X' })), 'access'],
  'access that was taken back, and is used': [
    () => spoiled('orders', isPaid, (doc) => ({ ...doc, revoked: [Object(doc.lines)[0].productId] })),
    'access',
  ],
  'a line that was taken back, by no refund': [
    () => spoiled('orders', isPaid, (doc) => ({ ...doc, revoked: [Object(doc.lines)[0].productId] })),
    'refunds',
  ],
  'access that a refund took, and that is used': [
    () =>
      spoiled(
        'orders',
        (doc) => Object(doc.revoked).length > 0,
        (doc) => ({ ...doc, revoked: [] }),
      ),
    'refunds',
  ],
  'a refund of money that never came': [
    () => spoiled('refunds', has('reason', 'buyer'), set({ transactionId: '4200X' })),
    'refunds',
  ],
  'late money whose only refund was closed, and nobody knows': [
    () => spoiled('refunds', has('reason', 'late_payment'), set({ state: 'closed' })),
    'late',
  ],
  'an order without its payment': [() => spoiled('payments', has('state', 'success'), gone), 'payment'],
  'a payment by other money than came': [
    () => spoiled('payments', has('state', 'success'), set({ transactionId: '4200X' })),
    'payment',
  ],
  'fees that the bill does not say': [
    () => spoiled('journal', has('cause', 'fees_charged'), posted(['fees', 1], ['cash:wxpay', -1])),
    'fees',
  ],
  'coupons at a rail that the bill does not say': [
    () => spoiled('journal', has('cause', 'fees_charged'), posted(['disc:rail', 1], ['cash:wxpay', -1])),
    'fees',
  ],
  'fees that are something else': [
    () => spoiled('journal', has('cause', 'fees_charged'), posted(['loss:honoured', 1], ['cash:wxpay', -1])),
    'fees',
  ],
  'fees that were never booked': [() => spoiled('journal', has('cause', 'fees_charged'), gone), 'fees'],
  'a gift that its order never made': [() => spoiled('gifts', any, gone), 'gift'],
  'a gift for more friends than were paid for': [() => spoiled('gifts', any, plus('count', 1)), 'gift'],
  'a gift that was taken back, by no refund': [
    () => spoiled('gifts', any, set({ state: 'revoked' })),
    'gift',
  ],
  'a gift that a friend has and never claimed': [() => spoiled('gifts', any, set({ claims: [] })), 'access'],
  'a code that somebody used and whose batch knows nothing of it': [
    () => spoiled('redeemCodes', any, set({ userId: null })),
    'access',
  ],
  'a code that was used, and gave nothing': [
    () => spoiled('entitlements', (doc) => Object(doc.sources)[0].cause === 'code', gone),
    'access',
  ],
  'a coupon of a drop that nobody claimed': [() => spoiled('dropClaims', any, gone), 'drop'],
  'a claim whose coupon somebody else has': [
    () => spoiled('dropClaims', any, set({ couponId: 'cpn_of_nobody' })),
    'drop',
  ],
  'coupons that are set aside for a drop that is over': [
    () => spoiled('drops', any, set({ state: 'ended', claimedCount: 1 })),
    'drop',
  ],
  'money that is held for no question': [
    () => spoiled('questions', has('state', 'open'), plus('paidFen', 1)),
    'books',
  ],
  'a question that was paid and never opened': [
    () => spoiled('questions', has('state', 'open'), set({ orderId: null })),
    'question',
  ],
  'a question that is given back for ever': [
    () => spoiled('questions', has('state', 'open'), set({ state: 'returning', nextAtMs: null })),
    'question',
  ],
  'an answer that nobody checks': [
    () => spoiled('questions', has('state', 'open'), set({ state: 'answering', nextAtMs: null })),
    'question',
  ],
  'a trial that nobody started': [() => spoiled('trials', any, gone), 'access'],
  'a trial that lasts longer than its access': [() => spoiled('trials', any, plus('endsAtMs', 1)), 'access'],
  'points that paid for what nobody redeemed': [() => spoiled('redemptions', any, gone), 'points'],
  'cells that are counted twice': [() => spoiled('progresses', any, plus('cells', 1)), 'learned'],
  'a note that nobody counted': [() => spoiled('notes', any, gone), 'learned'],
  'a finished lesson that was never played': [
    () => spoiled('progresses', any, set({ playedAtMs: null })),
    'learned',
  ],
  'a finished lesson that does not count': [
    () => spoiled('courseProgresses', any, set({ finished: [] })),
    'learned',
  ],
  'a lesson that counts and was never opened': [() => spoiled('progresses', any, gone), 'learned'],
  'a certificate without a number': [() => spoiled('certificateNumbers', any, gone), 'certificate'],
  'a certificate of a course that is not finished': [
    () => spoiled('courseProgresses', any, set({ finishedAtMs: null })),
    'certificate',
  ],
  'a certificate of a course that was refunded': [
    () => spoiled('courseProgresses', any, set({ undoneAtMs: 1 })),
    'certificate',
  ],
  'a certificate that nobody revoked': [
    () => spoiled('certificates', any, set({ state: 'revoked' })),
    'certificate',
  ],
  'a comment that is shown and was never published': [
    () => spoiled('comments', has('isShown', true), set({ shown: null })),
    'comment',
  ],
  'a deleted comment whose words are there': [
    () =>
      spoiled('comments', has('isShown', false), (doc) => ({
        ...doc,
        newest: { ...Object(doc.newest), body: '还在' },
      })),
    'comment',
  ],
  'a reply that nobody counted': [
    () => spoiled('comments', has('replies', 1), set({ replies: 0 })),
    'comment',
  ],
  'a reply to nothing': [() => spoiled('comments', has('replies', 1), gone), 'comment'],
  'stars that somebody gives twice': [() => spoiled('ratings', any, set({ commentId: 'cmt_X' })), 'comment'],
  'stars that no comment gives': [
    () => spoiled('comments', has('stars', 5), set({ stars: null })),
    'comment',
  ],
  'a comment that its thread has not counted': [
    () => spoiled('threadCounts', any, plus('comments', 1)),
    'thread',
  ],
  'stars that nobody gave': [() => spoiled('threadCounts', any, set({ stars: [0, 0, 0, 0, 2] })), 'thread'],
  'a sent message that does not count': [
    () => spoiled('messages', has('state', 'skipped'), set({ state: 'sent', createdAtMs: 9e12 })),
    'message',
  ],
  'a message that counts as sent, and was not': [
    () => spoiled('messages', has('state', 'sent'), set({ state: 'failed' })),
    'message',
  ],
  'a message that is forgotten on its way': [
    () => spoiled('messages', has('state', 'skipped'), set({ state: 'waiting', nextAtMs: 1 })),
    'message',
  ],
  'a paid order that was told and is in no inbox': [
    () => spoiled('messages', (doc) => Object(doc.subject).kind === 'order_paid', gone),
    'message',
  ],
  'more messages allowed than were accepted': [
    () => spoiled('subscriptions', any, plus('left', 9)),
    'message',
  ],
  'fewer than no messages allowed': [() => spoiled('subscriptions', any, plus('left', -9)), 'message'],
  'four messages on a day': [
    () =>
      spoiled('inboxes', any, (doc) => ({
        ...doc,
        outside: Array.from({ length: 4 }, () => Object(doc.outside)[0]),
      })),
    'message',
  ],
  'two advertisements in a week': [
    () =>
      spoiled('inboxes', any, (doc) => ({
        ...doc,
        outside: [1, 2].map(() => ({ ...Object(doc.outside)[0], isMarketing: true })),
      })),
    'message',
  ],
  'something that waits for staff, and no case': [() => spoiled('cases', isWaiting, gone), 'review'],
  'something that waits for staff, and a case that is closed': [
    () => spoiled('cases', isWaiting, set({ state: 'closed' })),
    'review',
  ],
  'a name that did not pass': [
    () => spoiled('users', has('nickname', '小爱'), set({ nickname: '没有通过的名字' })),
    'profile',
  ],
  'a picture that did not pass': [
    () => spoiled('users', has('nickname', '小爱'), set({ avatarKey: 'ugc/usr/upl.png' })),
    'profile',
  ],
  'an appeal of which nobody knows': [
    () => spoiled('comments', inState('queued'), reviewed({ appealedVersion: 1 })),
    'review',
  ],
  'what flags hide, and nobody knows': [
    () => spoiled('comments', inState('public'), reviewed({ isHidden: true })),
    'review',
  ],
  'a sample that nobody looks at': [
    () => spoiled('comments', inState('public'), reviewed({ sampledVersion: 1 })),
    'review',
  ],
  'a case about what does not wait': [
    () => spoiled('comments', inState('queued'), reviewed({ state: 'rejected' })),
    'review',
  ],
  'a text that is public and that nothing let pass': [
    () => spoiled('comments', inState('public'), reviewed({ cause: 'submitted', by: 'author' })),
    'review',
  ],
  'a text that is public by a decision of nobody': [
    () => spoiled('comments', inState('public'), reviewed({ cause: 'staff' })),
    'review',
  ],
  'a text that is public in words that nobody checked': [
    () =>
      spoiled('comments', inState('public'), (doc) => ({
        ...doc,
        shown: { ...Object(doc.shown), body: '别的话' },
      })),
    'review',
  ],
  'a text that waits for the platform for ever': [
    () =>
      spoiled(
        'comments',
        inState('public'),
        reviewed({ state: 'checking', waitsFor: ['text'], sinceAtMs: 1 }),
      ),
    'review',
  ],
  'a check that waits for nothing': [
    () => spoiled('comments', inState('public'), reviewed({ state: 'checking' })),
    'review',
  ],
  'a picture that is shown and that nobody fetched': [
    () => spoiled('mediaChecks', (doc) => Object(doc.fetched).length > 0, set({ fetched: [] })),
    'review',
  ],
  'a flag that nobody counted': [() => spoiled('comments', isFlagged, reviewed({ flagWeight: 3 })), 'flags'],
  'a flag that nobody made': [() => spoiled('flags', any, gone), 'flags'],
  'a flag of somebody else': [() => spoiled('flags', any, set({ userId: 'usr_X' })), 'flags'],
  'a published article that says nothing': [
    () => spoiled('articles', has('state', 'published'), set({ blocks: [] })),
    'article',
  ],
  'a published article that never was': [
    () => spoiled('articles', has('state', 'published'), set({ publishedAtMs: null })),
    'article',
  ],
  'a draft that was public': [
    () => spoiled('articles', has('state', 'draft'), set({ publishedAtMs: 1 })),
    'article',
  ],
  'a visit that nobody made': [() => spoiled('visits', any, gone), 'share'],
  'a visit that says it is counted, and is not': [() => spoiled('visits', any, plus('days', 1)), 'share'],
  'a sale that its share has not counted': [() => spoiled('shares', isSold, plus('netFen', -1)), 'share'],
  'a token that leads to another share': [
    () => spoiled('shareTokens', any, set({ target: 'prd_X' })),
    'share',
  ],
  'a share without its token': [() => spoiled('shareTokens', any, gone), 'share'],
  'a share below one that is not there': [() => spoiled('shares', isSold, gone), 'share'],
  'a share at another depth': [() => spoiled('shares', any, plus('depth', 1)), 'share'],
  'a sale of more than is left of its order': [() => spoiled('sales', any, plus('netFen', 1)), 'sale'],
  'a sale of an order by no share': [
    () => spoiled('orders', (doc) => (doc.touch ?? null) !== null, set({ touch: null })),
    'sale',
  ],
  'an order by a share that is not noted there': [() => spoiled('sales', any, gone), 'sale'],
  'a like that nobody set': [() => spoiled('comments', inState('public'), plus('likes', 1)), 'likes'],
  'a text that its writer has not counted': [() => spoiled('writers', any, plus('published', 1)), 'writer'],
  'an upload that what it is used by does not name': [
    () => spoiled('topics', any, (doc) => ({ ...doc, newest: { ...Object(doc.newest), images: [] } })),
    'upload',
  ],
  'writing with an upload that is not there': [() => spoiled('uploads', any, gone), 'upload'],
  'writing with an upload of somebody else': [
    () => spoiled('uploads', any, set({ userId: 'usr_X' })),
    'upload',
  ],
  'an upload that is used, and ends': [() => spoiled('uploads', any, set({ endsAtMs: 1 })), 'upload'],
  'a group without the product it is of': [
    () => spoiled('groups', isOfAsk, set({ kind: 'course' })),
    'group',
  ],
  'a published group that never was': [
    () => spoiled('groups', isOfAsk, set({ publishedAtMs: null })),
    'group',
  ],
  'somebody who joined a group that is not there': [() => spoiled('groups', isOfAsk, gone), 'group'],
  'somebody who joined under another name': [
    () => spoiled('groupNotes', any, set({ userId: 'usr_other' })),
    'group',
  ],
  'a topic without its group': [() => spoiled('groups', isOfAsk, gone), 'topic'],
  'a topic that is shown against its review': [
    () => spoiled('topics', isAsk, set({ isShown: false })),
    'topic',
  ],
  'a deleted topic with its words': [
    () =>
      spoiled('topics', isAsk, (topic) => ({
        ...topic,
        review: { ...(topic.review as Loose), state: 'deleted', publicVersion: null, isHidden: false },
      })),
    'topic',
  ],
  'a comment on a topic that is counted twice': [() => spoiled('topics', isAsk, plus('replies', 1)), 'topic'],
  'an answer to what asks nothing': [() => spoiled('topics', isAsk, set({ kind: 'talk' })), 'topic'],
  'an answer that nobody gave': [
    () => spoiled('topics', isAsk, set({ acceptedCommentId: 'cmt_none' })),
    'topic',
  ],
  'a topic that was last written before it was public': [
    () => spoiled('topics', isAsk, set({ lastAtMs: 1 })),
    'topic',
  ],
  'places of a flash sale below zero': [() => spoiled('flashStocks', any, set({ remaining: -5 })), 'places'],
  'more places of a flash sale than there are': [
    () => spoiled('flashStocks', any, plus('remaining', 50)),
    'places',
  ],
  'places of a flash sale that nobody took': [() => spoiled('flashStocks', any, plus('taken', 7)), 'places'],
  'a place of a flash sale for an order that did not buy in it': [
    () =>
      spoiled('orders', hasPlace, (doc) => ({
        ...doc,
        lines: [{ ...Object(doc.lines)[0], flashSaleId: null }],
      })),
    'places',
  ],
  'more unpaid orders of one product than one buyer may leave': [
    () =>
      spoiled('orders', any, ({ lines, ...doc }) => {
        const [line] = Object(lines);
        return { ...doc, state: 'pending', lines: [line, line, line, line] };
      }),
    'open',
  ],
  'access by staff that no member of staff gave': [
    () => spoiled('audit', has('action', 'access.grant'), gone),
    'access',
  ],
  'membership by staff that no member of staff gave': [
    () => spoiled('audit', has('action', 'membership.grant'), gone),
    'access',
  ],
  'access that was taken back by nobody': [
    () => spoiled('audit', has('action', 'access.revoke'), gone),
    'access',
  ],
  'membership that was taken back by nobody': [
    () => spoiled('audit', has('action', 'membership.revoke'), gone),
    'access',
  ],
  'points that bought something nobody redeemed': [() => spoiled('redemptions', any, gone), 'access'],
  'what points bought, and nobody has': [
    () => spoiled('entitlements', (doc) => Object(doc.sources)[0].cause === 'points', gone),
    'access',
  ],
  'points that a paid order still holds': [
    () => spoiled('pointsHolds', any, set({ state: 'held' })),
    'points',
  ],
  'points that a paid order gave back': [
    () => spoiled('pointsHolds', any, set({ state: 'released' })),
    'points',
  ],
  'a coupon that was used and can be used again': [
    () => spoiled('coupons', has('state', 'used'), set({ state: 'available', orderId: null })),
    'coupon',
  ],
  'a coupon that is locked by an order that is paid': [
    () => spoiled('coupons', has('state', 'used'), set({ state: 'locked' })),
    'coupon',
  ],
  'a coupon that somebody else used': [
    () => spoiled('coupons', has('state', 'used'), set({ userId: 'usr_X' })),
    'coupon',
  ],
  'a coupon that staff gave, and nobody has': [
    () => spoiled('couponGrants', any, set({ couponId: 'cpn_X' })),
    'coupon',
  ],
  'a coupon beyond the limit that no member of staff gave': [
    () => spoiled('couponGrants', has('isOverLimit', true), gone),
    'stock',
  ],
  'a stock that lost a coupon': [() => spoiled('couponStocks', any, plus('remaining', -1)), 'stock'],
  'a coupon that was issued and is not there': [
    () => spoiled('couponStocks', has('issued', 1), plus('issued', 1)),
    'stock',
  ],
  'points that the ledger has not': [() => spoiled('pointsAccounts', any, plus('available', 1)), 'points'],
  'points that are in no lot': [() => spoiled('pointsAccounts', any, set({ lots: [] })), 'points'],
  'points that no order holds': [() => spoiled('pointsAccounts', any, plus('held', 1)), 'points'],
  'a ledger with an entry less': [() => spoiled('pointsEntries', any, gone), 'points'],
  'an entry of the ledger that does not balance': [
    () => spoiled('pointsEntries', any, posted(['available', 1], ['issued', -2])),
    'points',
  ],
  'a task that nobody does': [
    () => spoiled('tasks', any, set({ state: 'pending', dueFirstAtMs: 0 })),
    'task',
  ],
  'a task that was given up': [() => spoiled('tasks', any, set({ state: 'dead' })), 'task'],
  'an order that is still open': [
    () => spoiled('orders', has('state', 'closed'), set({ state: 'pending', expiresAtMs: 0 })),
    'stuck',
  ],
  'what is no order at all': [() => spoiled('orders', isPaid, set({ lines: null })), 'shape'],
};

describe('the audit', () => {
  test('finds nothing in a day of trade, and says what stands in the books', () => {
    const { findings, balances, documents } = audited(store);
    expect(findings).toEqual([]);
    expect(balances).toMatchObject({ 'payable:late': 0, 'payable:refund': 0, 'disc:coupon': 1_000 });
    expect(Object.values(balances).reduce((sum, fen) => sum + fen, 0)).toBe(0);
    expect(documents).toMatchObject({ orders: 9, receipts: 9, refunds: 2, gifts: 1, redemptions: 1 });
  });

  test.each(Object.keys(planted))('finds %s', (name) => {
    const [plant, rule] = planted[name] ?? [() => [], ''];
    expect(audited(plant()).findings.map((finding) => finding.rule)).toContain(rule);
  });

  test('shares no code with the product: not its rules, not its shapes', () => {
    // What fetches the documents may be the product's: an engine, or the unit that runs commands.
    for (const name of ['auditedStore', 'auditStore', 'auditShares']) {
      const file = `shared/commands/${name}.ts`;
      const named = [...readFileSync(file, 'utf8').matchAll(/from '([^']+)'|import\('([^']+)'\)/g)].map(
        ([, from, lazily]) => from ?? lazily,
      );
      expect(
        named.filter((from) => from?.startsWith('.') && !/^\.\/audit(edStore|Store|Shares)\.ts$/.test(from)),
      ).toEqual([]);
    }
  });
});

describe('the command', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'zhike-audit-'));
    const database = sqliteDatabase({ path: join(folder, 'zhike.db'), collections, random: () => 0 });
    for (const { collection, doc } of store) {
      const own = collections.find(({ name }) => name === collection);
      if (own !== undefined) await database.tx((tx) => tx.insert(own, doc));
    }
    await database.close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = builtTool('audit');
  const audit = (...args: readonly string[]) => run(args);

  test('reads a data folder, changes nothing in it, and ends with 0 when all is right', () => {
    const before = readFileSync(join(folder, 'zhike.db'));
    const { status, stdout, stderr } = audit('--data', folder);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/, 0 findings\n$/);
    expect(readFileSync(join(folder, 'zhike.db'))).toEqual(before);
  });

  test('says as JSON what is wrong, and ends with 1', async () => {
    const database = sqliteDatabase({ path: join(folder, 'zhike.db'), collections, random: () => 0 });
    const own = collections.find(({ name }) => name === 'receipts');
    const receipt = store.find(({ collection }) => collection === 'receipts')?.doc.id;
    if (own === undefined || receipt === undefined) throw new Error('there is no receipt');
    await database.tx((tx) => tx.remove(own, receipt));
    await database.close();
    const { status, stdout } = audit('--data', folder, '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout).findings).not.toEqual([]);
  });

  test('does not make a store where there is none', () => {
    const { status, stderr } = audit('--data', join(folder, 'elsewhere'));
    expect([status, stderr]).toEqual([2, `there is no ${join(folder, 'elsewhere', 'zhike.db')}\n`]);
  });
});
