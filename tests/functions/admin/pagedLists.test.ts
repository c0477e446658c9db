/** Reads staff's lists page by page while their items change: no item may be missed. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import * as z from 'zod';
import * as codeBatches from '../../../shared/data/access/codeBatches.ts';
import * as entitlements from '../../../shared/data/access/entitlements.ts';
import * as redeemCodes from '../../../shared/data/access/redeemCodes.ts';
import * as reconciliations from '../../../shared/data/books/reconciliations.ts';
import * as courses from '../../../shared/data/catalogue/courses.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as coupons from '../../../shared/data/coupons/coupons.ts';
import * as couponTemplates from '../../../shared/data/coupons/couponTemplates.ts';
import * as feedbacks from '../../../shared/data/feedback/feedbacks.ts';
import * as legalTexts from '../../../shared/data/identity/legalTexts.ts';
import * as proposals from '../../../shared/data/identity/proposals.ts';
import * as users from '../../../shared/data/identity/users.ts';
import * as courseProgresses from '../../../shared/data/learning/courseProgresses.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as cases from '../../../shared/data/operations/cases.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import * as paymentExceptions from '../../../shared/data/payments/paymentExceptions.ts';
import * as payments from '../../../shared/data/payments/payments.ts';
import * as campaigns from '../../../shared/data/pricing/campaigns.ts';
import * as flashSales from '../../../shared/data/pricing/flashSales.ts';
import * as experts from '../../../shared/data/questions/experts.ts';
import * as refunds from '../../../shared/data/refunds/refunds.ts';
import * as articles from '../../../shared/data/talk/articles.ts';
import * as drops from '../../../shared/data/talk/drops.ts';
import * as groups from '../../../shared/data/talk/groups.ts';
import * as topics from '../../../shared/data/talk/topics.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { newUser } from '../../../shared/domain/identity/user.ts';
import type { HttpFunction } from '../../../shared/function.ts';
import type { Collection, Doc } from '../../../shared/ports/database.ts';
import { CodeBatchId, GroupId, ProductId, UserId } from '../../../shared/schemas/base.ts';
import { arbitraryOf } from '../../fuzz/arbitrary.ts';
import { givenStaff, type Staff } from '../../support/given/staff.ts';
import { seed } from '../../support/seeded.ts';
import { createWorld, type World } from '../../support/world.ts';

/** One list. */
interface Listed {
  readonly collection: Collection;
  /** Fields that never change in the life of a document, besides those of `where`. */
  readonly fixed: readonly string[];
  /** The filter. All documents made for the test match it. */
  readonly where?: Readonly<Record<string, unknown>>;
  /** Input that filters by nothing in the document. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** The field that identifies an item; `id` by default. */
  readonly key?: string;
}

const userId = UserId.parse('usr_01JD0000000000000000000001');
const productId = ProductId.parse('prd_01JD0000000000000000000001');
const batchId = CodeBatchId.parse('bat_01JD0000000000000000000001');
const groupId = GroupId.parse('grp_01JD0000000000000000000001');
const reason = '核对';

/** Every list that staff read page by page. A list that is missing here fails a test. */
const LISTS: Readonly<Record<string, Listed>> = {
  listAllArticles: { collection: articles.collection, fixed: ['createdAtMs'] },
  listAllExperts: { collection: experts.collection, fixed: ['createdAtMs'] },
  listAllFlashSales: { collection: flashSales.collection, fixed: ['createdAtMs'] },
  listAllGroups: { collection: groups.collection, fixed: ['createdAtMs'] },
  listAllOrders: { collection: orders.collection, fixed: ['createdAtMs'], where: { state: 'paid' } },
  listAllProducts: { collection: products.collection, fixed: ['createdAtMs', 'kind'] },
  listAudit: { collection: audit.collection, fixed: ['atMs'] },
  listCampaigns: { collection: campaigns.collection, fixed: ['createdAtMs'] },
  listCases: { collection: cases.collection, fixed: ['openedAtMs'], where: { state: 'open' } },
  listCodeBatches: { collection: codeBatches.collection, fixed: ['createdAtMs'] },
  listCouponTemplates: { collection: couponTemplates.collection, fixed: ['createdAtMs'] },
  listCouponsOf: {
    collection: coupons.collection,
    fixed: ['claimedAtMs'],
    where: { userId },
    input: { reason },
  },
  listDrops: { collection: drops.collection, fixed: ['createdAtMs'] },
  // While one is open, nothing about it changes.
  listFeedback: { collection: feedbacks.collection, fixed: ['sinceAtMs'], where: { state: 'open' } },
  listEntitlementsOf: {
    collection: entitlements.collection,
    fixed: ['productId'],
    where: { userId },
    input: { reason },
    key: 'productId',
  },
  listExceptions: {
    collection: paymentExceptions.collection,
    fixed: ['createdAtMs'],
    where: { state: 'open' },
  },
  listLegalTexts: {
    collection: legalTexts.collection,
    fixed: ['kind', 'publishedAtMs', 'version'],
    where: { kind: 'terms' },
    input: { kind: 'terms' },
    key: 'version',
  },
  listLearners: {
    collection: courseProgresses.collection,
    fixed: ['userId'],
    where: { productId },
    key: 'userId',
  },
  listPayments: { collection: payments.collection, fixed: ['createdAtMs'], where: { state: 'success' } },
  listProposals: { collection: proposals.collection, fixed: ['createdAtMs'], where: { state: 'waiting' } },
  listReconciliations: { collection: reconciliations.collection, fixed: ['day', 'rail'] },
  listRedeemCodes: {
    collection: redeemCodes.collection,
    fixed: ['number'],
    where: { batchId },
    key: 'number',
  },
  listRefundsByState: {
    collection: refunds.collection,
    fixed: ['requestedAtMs'],
    where: { state: 'requested' },
  },
  listReviews: {
    collection: cases.collection,
    fixed: ['openedAtMs'],
    where: { state: 'open', kind: 'content_review' },
  },
  listStaff: { collection: users.collection, fixed: ['createdAtMs'], where: { role: 'editor' } },
  listTopicsOf: {
    collection: topics.collection,
    fixed: ['createdAtMs'],
    where: { groupId },
  },
  // While a task stays in a state, the time when it was first due does not change.
  listTasks: { collection: tasks.collection, fixed: ['dueFirstAtMs'], where: { state: 'dead' } },
};

