import { receiveCoupon } from '../../../functions/coupons/receiveCoupon.ts';
import { useCoupon } from '../../../functions/coupons/useCoupon.ts';
import { claimCertificate } from '../../../functions/learning/claimCertificate.ts';
import { checkInvariants } from '../../../functions/operations/checkInvariants.ts';
import { sweepTasks } from '../../../functions/operations/sweepTasks.ts';
import { cancelOrder } from '../../../functions/orders/cancelOrder.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { syncPayments } from '../../../functions/payments/syncPayments.ts';
import { flagContent } from '../../../functions/review/flagContent.ts';
import { foldMarks } from '../../../functions/review/foldMarks.ts';
import { setMark } from '../../../functions/review/setMark.ts';
import { unsetMark } from '../../../functions/review/unsetMark.ts';
import { foldShares } from '../../../functions/shares/foldShares.ts';
import { acceptComment } from '../../../functions/talk/acceptComment.ts';
import { foldComments } from '../../../functions/talk/foldComments.ts';
import { SIMULATED_TEMPLATES } from '../../../local/simulators/wechat/templates.ts';
import * as entitlements from '../../../shared/data/access/entitlements.ts';
import * as gifts from '../../../shared/data/access/gifts.ts';
import * as trials from '../../../shared/data/access/trials.ts';
import * as journal from '../../../shared/data/books/journal.ts';
import * as couponStocks from '../../../shared/data/coupons/couponStocks.ts';
import * as coupons from '../../../shared/data/coupons/coupons.ts';
import * as couponTemplates from '../../../shared/data/coupons/couponTemplates.ts';
import * as inboxes from '../../../shared/data/inbox/inboxes.ts';
import * as messages from '../../../shared/data/inbox/messages.ts';
import * as certificates from '../../../shared/data/learning/certificates.ts';
import * as courseProgresses from '../../../shared/data/learning/courseProgresses.ts';
import * as progresses from '../../../shared/data/learning/progresses.ts';
import * as cases from '../../../shared/data/operations/cases.ts';
import * as looks from '../../../shared/data/operations/looks.ts';
import * as openOrders from '../../../shared/data/orders/openOrders.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import * as payments from '../../../shared/data/payments/payments.ts';
import * as receipts from '../../../shared/data/payments/receipts.ts';
import * as points from '../../../shared/data/points/points.ts';
import * as pointsHolds from '../../../shared/data/points/pointsHolds.ts';
import * as flashSales from '../../../shared/data/pricing/flashSales.ts';
import * as questions from '../../../shared/data/questions/questions.ts';
import * as refunds from '../../../shared/data/refunds/refunds.ts';
import * as mediaChecks from '../../../shared/data/review/mediaChecks.ts';
import * as uploads from '../../../shared/data/review/uploads.ts';
import * as writers from '../../../shared/data/review/writers.ts';
import * as sales from '../../../shared/data/shares/sales.ts';
import * as shares from '../../../shared/data/shares/shares.ts';
import * as articles from '../../../shared/data/talk/articles.ts';
import * as comments from '../../../shared/data/talk/comments.ts';
import * as drops from '../../../shared/data/talk/drops.ts';
import * as groups from '../../../shared/data/talk/groups.ts';
import * as threadCounts from '../../../shared/data/talk/threadCounts.ts';
import * as topics from '../../../shared/data/talk/topics.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { couponId } from '../../../shared/domain/coupons/couponTemplate.ts';
import { dayAfter, dayOf, dayStartMs } from '../../../shared/domain/day.ts';
import { fail } from '../../../shared/errors.ts';
import type { Collection, Doc } from '../../../shared/ports/database.ts';
import {
  DAY_MS,
  fen,
  GroupId,
  HOUR_MS,
  type LessonId,
  MINUTE_MS,
  timeMs,
  UserId,
} from '../../../shared/schemas/base.ts';
import type { JournalEntry } from '../../../shared/schemas/books/journal.ts';
import type { CouponStock } from '../../../shared/schemas/coupons/coupon.ts';
import type { Case } from '../../../shared/schemas/operations/case.ts';
import type { OrderView } from '../../../shared/schemas/orders/order.ts';
import type { Refund, RefundLine } from '../../../shared/schemas/refunds/refund.ts';
import type { LearnerUpload } from '../../../shared/schemas/review/learnerUpload.ts';
import type { Review, ReviewPart } from '../../../shared/schemas/review/review.ts';
import type { Share } from '../../../shared/schemas/shares/share.ts';
import type { Topic } from '../../../shared/schemas/talk/topic.ts';
import { audited } from '../../support/audited.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenArticle } from '../../support/given/article.ts';
import { givenShown, storedComment } from '../../support/given/comment.ts';
import { givenTemplate } from '../../support/given/coupon.ts';
import { givenCourse, givenProduct } from '../../support/given/course.ts';
import { givenClaimed } from '../../support/given/drop.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { exported } from '../../support/given/export.ts';
import { givenBoughtGift } from '../../support/given/gift.ts';
import { givenGroup } from '../../support/given/group.ts';
import { givenAllowed, givenMessage } from '../../support/given/inbox.ts';
import { givenFinished } from '../../support/given/learning.ts';
import {
  type Buyer,
  givenCouponOf,
  givenOrder,
  newOrderId,
  orderFor,
  storedIn,
} from '../../support/given/order.ts';
import { givenLateMoney, givenMoney, loseNotices, passMinutes } from '../../support/given/payment.ts';
import { givenPoints } from '../../support/given/points.ts';
import { givenSale } from '../../support/given/promotion.ts';
import { givenAsker, givenExpert, givenOpen } from '../../support/given/question.ts';
import { askBack, givenPaid } from '../../support/given/refund.ts';
import { givenWritten as givenPictureWritten } from '../../support/given/review.ts';
import { givenShare, givenVisit } from '../../support/given/share.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { givenStoredFile } from '../../support/given/storedFile.ts';
import { givenMemberOf, givenShownTopic, storedTopic } from '../../support/given/topic.ts';
import { givenTrial } from '../../support/given/trial.ts';
import { givenPictured, givenUpload } from '../../support/given/upload.ts';
import { givenWriter } from '../../support/given/writer.ts';
import { nightlyFindings } from '../../support/nightlyFindings.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(checkInvariants, () => {
  let world: World;
  let alice: Buyer;
  let paid: OrderView;

  /** A paid order with a coupon, late money that was refunded, and a claimed coupon of a published stock. */
  beforeEach(async () => {
    world = await createWorld({ settings: { templates: SIMULATED_TEMPLATES } });
    alice = await world.login('alice');
    const template = await givenTemplate(world);
    await world.call(receiveCoupon, { templateId: template.id }, { token: alice.token });
    paid = await givenOrder(world, alice, { coupon: await givenCouponOf(world, alice.userId) });
    await givenMoney(world, alice, paid);
    await givenLateMoney(world, alice);
    await passMinutes(world, 15);
  });
  afterEach(() => world.close());

  const all = async <D extends Doc>(collection: Collection<D>): Promise<D[]> => {
    const found: D[] = [];
    for await (const each of world.ports.database.exportAll()) {
      if (each.collection === collection.name) found.push(collection.schema.parse(each.doc));
    }
    return found;
  };

  /** Changes a stored document behind the product's back: the first one that matches. */
  async function spoil<D extends Doc>(
    collection: Collection<D>,
    change: (doc: D) => D | null,
    isMeant: (doc: D) => boolean = () => true,
  ): Promise<void> {
    const doc = (await all(collection)).find(isMeant);
    if (doc === undefined) throw new Error(`nothing in ${collection.name} to spoil`);
    const changed = change(doc);
    await world.ports.database.tx(async (tx) => {
      if (changed === null) await tx.remove(collection, doc.id);
      else await tx.update(collection, changed);
    });
  }

  /** What a whole look finds, as if it were another night. */
  async function found(): Promise<string[]> {
    await world.ports.database.tx(async (tx) => {
      if ((await looks.find(tx)) !== null) await tx.remove(looks.collection, 'invariants');
    });
    await world.run(checkInvariants);
    const asked = { state: 'open', kind: 'invariant', limit: 50, cursor: null } as const;
    const opened = (await cases.list(world.ports.database, asked)).items;
    return [...new Set(opened.map(({ id }) => id.split(':')[1] ?? ''))].sort();
  }

  /** Forgets the cases that looks have opened. */
  async function closeFound(): Promise<void> {
    for (const { id } of await all(cases.collection))
      if (id.startsWith('invariant:')) await world.ports.database.tx((tx) => tx.remove(cases.collection, id));
  }

  test('finds nothing in a store that is as it should be, and changes nothing', async () => {
    const before = await storedIn(world, 'orders', 'cases', 'journal', 'coupons', 'pointsAccounts');
    expect(await world.run(checkInvariants)).not.toHaveProperty(['check.wrong']);
    expect(await storedIn(world, 'orders', 'cases', 'journal', 'coupons', 'pointsAccounts')).toEqual(before);
  });

  test('an order that a coupon left without points to hold is as it should be', async () => {
    await givenPoints(world, alice.userId, 5_000);
    const asked = { ...orderFor(world, [await givenProduct(world)]), points: 4_950, shownFen: 4_950 };
    await world.call(createOrder, asked, { token: alice.token });
    const couponId = await givenCouponOf(world, alice.userId, {
      rule: { kind: 'fixed', offFen: fen(9_899) },
    });
    const used = { orderId: asked.orderId, couponId: couponId.id, shownFen: 1 };
    expect((await world.call(useCoupon, used, { token: alice.token })).status).toBe(200);
    expect(await found()).toEqual([]);
    expect((await audited(world.ports.database)).findings).toEqual([]);
  });

  test('money that was heard of late gets its time, too', async () => {
    await world.drain();
    loseNotices(world);
    const late = await givenOrder(world, alice);
    await givenMoney(world, alice, late);
    world.clock.advance(12 * MINUTE_MS);
    world.bus.faults.loss = 1;
    expect(await world.run(syncPayments)).toMatchObject({ 'payment.success': 1 });
    expect(await found()).toEqual([]);
    expect((await audited(world.ports.database)).findings).toEqual([]);
    world.clock.advance(11 * MINUTE_MS);
    expect(await found()).toContain('access');
  });

  test('what is still wrong after staff closed its case is open again', async () => {
    await spoil(entitlements.collection, () => null);
    expect(await found()).toEqual(['access']);
    const [opened] = await all(cases.collection);
    if (opened === undefined) throw new Error('no case');
    const closed = { state: 'closed', closedAtMs: world.clock.now(), resolution: '已处理' } as const;
    await world.ports.database.tx((tx) => cases.save(tx, opened, { ...opened, ...closed }));
    expect(await found()).toEqual(['access']);
    expect(await all(cases.collection)).toMatchObject([{ id: opened.id, state: 'open', resolution: null }]);
  });

  /** Moves coupons of a shard from what is left to what was issued. */
  const move = (count: number) => (shard: CouponStock) => ({
    ...shard,
    remaining: shard.remaining - count,
    issued: shard.issued + count,
  });
  const isPaid = ({ state }: { readonly state: string }) => state === 'paid';
  const isSuccess = ({ state }: { readonly state: string }) => state === 'success';

  const spoilt: Readonly<Record<string, readonly [() => Promise<void>, readonly string[]]>> = {
    'a line that was paid with a fen less than it says': [
      () =>
        spoil(
          orders.collection,
          (order) => ({
            ...order,
            lines: order.lines.map((line) => ({ ...line, paidFen: fen(line.paidFen - 1) })),
          }),
          isPaid,
        ),
      ['price'],
    ],
    'a paid order without its money': [
      () =>
        spoil(
          receipts.collection,
          () => null,
          ({ kind }) => kind === 'settled',
        ),
      ['books', 'money', 'payment'],
    ],
    'money of another amount': [
      () =>
        spoil(
          receipts.collection,
          (receipt) => ({ ...receipt, amountFen: fen(1) }),
          ({ kind }) => kind === 'settled',
        ),
      ['books', 'money'],
    ],
    'an order that says more has gone back than did': [
      () => spoil(orders.collection, (order) => ({ ...order, refundedFen: fen(1) }), isPaid),
      ['refunds'],
    ],
    'late money without a refund': [() => spoil(refunds.collection, () => null), ['books', 'late']],
    'an entry that is missing in the journal': [
      () =>
        spoil(
          journal.collection,
          () => null,
          ({ cause }) => cause === 'order_paid',
        ),
      ['books'],
    ],
    'a refund that the books do not know the end of': [
      () =>
        spoil(
          journal.collection,
          () => null,
          ({ cause }) => cause === 'refund_succeeded',
        ),
      ['books'],
    ],
    'a paid order that gave nothing': [() => spoil(entitlements.collection, () => null), ['access']],
    'access that was taken back from who has paid': [
      () =>
        spoil(entitlements.collection, (doc) => ({
          ...doc,
          sources: doc.sources.map((source) => ({ ...source, state: 'revoked' as const })),
        })),
      ['access'],
    ],
    'access by an order that gave none': [
      () =>
        spoil(entitlements.collection, (doc) => {
          const sourceId = world.ports.ids.make('ord');
          return {
            ...doc,
            sources: [...doc.sources, ...doc.sources.map((source) => ({ ...source, sourceId }))],
          };
        }),
      ['grant'],
    ],
    'access by staff that no member of staff gave': [
      () =>
        spoil(entitlements.collection, (doc) => {
          const [source] = doc.sources;
          if (source === undefined) throw new Error('no source');
          const sourceId = world.ports.ids.make('agr');
          return { ...doc, sources: [...doc.sources, { ...source, sourceId, cause: 'staff' as const }] };
        }),
      ['grant'],
    ],
    'a coupon of a drop that nobody claimed': [
      async () => {
        await givenClaimed(world, alice);
        await spoil(drops.claims, () => null);
      },
      ['drop'],
    ],
    'coupons that are set aside for a drop that is over': [
      async () => {
        await givenClaimed(world, alice);
        await spoil(drops.collection, (drop) => ({ ...drop, state: 'ended' as const, claimedCount: 1 }));
      },
      ['drop'],
    ],
    'a coupon that is set aside and was never made': [
      async () => {
        const { id } = await givenClaimed(world, alice);
        const more = (held: CouponStock['held']) => ({ ...held, [id]: (held[id] ?? 0) + 1 });
        await spoil(
          couponStocks.collection,
          (shard) => ({ ...shard, held: more(shard.held) }),
          ({ held }) => held[id] !== undefined,
        );
      },
      ['drop', 'stock'],
    ],
    'money that is held for no question': [
      async () => {
        await givenOpen(world, await givenAsker(world), await givenExpert(world));
        await spoil(questions.collection, (question) => ({ ...question, backFen: fen(1) }));
      },
      ['question'],
    ],
    'a share that nobody owes': [
      async () => {
        await givenOpen(world, await givenAsker(world), await givenExpert(world));
        const settledAtMs = world.clock.now();
        const end = { state: 'settled', settledAtMs, nextAtMs: null } as const;
        await spoil(questions.collection, (question) => ({ ...question, ...end, backFen: question.paidFen }));
        await spoil(
          journal.collection,
          (entry): JournalEntry => ({
            ...entry,
            lines: [
              ['cost:payee', 1],
              ['payable:payee', -1],
            ],
          }),
          ({ cause }) => cause === 'question_held',
        );
      },
      ['question'],
    ],
    'a disputed question without a case': [
      async () => {
        await givenOpen(world, await givenAsker(world), await givenExpert(world));
        await spoil(questions.collection, (question) => ({ ...question, state: 'disputed' as const }));
        world.clock.advance(HOUR_MS);
      },
      ['question'],
    ],
    'a trial that nobody started': [
      async () => {
        await givenTrial(world, alice);
        await spoil(trials.collection, () => null);
      },
      ['trial'],
    ],
    'a trial that gave nothing': [
      async () => {
        const { productId } = await givenTrial(world, alice);
        await spoil(
          entitlements.collection,
          () => null,
          (doc) => doc.productId === productId,
        );
      },
      ['trial'],
    ],
    'a trial that lasts longer than its access': [
      async () => {
        await givenTrial(world, alice);
        await spoil(trials.collection, (trial) => ({ ...trial, endsAtMs: timeMs(trial.endsAtMs + 1) }));
      },
      ['trial'],
    ],
    'a payment by other money than came': [
      () => spoil(payments.collection, (doc) => ({ ...doc, transactionId: '4200X' }), isSuccess),
      ['payment'],
    ],
    'a paid order without its payment': [
      () => spoil(payments.collection, () => null, isSuccess),
      ['payment'],
    ],
    'a line that no refund took back': [
      () =>
        spoil(
          orders.collection,
          (order) => ({ ...order, revoked: order.lines.map(({ productId }) => productId) }),
          isPaid,
        ),
      ['access', 'refunds'],
    ],
    'money of an order that is gone': [
      () =>
        spoil(
          orders.collection,
          () => null,
          ({ state }) => state === 'closed',
        ),
      ['receipt'],
    ],
    'late money that is booked as credit, and went back all the same': [
      () =>
        spoil(
          journal.collection,
          (entry) => ({
            ...entry,
            lines: entry.lines.map(([name, amountFen]): (typeof entry.lines)[number] => [
              name === 'payable:late' ? 'liab:credit' : name,
              amountFen,
            ]),
          }),
          ({ cause }) => cause === 'money_late',
        ),
      ['books'],
    ],
    'a used coupon that can be used again': [
      () =>
        spoil(
          coupons.collection,
          (coupon) => ({ ...coupon, state: 'available' as const, orderId: null }),
          ({ state }) => state === 'used',
        ),
      ['coupon'],
    ],
    'points that are not in the ledger': [
      () =>
        spoil(
          points.accounts,
          (account) => ({ ...account, available: account.available + 1 }),
          ({ available }) => available > 0,
        ),
      ['points'],
    ],
    'a ledger with an entry less': [() => spoil(points.entries, () => null), ['points']],
    'a stock with a coupon more': [
      () => spoil(couponStocks.collection, (shard) => ({ ...shard, remaining: shard.remaining + 1 })),
      ['stock'],
    ],
    'a stock that issued a coupon less than there are': [
      () => spoil(couponStocks.collection, move(-1), ({ issued }) => issued > 0),
      ['issued'],
    ],
    'a stock that issued a coupon more than there are': [
      () => spoil(couponStocks.collection, move(1)),
      ['issued'],
    ],
    'a task that nobody does': [
      () =>
        spoil(tasks.collection, (task) => ({
          ...task,
          state: 'pending' as const,
          dueFirstAtMs: timeMs(task.createdAtMs - 2 * HOUR_MS),
        })),
      ['task'],
    ],
    'an open order that is not counted': [
      async () => {
        await givenOrder(world, alice);
        await spoil(openOrders.collection, (doc) => ({ ...doc, placed: [] }));
      },
      ['open'],
    ],
  };

  test('finds a refund of a line with more than was paid for it', async () => {
    const dear = await givenProduct(world, { listFen: fen(6_000) });
    const cheap = await givenProduct(world, { listFen: fen(4_000) });
    const order = await givenPaid(world, alice, [dear, cheap]);
    await askBack(world, alice, order, 6_000, { productIds: [dear.id] });
    await passMinutes(world, 3, syncPayments);
    expect(await found()).toEqual([]);
    const isOurs = (refund: Refund) => refund.orderId === order.id;
    const swap = (line: RefundLine) => ({ ...line, productId: cheap.id });
    await spoil(refunds.collection, (doc) => ({ ...doc, lines: doc.lines.map(swap) }), isOurs);
    expect(await found()).toContain('refunds');
  });

  test('finds a gift that is not as its order says', async () => {
    await givenBoughtGift(world, alice, 2);
    await passMinutes(world, 15);
    expect(await found()).toEqual([]);
    await spoil(gifts.collection, (gift) => ({ ...gift, state: 'revoked' as const }));
    expect(await found()).toEqual(['gift']);
    await spoil(gifts.collection, () => null);
    expect(await found()).toEqual(['gift']);
  });

  test('counts a template’s coupons over several steps, and those given meanwhile', async () => {
    const template = await givenTemplate(world, { stock: 1_000 });
    const claim = async (name: string) =>
      world.call(receiveCoupon, { templateId: template.id }, await world.login(name));
    const counted = async () => {
      const findings = await nightlyFindings(world.ports.database, world.clock.now());
      return findings.map(({ story }) => story);
    };
    await claim('bob');
    const [one] = (await all(coupons.collection)).filter(({ templateId }) => templateId === template.id);
    if (one === undefined) throw new Error('no coupon');
    const many = Array.from({ length: 1_100 }, () => {
      const userId = UserId.parse(world.ports.ids.make('usr'));
      return { ...one, id: couponId(template.id, userId, 1), userId };
    });
    for (let from = 0; from < many.length; from += 50)
      await world.ports.database.tx(async (tx) => {
        for (const coupon of many.slice(from, from + 50)) await coupons.insert(tx, coupon);
      });
    expect(await counted()).toEqual(['已发放 1 张，实有 1101 张']);
    const isIts = ({ templateId }: CouponStock) => templateId === template.id;
    await spoil(couponStocks.collection, (shard) => ({ ...shard, issued: shard.issued + 1_100 }), isIts);
    await spoil(
      couponTemplates.collection,
      (each) => ({ ...each, stock: 2_100 }),
      ({ id }) => id === template.id,
    );
    expect(await counted()).toEqual([]);
    const { database } = world.ports;
    const list = database.list.bind(database);
    jest.spyOn(database, 'list').mockImplementation(async (collection, query) => {
      const page = await list(collection, query);
      if (collection.name === 'coupons' && query.index === 'id') await claim(`during-${page.items.length}`);
      return page;
    });
    expect(await counted()).toEqual([]);
    expect(await storedIn(world, 'coupons')).toHaveLength(1_106);
  });

  test('finds messages that wait for ever, were sent and do not count, or were sent too often', async () => {
    const reader = await world.login('reader');
    for (const kind of ['order', 'coupon'] as const) await givenAllowed(world, reader, kind);
    const id = await givenMessage(world, reader.userId, 'a');
    expect(await world.deliver('sendMessage', `message.due:${id}:1`)).toBe('done');
    const rule = 'message';
    expect(await found()).not.toContain(rule);
    const [message] = await all(messages.collection);
    const [inbox] = await all(inboxes.collection);
    const [sent] = inbox?.outside ?? [];
    if (message === undefined || inbox === undefined || sent === undefined) throw new Error('it was sent');
    const late = timeMs(world.clock.now() - DAY_MS);
    const ad = { ...sent, isMarketing: true };
    for (const outside of [[], [sent, sent, sent, sent], [ad, ad]]) {
      await spoil(inboxes.collection, (each) => ({ ...each, outside }));
      expect(await found()).toContain(rule);
    }
    await spoil(inboxes.collection, () => inbox);
    await spoil(messages.collection, (each) => ({ ...each, state: 'waiting' as const, nextAtMs: late }));
    expect(await found()).toContain(rule);
  });

  test('finds progress that is counted wrong, and certificates without a finished course', async () => {
    const learner = await world.login('learner');
    const { productId } = await givenCourse(world);
    await givenAccess(world, learner.userId, productId);
    await givenFinished(world, learner, productId);
    await world.call(claimCertificate, { id: productId, name: '张三' }, learner);
    const untouched = (await found()).filter((rule) => rule === 'learned' || rule === 'certificate');
    expect(untouched).toEqual([]);
    for (const [rule, change] of [
      ['learned', { cells: 119 }],
      ['learned', { playedAtMs: null }],
    ] as const) {
      const before = (await all(progresses.collection))[0];
      if (before === undefined) throw new Error('it was opened');
      await spoil(
        progresses.collection,
        (each) => ({ ...each, ...change }),
        ({ id }) => id === before.id,
      );
      expect(await found()).toContain(rule);
      await spoil(
        progresses.collection,
        () => before,
        ({ id }) => id === before.id,
      );
    }
    for (const [rule, change] of [
      ['learned', { finished: [] as LessonId[] }],
      ['certificate', { finishedAtMs: null }],
      ['certificate', { undoneAtMs: timeMs(1) }],
    ] as const) {
      const before = (await all(courseProgresses.collection))[0];
      if (before === undefined) throw new Error('it was begun');
      await spoil(courseProgresses.collection, (each) => ({ ...each, ...change }));
      expect(await found()).toContain(rule);
      await spoil(courseProgresses.collection, () => before);
    }
    await spoil(certificates.numbers, (each) => ({ ...each, certificateId: 'another' }));
    expect(await found()).toContain('certificate');
  });

  test('finds comments that are shown against their review, and counts that are not theirs', async () => {
    const [alice, bob] = [await givenWriter(world, 'alice'), await givenWriter(world, 'bob')];
    const { productId } = await givenCourse(world);
    await givenAccess(world, alice.userId, productId);
    const parent = await givenShown(world, alice, `product:${productId}`, { stars: 5 });
    await givenShown(world, bob, `product:${productId}`, { parentId: parent.id });
    await world.run(foldComments);
    const ours = async () => (await found()).filter((rule) => rule === 'comment' || rule === 'thread');
    expect(await ours()).toEqual([]);
    const isParent = ({ id }: { readonly id: string }) => id === parent.id;
    const before = await storedComment(world, parent.id);
    for (const [rule, change] of [
      ['comment', { isShown: false }],
      ['comment', { review: { ...before.review, isHidden: true } }],
      ['comment', { review: { ...before.review, state: 'deleted' as const } }],
      ['thread', { replies: 2 }],
      ['thread', { counted: { isShown: true, stars: 4 } }],
    ] as const) {
      await spoil(comments.collection, (each) => ({ ...each, ...change }), isParent);
      expect(await ours()).toContain(rule);
      await spoil(comments.collection, () => before, isParent);
    }
    await spoil(threadCounts.ratings, (each) => ({ ...each, commentId: 'another' }));
    expect(await ours()).toContain('comment');
    await spoil(threadCounts.ratings, (each) => ({ ...each, commentId: parent.id }));
    await spoil(threadCounts.collection, (each) => ({ ...each, comments: 3 }));
    expect(await ours()).toContain('thread');
  });

  test('finds shares that are counted wrong or lead nowhere, and sales that are not what their orders say', async () => {
    const friend = await world.login('friend');
    await givenVisit(world, friend, await givenShare(world, alice));
    await givenShare(world, friend);
    await givenPaid(world, friend);
    await world.run(foldShares);
    const ours = (rules: readonly string[]) => rules.filter((rule) => rule === 'share' || rule === 'sale');
    const both = async () => [
      ours(await found()),
      [...new Set(ours((await audited(world.ports.database)).findings.map(({ rule }) => rule)))].sort(),
    ];
    expect(await both()).toEqual([[], []]);
    const isFirst = ({ userId }: Share) => userId === alice.userId;
    const product = (await givenProduct(world)).id;
    const wrong: readonly (readonly [string, () => Promise<void>, () => Promise<void>])[] = [
      ...(['visits', 'people', 'registrations', 'orders', 'netFen'] as const).map((name) => {
        const by = (change: number) => () =>
          spoil(shares.collection, (share) => ({ ...share, [name]: share[name] + change }), isFirst);
        return ['share', by(1), by(-1)] as const;
      }),
      ...([1, -1] as const).map((by) => {
        const moved = (change: number) => () =>
          spoil(
            shares.collection,
            (share) => ({ ...share, depth: share.depth + change }),
            (share) => by > 0 === isFirst(share),
          );
        return ['share', moved(by), moved(-by)] as const;
      }),
      [
        'share',
        () => spoil(shares.tokens, (token) => ({ ...token, target: product })),
        () => spoil(shares.tokens, (token) => ({ ...token, target: 'shop' as const })),
      ],
      [
        'sale',
        () => spoil(sales.collection, (sale) => ({ ...sale, netFen: fen(sale.netFen - 1) })),
        () => spoil(sales.collection, (sale) => ({ ...sale, netFen: fen(sale.netFen + 1) })),
      ],
    ];
    for (const [rule, breaks, mends] of wrong) {
      await breaks();
      expect(await both()).toEqual([[rule], [rule]]);
      await mends();
      await closeFound();
    }
    await spoil(sales.collection, () => null);
    expect(await both()).toEqual([
      ['sale', 'share'],
      ['sale', 'share'],
    ]);
  });

  test('finds likes and writers that are counted wrong', async () => {
    const alice = await givenWriter(world, 'alice');
    const { id } = await givenShown(world, alice, `product:${(await givenCourse(world)).productId}`);
    const asked = { kind: 'like', target: id };
    for (const name of ['bob', 'carol']) await world.call(setMark, asked, await world.login(name));
    await world.run(foldMarks);
    await world.call(unsetMark, asked, await world.login('bob'));
    const ours = async () => (await found()).filter((rule) => rule === 'likes' || rule === 'writer');
    const both = async () => [
      await ours(),
      (await audited(world.ports.database)).findings
        .map(({ rule }) => rule)
        .filter((rule) => rule === 'likes' || rule === 'writer'),
    ];
    expect(await both()).toEqual([[], []]);
    const isOwn = (comment: { readonly id: string }) => comment.id === id;
    await spoil(comments.collection, (each) => ({ ...each, likes: 1 }), isOwn);
    expect(await both()).toEqual([['likes'], ['likes']]);
    await spoil(comments.collection, (each) => ({ ...each, likes: 2 }), isOwn);
    await closeFound();
    for (const change of [{ undecided: 1 }, { published: 0 }]) {
      const before = await writers.find(world.ports.database, alice.userId);
      await spoil(
        writers.collection,
        (each) => ({ ...each, ...change }),
        (each) => each.id === alice.userId,
      );
      expect(await both()).toEqual([['writer'], ['writer']]);
      await spoil(
        writers.collection,
        () => before,
        (each) => each.id === alice.userId,
      );
      await closeFound();
    }
  });

  test('finds what waits and nobody knows, what is public and nothing let pass, and flags that nobody counted', async () => {
    const bob = await givenWriter(world, 'bob');
    const threadId = `product:${(await givenCourse(world)).productId}`;
    const { id } = await givenShown(world, bob, threadId);
    const { id: doubted } = await givenShown(world, bob, threadId, { body: '加我微信 abc12345' });
    const staff = await givenStaff(world, 'support');
    await world.call(flagContent, { target: `comment:${id}`, reason: 'abusive' }, staff);
    await world.run(foldComments);
    const both = async () => [
      await found(),
      [...new Set((await audited(world.ports.database)).findings.map(({ rule }) => rule))],
    ];
    expect(await both()).toEqual([[], []]);
    const { review } = await storedComment(world, id);
    expect((await storedComment(world, doubted)).review.state).toBe('queued');
    const now = world.clock.now();
    const text: ReviewPart[] = ['text'];
    const wrong: readonly (readonly [string, string, Partial<Review>])[] = [
      [id, 'review', { isHidden: false, flagWeight: 0, flaggers: 0, sampledVersion: 1 }],
      [id, 'review', { cause: 'submitted', by: 'author' }],
      [id, 'review', { cause: 'staff' }],
      [id, 'review', { publicVersion: null }],
      [id, 'review', { waitsFor: text }],
      [id, 'flags', { flagWeight: 5 }],
      [id, 'flags', { flaggers: 2 }],
      [doubted, 'review', { appealedVersion: 1 }],
      [doubted, 'review', { state: 'checking', waitsFor: [] }],
      [doubted, 'review', { state: 'checking', waitsFor: text, sinceAtMs: timeMs(now - 4 * HOUR_MS) }],
    ];
    for (const [about, rule, change] of wrong) {
      const isMeant = (each: { readonly id: string }) => each.id === about;
      const before = await storedComment(world, about);
      await spoil(
        comments.collection,
        (each) => ({ ...each, review: { ...each.review, ...change } }),
        isMeant,
      );
      for (const findings of await both()) expect(findings).toContain(rule);
      await spoil(comments.collection, () => before, isMeant);
      await closeFound();
    }
    for (const kind of ['content_review', 'content_flagged']) {
      const isMeant = (each: { readonly kind: string }) => each.kind === kind;
      const before = (await all(cases.collection)).find(isMeant);
      for (const change of [() => null, (each: Case) => ({ ...each, state: 'closed' as const })]) {
        await spoil(cases.collection, change, isMeant);
        expect(await both()).toEqual([['review'], ['review']]);
        await closeFound();
        await world.ports.database.tx(async (tx) => {
          if (before === undefined) throw new Error('it was there');
          const own = await tx.find(cases.collection, before.id);
          await (own === null ? tx.insert(cases.collection, before) : tx.update(cases.collection, before));
        });
      }
    }
    expect(review.flaggers).toBe(1);
  });

  test('finds a picture that is shown and that the platform did not fetch', async () => {
    const bob = await world.login('bob');
    const image = await givenStoredFile(world, bob, '一张照片');
    const wrote = await givenPictureWritten(world, bob, '看图', { images: [image] });
    await passMinutes(world, 5, sweepTasks);
    expect((await storedComment(world, wrote.id)).review.state).toBe('public');
    expect(await found()).toEqual([]);
    await spoil(mediaChecks.collection, (each) => ({ ...each, fetched: [] }));
    expect(await found()).toEqual(['review']);
    expect((await audited(world.ports.database)).findings.map(({ rule }) => rule)).toContain('review');
  });

  test('finds an article that is published and empty, or was never published', async () => {
    await givenArticle(world);
    expect(await found()).toEqual([]);
    for (const change of [{ blocks: [] }, { publishedAtMs: null }, { state: 'draft' as const }]) {
      const before = (await all(articles.collection))[0];
      await spoil(articles.collection, (each) => ({ ...each, ...change }));
      expect(await found()).toEqual(['article']);
      await spoil(articles.collection, () => before ?? null);
      await closeFound();
    }
  });

  test('finds uploads and writing that do not name each other', async () => {
    const { writer, image: used } = await givenPictured(world, 'teacher');
    const unused = await givenUpload(world, writer);
    expect(await found()).toEqual([]);
    const bob = await world.login('bob');
    const isMeant =
      (id: string) =>
      (upload: LearnerUpload): boolean =>
        upload.id === id;
    for (const [id, change] of [
      [used, { usedBy: 'topic:top_01JD0000000000000000000009' }],
      [used, { usedBy: 'nothing' }],
      [used, { usedBy: null, endsAtMs: timeMs(1) }],
      [used, { userId: bob.userId }],
      [used, { endsAtMs: timeMs(1) }],
      [unused, { endsAtMs: null }],
    ] as const) {
      const before = (await all(uploads.collection)).find(isMeant(id));
      await spoil(uploads.collection, (upload) => ({ ...upload, ...change }), isMeant(id));
      expect(await found()).toEqual(['upload']);
      expect((await audited(world.ports.database)).findings.map(({ rule }) => rule)).toContain('upload');
      await spoil(uploads.collection, () => before ?? null, isMeant(id));
      await closeFound();
      expect(await found()).toEqual([]);
    }
    const more = { images: [used, unused] };
    for (const change of [
      (own: Topic) => ({ ...own, newest: { ...own.newest, ...more } }),
      (own: Topic) => ({ ...own, shown: { ...own.newest, ...more } }),
      (own: Topic) => ({ ...own, newest: { ...own.newest, images: [] } }),
      (own: Topic) => ({ ...own, newest: { ...own.newest, audio: unused } }),
    ]) {
      const before = (await all(topics.collection))[0];
      await spoil(topics.collection, change);
      expect(await found()).toEqual(['upload']);
      expect((await audited(world.ports.database)).findings.map(({ rule }) => rule)).toContain('upload');
      await spoil(topics.collection, () => before ?? null);
      await closeFound();
    }
    await spoil(uploads.collection, () => null, isMeant(used));
    expect(await found()).toEqual(['upload']);
  });

  test('finds topics that are shown or counted wrong, answers to nothing, and who joined what is not open', async () => {
    const { id: groupId } = await givenGroup(world);
    const [asker, teller] = [
      await givenMemberOf(world, groupId, 'asker'),
      await givenMemberOf(world, groupId, 'teller'),
    ];
    const { id } = await givenShownTopic(world, asker, groupId, { kind: 'ask' });
    const { id: commentId } = await givenShown(world, teller, `topic:${id}`);
    await world.call(acceptComment, { id, commentId }, asker);
    await world.run(foldComments);
    expect(await found()).toEqual([]);
    const topic = await storedTopic(world, id);
    for (const change of [
      { isShown: false },
      { replies: 2 },
      { kind: 'talk' as const },
      { groupId: GroupId.parse(world.ports.ids.make('grp')) },
      { review: { ...topic.review, state: 'deleted' as const } },
    ]) {
      await spoil(topics.collection, (each) => ({ ...each, ...change }));
      expect(await found()).toContain('topic');
      await spoil(topics.collection, () => topic);
    }
    await spoil(groups.collection, (each) => ({ ...each, kind: 'course' as const }));
    expect(await found()).toContain('group');
  });

  test('finds places of a flash sale that do not add up', async () => {
    await givenSale(world, [(await givenProduct(world)).id]);
    expect(await found()).toEqual([]);
    await spoil(flashSales.stocks, (shard) => ({ ...shard, taken: shard.taken + 1 }));
    expect(await found()).toEqual(['places']);
  });

  test('finds points that a paid order has not spent', async () => {
    await givenPoints(world, alice.userId, 500);
    const lines = [{ productId: (await givenProduct(world)).id }];
    const asked = { orderId: newOrderId(world), lines, couponId: null, points: 400, shownFen: 9_500 };
    const { data } = await world.call(createOrder, asked, { token: alice.token });
    await givenMoney(world, alice, data.order);
    await passMinutes(world, 15);
    expect(await found()).toEqual([]);
    for (const state of ['held', 'released'] as const) {
      await spoil(pointsHolds.collection, (hold) => ({ ...hold, state }));
      expect(await found()).toEqual(['hold']);
    }
  });

  test('finds late money that the rail did not give back, and nobody tried again for a week', async () => {
    const finishedAtMs = world.clock.now();
    const isLate = ({ kind }: { readonly kind: string }) => kind === 'late';
    const late = (await all(receipts.collection)).find(isLate);
    await spoil(refunds.collection, (refund) => ({ ...refund, state: 'closed' as const, finishedAtMs }));
    expect(late).toBeDefined();
    expect(await found()).toEqual(['books']);
    world.clock.advance(7 * DAY_MS);
    expect(await found()).toEqual(['books', 'late']);
  });

  test.each(Object.keys(spoilt))('finds %s', async (name) => {
    const [plant, rules] = spoilt[name] ?? [async () => undefined, []];
    await plant();
    expect(await found()).toEqual(rules);
    expect(world.logs).toContainEqual(expect.objectContaining({ level: 'error', invariant: rules[0] }));
  });

  test('finds an order that is still open a day after its time', async () => {
    await givenOrder(world, alice);
    world.clock.advance(DAY_MS);
    expect(await found()).toEqual([]);
    world.clock.advance(HOUR_MS);
    expect(await found()).toEqual(['stuck']);
  });

  test('what seems wrong while it is changed, and is right when it is looked at again, is no finding', async () => {
    const { database } = world.ports;
    const findMany = database.findMany.bind(database);
    let misses = 0;
    jest.spyOn(database, 'findMany').mockImplementation(async (collection, ids) => {
      if (collection.name !== 'entitlements' || misses > 0) return findMany(collection, ids);
      misses += 1;
      return [];
    });
    expect(await found()).toEqual([]);
    expect(misses).toBe(1);
  });

  describe('a look that one run is too short for', () => {
    const COUNT = 120;
    const RUN_MS = 10 * MINUTE_MS;
    /** The orders that were looked at, in their order. */
    let seen: string[];

    /** Closed orders of nobody's concern, like one that there is. */
    async function addOrders(ids: readonly string[]): Promise<void> {
      const order = (await all(orders.collection)).find(
        ({ state, couponId }) => state === 'closed' && !couponId,
      );
      if (order === undefined) throw new Error('no order is closed');
      const payment = await payments.get(world.ports.database, order.id);
      for (const id of ids) {
        const copy = orders.collection.schema.parse({ ...order, id });
        await world.ports.database.tx(async (tx) => {
          await orders.insert(tx, copy);
          await payments.insert(tx, { ...payment, id: copy.id });
        });
      }
    }

    /** From the first run of the night on; each run has time for one step through the orders. */
    beforeEach(async () => {
      const idle = await givenOrder(world, alice);
      await world.call(cancelOrder, { orderId: idle.id }, { token: alice.token });
      await addOrders(Array.from({ length: COUNT }, () => world.ports.ids.make('ord')));
      world.clock.advance(
        dayStartMs(dayAfter(dayOf(world.clock.now()), 1)) + 190 * MINUTE_MS - world.clock.now(),
      );
      seen = [];
      const { database } = world.ports;
      const list = database.list.bind(database);
      jest.spyOn(database, 'list').mockImplementation(async (collection, query) => {
        const page = await list(collection, query);
        if (collection.name !== 'orders') return page;
        seen.push(...page.items.map(({ id }) => id));
        world.clock.advance(checkInvariants.contract.budgetMs);
        return page;
      });
    });

    /** The next run, at its time. */
    async function nextRun(): Promise<Readonly<Record<string, number>>> {
      const counts = await world.run(checkInvariants);
      world.clock.advance(RUN_MS - (world.clock.now() % RUN_MS || RUN_MS));
      return counts;
    }

    test('goes on in the next run: nothing is looked at twice, and nothing that was there is left out', async () => {
      const before = (await all(orders.collection)).map(({ id }) => id).sort();
      expect(await nextRun()).toEqual({ 'check.right': 50 });
      // One is added where the look has been, and one where it has not.
      const added = ['0', '7Z'].map((time) => `ord_${time.padEnd(26, time.slice(-1))}`);
      await addOrders(added);
      for (let runs = 0; runs < 3; runs += 1) await nextRun();
      expect(await nextRun()).toEqual({});
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual([...before, added[1]]);
      expect(await all(cases.collection)).toEqual([]);
    });

    test('of runs that overlap one stores where it stopped, and the others leave the look to it', async () => {
      const version = async () =>
        (await exported(world)).find(({ collection }) => collection === 'looks')?.version ?? 0;
      await nextRun();
      const before = await version();
      await Promise.all(Array.from({ length: 5 }, () => world.run(checkInvariants)));
      expect(await version()).toBe(before + 1);
      while ((await nextRun())['check.right'] !== undefined);
      expect(new Set(seen)).toEqual(new Set((await all(orders.collection)).map(({ id }) => id)));
      expect(await all(cases.collection)).toEqual([]);
    });

    test('what is wrong behind the place where a run stopped is found by the next', async () => {
      const last = (await all(orders.collection))
        .map(({ id }) => id)
        .sort()
        .at(-1);
      await spoil(
        orders.collection,
        (order) => ({ ...order, refundedFen: fen(1) }),
        ({ id }) => id === last,
      );
      await nextRun();
      await nextRun();
      expect(await all(cases.collection)).toEqual([]);
      expect(await nextRun()).toMatchObject({ 'check.wrong': 1 });
      expect(await all(cases.collection)).toMatchObject([{ id: `invariant:refunds:${last}` }]);
    });

    test('that the night is over before the look is a case, and the next night goes on', async () => {
      world.clock.advance(150 * MINUTE_MS);
      expect(await nextRun()).not.toHaveProperty('unfinished');
      expect(await nextRun()).toMatchObject({ unfinished: 1 });
      expect(await all(cases.collection)).toMatchObject([{ id: 'invariant:unfinished' }]);
      expect(world.logs).toContainEqual(expect.objectContaining({ level: 'error', invariant: 'unfinished' }));
      world.clock.advance(21 * HOUR_MS);
      expect(await nextRun()).toEqual({ 'check.right': seen.length - 100 });
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toHaveLength((await all(orders.collection)).length);
      await nextRun();
      expect(await nextRun()).toEqual({});
      world.clock.advance(DAY_MS);
      await nextRun();
      expect(seen.at(-50)).toBe(seen[0]);
    });
  });

  test('what cannot be read ends its part of the look, and no other', async () => {
    const { database } = world.ports;
    const list = database.list.bind(database);
    jest.spyOn(database, 'list').mockImplementation(async (collection, query) => {
      if (collection.name === 'orders') throw fail('database.newer_version');
      return list(collection, query);
    });
    await spoil(points.entries, () => null);
    expect(await found()).toEqual(['points', 'unfinished']);
    expect(world.logs).toContainEqual(expect.objectContaining({ code: 'database.newer_version' }));
  });

  test('a place that this build does not know leads to the beginning', async () => {
    const place = { part: 'wishes', cursor: 'w1' };
    const look = {
      id: 'invariants',
      night: dayOf(world.clock.now()),
      place,
      updatedAtMs: world.clock.now(),
    } as const;
    await world.ports.database.tx((tx) => looks.save(tx, null, look));
    await spoil(entitlements.collection, () => null);
    expect(await world.run(checkInvariants)).toMatchObject({ 'check.wrong': 1 });
  });

  test('opens a case once, however often the same thing is found', async () => {
    await spoil(entitlements.collection, () => null);
    await found();
    await found();
    expect(await storedIn(world, 'cases')).toHaveLength(1);
  });
});
