import fc from 'fast-check';
import {
  addVisit,
  bookSale,
  countShare,
  countsFor,
  isFresh,
  isReason,
  moveTouch,
  newShare,
  tokenOf,
} from '../../../shared/domain/shares/share.ts';
import { DAY_MS, fen, MINUTE_MS, OrderId, timeMs, UserId } from '../../../shared/schemas/base.ts';
import type { Sale, Share, ShareToken, Visit } from '../../../shared/schemas/shares/share.ts';
import { NOW, USER_ID } from '../../support/given/holding.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

const userOf = (n: number) => UserId.parse(`usr_01JD00000000000000000001${String(n).padStart(2, '0')}`);
const orderOf = (n: number) => OrderId.parse(`ord_01JD00000000000000000001${String(n).padStart(2, '0')}`);
const tokenAt = (n: number): ShareToken => tokenOf(n.toString(16).padStart(32, '7'));
const later = (ms: number) => timeMs(NOW + ms);
const shareOf = (n: number, parent: Share | null) =>
  newShare({ userId: userOf(n), target: 'shop', token: tokenAt(n), parent, now: NOW });

describe('what is counted of a share', () => {
  const act = fc.oneof(
    fc.record({ does: fc.constant('come'), who: fc.nat(5), day: fc.nat(4), isNew: fc.boolean() }),
    fc.record({ does: fc.constant('pay'), order: fc.nat(5), paidFen: fc.integer({ min: 1, max: 9_900 }) }),
    fc.record({ does: fc.constant('back'), order: fc.nat(5), share: fc.nat(4) }),
    fc.record({ does: fc.constant('fold'), seen: fc.array(fc.nat(5), { maxLength: 12 }) }),
  );

  test(`whoever comes, pays and gets back, counted in any order and any often, sums are right (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40, size: 'max' }), (acts) => {
        let share = shareOf(0, null);
        const visits = new Map<string, Visit>();
        const sales = new Map<string, Sale>();
        const paid = new Map<OrderId, { payableFen: number; refundedFen: number }>();
        const came = new Map<UserId, { days: Set<number>; last: number; isNew: boolean }>();
        const note = (id: OrderId) => {
          const order = paid.get(id);
          if (order === undefined) return;
          const money = { id, payableFen: fen(order.payableFen), refundedFen: fen(order.refundedFen) };
          sales.set(id, bookSale(sales.get(id) ?? null, money, share, NOW));
        };
        const fold = (only: (id: string) => boolean) => {
          const [come, sold] = [[...visits.values()], [...sales.values()]];
          const after = countShare(
            share,
            come.filter(({ id }) => only(id)),
            sold.filter(({ id }) => only(id)),
          );
          share = after.share;
          for (const each of after.visits) visits.set(each.id, each);
          for (const each of after.sales) sales.set(each.id, each);
        };
        for (const step of acts) {
          if (step.does === 'come' && 'who' in step) {
            const userId = userOf(step.who + 1);
            const id = `${share.token}:${userId}`;
            const now = later(step.day * DAY_MS);
            const of = { token: share.token, userId, isRegistration: step.isNew, now };
            visits.set(id, addVisit(visits.get(id) ?? null, of));
            const before = came.get(userId) ?? { days: new Set(), last: -1, isNew: step.isNew };
            if (step.day > before.last) before.days.add(step.day);
            came.set(userId, { ...before, last: Math.max(before.last, step.day) });
          }
          if (step.does === 'pay' && 'paidFen' in step && !paid.has(orderOf(step.order))) {
            paid.set(orderOf(step.order), { payableFen: step.paidFen, refundedFen: 0 });
            note(orderOf(step.order));
          }
          const order = step.does === 'back' && 'order' in step ? paid.get(orderOf(step.order)) : undefined;
          if (order !== undefined && 'share' in step) {
            order.refundedFen += Math.floor(((order.payableFen - order.refundedFen) * step.share) / 4);
            note(orderOf(step.order));
          }
          if (step.does === 'fold' && 'seen' in step)
            fold((id) => step.seen.some((n) => id.endsWith(String(n).padStart(2, '0'))));
        }
        fold(() => true);
        fold(() => true);
        const people = [...came.values()];
        const orders = [...paid.values()].map(({ payableFen, refundedFen }) => payableFen - refundedFen);
        expect(share).toMatchObject({
          visits: people.reduce((sum, { days }) => sum + days.size, 0),
          people: people.length,
          registrations: people.filter(({ isNew }) => isNew).length,
          orders: orders.filter((left) => left > 0).length,
          netFen: orders.reduce((sum, left) => sum + left, 0),
        });
      }),
      { numRuns: MODEL_RUNS, seed },
    );
  });
});

describe('chains of shares', () => {
  test(`no chain is a circle, and none is counted deeper than ten (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 40, size: 'max' }), (parents) => {
        const made: Share[] = [];
        const lengths: number[] = [];
        for (const [n, parent] of parents.entries()) {
          const above = n === 0 || parent % 30 === 0 ? null : Math.max(0, n - 1 - (parent % 3));
          made.push(shareOf(n, above === null ? null : (made[above] ?? null)));
          lengths.push(above === null ? 0 : (lengths[above] ?? 0) + 1);
        }
        const byToken = new Map(made.map((share) => [share.token, share]));
        const steps = made.map((share) => {
          let count = 0;
          for (let at: Share | undefined = share; at?.parentToken; at = byToken.get(at.parentToken))
            count += 1;
          return count;
        });
        expect(steps).toEqual(lengths);
        expect(made.map(({ depth }) => depth)).toEqual(lengths.map((length) => Math.min(10, length)));
      }),
      { numRuns: MODEL_RUNS, seed },
    );
  });
});