const FOLDER = join(__dirname, '..', '..', '..', 'functions', 'admin');
const files = new Map(
  readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).map((file) => [
    basename(file, '.ts'),
    join(FOLDER, file),
  ]),
);

async function functionOf(name: string): Promise<HttpFunction> {
  const file: Record<string, HttpFunction | undefined> = await import(files.get(name) ?? '');
  const own = file[name];
  if (own === undefined) throw new Error(`there is no ${name}`);
  return own;
}

/** Pairs of documents for a list: before and after a change of everything that may change. */
function histories({ collection, fixed, where, key = 'id' }: Listed): fc.Arbitrary<readonly [Doc, Doc][]> {
  const shape = z.toJSONSchema(collection.schema, { io: 'output', unrepresentable: 'any' }) as object;
  const contract = { resolve: (own: object) => own } as never;
  const docs = arbitraryOf(shape, contract, { nowMs: 1_800_000_000_000 })
    .map((doc) => ({ ...Object(doc), ...where }) as Doc)
    .filter((doc) => collection.schema.safeParse(doc).success);
  const pair = fc.tuple(docs, docs).map(([before, other]): [Doc, Doc] => {
    const kept = ['id', ...fixed].map((field) => [field, Reflect.get(before, field)]);
    return [before, { ...other, ...Object.fromEntries(kept) }];
  });
  return fc.uniqueArray(
    pair.filter(([, after]) => collection.schema.safeParse(after).success),
    {
      minLength: 5,
      maxLength: 8,
      comparator: ([one], [other]) =>
        one.id === other.id || Reflect.get(one, key) === Reflect.get(other, key),
    },
  );
}

describe('staff’s lists', () => {
  let world: World;
  let staff: Staff;
  beforeEach(async () => {
    world = await createWorld();
    staff = await givenStaff(world, 'admin');
    const now = world.clock.now();
    await world.ports.database.tx(async (tx) => {
      await courses.insert(tx, {
        id: productId,
        version: 1,
        chapters: [],
        draft: null,
        draftDigest: '0'.repeat(64),
      });
      await users.insert(tx, newUser({ id: userId, nickname: null, role: 'learner', openid: null, now }));
      await groups.insert(tx, {
        ...{ id: groupId, kind: 'open', productId: null, title: '小组', intro: '', coverUrl: null },
        ...{ teachers: [], assistants: [], state: 'published', version: 1, draftDigest: '0'.repeat(64) },
        ...{ publishedAtMs: now, createdAtMs: now, updatedAtMs: now },
      });
      await codeBatches.insert(tx, {
        ...{
          id: batchId,
          title: '赠书',
          productId,
          count: 9,
        },
        ...{
          expiresAtMs: now,
          state: 'active',
          seedSealed: '',
          createdBy: userId,
          createdAtMs: now,
          updatedAtMs: now,
        },
      });
    });
  });
  afterEach(() => world.close());

  test('every list with pages for staff is tested here', async () => {
    // Categories are listed as a whole: `createCategory` limits their number.
    const names = [...files.keys()].filter((name) => /^list[A-Z]/.test(name) && name !== 'listAllCategories');
    expect(names.sort()).toEqual(Object.keys(LISTS).sort());
  });

  test.each(Object.entries(LISTS))(
    `%s: what changes between two pages is in it at least once (seed ${seed})`,
    async (name, listed) => {
      const own = await functionOf(name);
      const { collection, where = {}, input = {}, key = 'id' } = listed;
      const keyOf = (item: Doc) => String(Reflect.get(item, key));
      const taken =
        z.toJSONSchema(own.contract.input, { io: 'input', unrepresentable: 'any' }).properties ?? {};
      const asked = Object.fromEntries(Object.entries(where).filter(([field]) => field in taken));
      await fc.assert(
        fc.asyncProperty(histories(listed), fc.integer({ min: 1, max: 3 }), async (docs, limit) => {
          const { database } = world.ports;
          await database.tx(async (tx) => {
            for (const [before] of docs) await tx.insert(collection, before);
          });
          const seen = new Set<string>();
          let cursor: string | null = null;
          let turn = 0;
          do {
            const page = await world.call(
              own,
              { ...asked, ...input, limit, ...(cursor === null ? {} : { cursor }) },
              staff,
            );
            expect([page.code, page.status]).toEqual([null, 200]);
            const { items, nextCursor } = page.data as { items: Doc[]; nextCursor: string | null };
            for (const item of items) seen.add(keyOf(item));
            const changed = docs.filter((_, place) => place % 3 === turn % 3);
            await database.tx(async (tx) => {
              for (const [, after] of changed) await tx.update(collection, after);
            });
            turn += 1;
            cursor = nextCursor;
          } while (cursor !== null);
          await database.tx(async (tx) => {
            for (const [{ id }] of docs) await tx.remove(collection, id);
          });
          const missing = docs.map(([before]) => keyOf(before)).filter((key) => !seen.has(key));
          expect(missing).toEqual([]);
        }),
        { seed, numRuns: 15 },
      );
    },
  );
});
