import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { sqliteDatabase } from '../../../shared/adapters/sqlite/database.ts';
import { defineCollection } from '../../../shared/data/collection.ts';
import * as couponTemplates from '../../../shared/data/coupons/couponTemplates.ts';
import * as points from '../../../shared/data/points/points.ts';
import { adjust, openBook } from '../../../shared/domain/points/points.ts';
import type { Collection, Database } from '../../../shared/ports/database.ts';
import { AdjustmentId, timeMs, UserId } from '../../../shared/schemas/base.ts';
import { PointsAccount, PointsEntry } from '../../../shared/schemas/points/points.ts';
import { NOW, USER_ID } from '../../support/given/holding.ts';
import { seeded } from '../../support/seeded.ts';

/** Accounts and entries as they were written before points had lots. */
const oldAccounts = defineCollection({
  name: 'pointsAccounts',
  schema: z.looseObject({ id: z.string() }),
  version: 1,
  indexes: {},
});
const oldEntries = defineCollection({
  name: 'pointsEntries',
  schema: z.looseObject({ id: z.string() }),
  version: 1,
  indexes: { ofUser: { fields: ['userId', 'line'] } },
});
const OWING = UserId.parse('usr_01JD0000000000000000000002');

const entry = (line: number, delta: number, balanceAfter: number, changes: object = {}) => ({
  id: `ord_01JD000000000000000000000${line}:earn`,
  userId: USER_ID,
  delta,
  balanceAfter,
  line,
  cause: 'order_paid',
  orderId: null,
  reason: null,
  createdAtMs: NOW + line,
  ...changes,
});

describe('points that were stored before they had lots', () => {
  let directory: string;
  let database: Database;
  const open = (collections: readonly Collection[]) =>
    sqliteDatabase({
      path: join(directory, 'store.db'),
      collections,
      random: seeded(1),
      pause: async () => undefined,
    });

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'zhike-points-'));
    const before = open([oldAccounts, oldEntries]);
    await before.tx(async (tx) => {
      await tx.insert(oldAccounts, { id: USER_ID, balance: 12, lines: 2, updatedAtMs: NOW });
      await tx.insert(oldAccounts, { id: OWING, balance: -3, lines: 1, updatedAtMs: NOW });
      await tx.insert(oldEntries, entry(1, 20, 20));
      await tx.insert(oldEntries, entry(2, -8, 12, { cause: 'adjustment', reason: '更正' }));
      await tx.insert(oldEntries, entry(3, 10, -3, { userId: OWING, line: 1 }));
    });
    await before.close();
    database = open([points.accounts, points.entries]);
  });
  afterEach(async () => {
    await database.close();
    rmSync(directory, { recursive: true });
  });

  test('an account keeps what it had: a balance in one lot of a year, or a debt', async () => {
    const account = await points.findAccount(database, USER_ID);
    expect(PointsAccount.parse(account)).toEqual(account);
    expect(account).toMatchObject({ available: 12, held: 0, debt: 0, lines: 2, lots: [{ remaining: 12 }] });
    expect(account?.nextExpiryAtMs).toBe(account?.lots[0]?.expiresAtMs);
    expect(account?.nextExpiryAtMs).toBeGreaterThan(NOW + 365 * 86_400_000);
    const owing = await points.findAccount(database, OWING);
    expect(PointsAccount.parse(owing)).toEqual(owing);
    expect(owing).toMatchObject({ available: 0, debt: 3, lots: [], nextExpiryAtMs: null });
  });

  test('an entry says both sides, and the chain of what was left after it still holds', async () => {
    const { items } = await points.ledgerOf(database, USER_ID, { limit: 10, cursor: null });
    expect(items.map((item) => PointsEntry.parse(item))).toEqual(items);
    expect(items.map(({ postings, availableAfter }) => [postings, availableAfter])).toEqual([
      [
        [
          ['available', -8],
          ['adjusted', 8],
        ],
        12,
      ],
      [
        [
          ['available', 20],
          ['issued', -20],
        ],
        20,
      ],
    ]);
    const owed = await points.ledgerOf(database, OWING, { limit: 10, cursor: null });
    expect(owed.items).toMatchObject([
      {
        postings: [
          ['debt', 10],
          ['issued', -10],
        ],
        availableAfter: 0,
        debtAfter: 3,
      },
    ]);
    expect(owed.items.map((item) => PointsEntry.parse(item))).toEqual(owed.items);
  });

  test('they are found by when they end and by when they were written, and can be spent', async () => {
    const year = timeMs(NOW + 370 * 86_400_000);
    const expiring = [];
    for await (const { id } of points.expiring(database, year)) expiring.push(id);
    expect(expiring).toEqual([USER_ID]);
    expect((await points.lastBefore(database, USER_ID, timeMs(NOW + 2)))?.line).toBe(1);
    const adjustmentId = AdjustmentId.parse('adj_01JD0000000000000000000001');
    await database.tx(async (tx) => {
      const account = await points.findAccount(tx, USER_ID);
      const asked = { adjustmentId, userId: USER_ID, delta: -12, reason: '用完' };
      await points.save(tx, account, adjust(openBook(account, USER_ID, NOW), asked, NOW));
    });
    expect(await points.findAccount(database, USER_ID)).toMatchObject({ available: 0, lots: [], lines: 3 });
  });
});

test('a coupon template from before has no price in points', () => {
  expect(couponTemplates.collection.upgrade?.({ id: 'tpl' }, 1)).toMatchObject({
    id: 'tpl',
    pointsPrice: null,
  });
});