describe('a touch', () => {
  const touch = { id: USER_ID, token: tokenAt(1), sharerId: userOf(1), atMs: NOW };

  test(`is the latest visit, in whatever order visits are heard of (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(1_000_000), { minLength: 1, maxLength: 12 }), (ages) => {
        const heard = ages.map((age, n) => ({ ...touch, token: tokenAt(n), atMs: later(-age) }));
        const last = heard.reduce<typeof touch | null>((before, each) => moveTouch(before, each), null);
        expect(last?.atMs).toBe(later(-Math.min(...ages)));
      }),
      { numRuns: MODEL_RUNS, seed },
    );
  });

  test('counts for as many days as the shop says', () => {
    expect(isFresh(touch, 15, later(15 * DAY_MS - 1))).toBe(true);
    expect(isFresh(touch, 15, later(15 * DAY_MS))).toBe(false);
    expect(isFresh(touch, 1, later(DAY_MS))).toBe(false);
  });

  test('is by nobody’s own link, none of staff, and none of who is banned, taken over or gone', () => {
    const sharer = { id: userOf(1), role: 'learner', state: 'active', takenOverBy: null } as const;
    expect(countsFor(sharer, USER_ID)).toBe(true);
    expect(countsFor(sharer, sharer.id)).toBe(false);
    for (const role of ['editor', 'support', 'finance', 'admin'] as const)
      expect(countsFor({ ...sharer, role }, USER_ID)).toBe(false);
    expect(countsFor({ ...sharer, state: 'banned' }, USER_ID)).toBe(false);
    expect(countsFor({ ...sharer, takenOverBy: userOf(2) }, USER_ID)).toBe(false);
    expect(countsFor(null, USER_ID)).toBe(false);
  });

  test('is the reason for registering only for who is new and came by no link before', () => {
    const user = { createdAtMs: NOW };
    expect(isReason(null, user, later(DAY_MS - 1))).toBe(true);
    expect(isReason(null, user, later(DAY_MS))).toBe(false);
    expect(isReason(touch, user, later(MINUTE_MS))).toBe(false);
  });
});
