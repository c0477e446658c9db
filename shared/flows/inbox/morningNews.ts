/** What is found each morning that concerns somebody, and told once: what ends soon, and what came yesterday. */
import { couponEndNeared } from '../../../events/couponEndNeared.ts';
import { pointsEndNeared } from '../../../events/pointsEndNeared.ts';
import { pointsGained } from '../../../events/pointsGained.ts';
import * as coupons from '../../data/coupons/coupons.ts';
import * as points from '../../data/points/points.ts';
import { dayAfter, dayOf, dayStartMs } from '../../domain/day.ts';
import { gainOf, TOLD_FROM } from '../../domain/inbox/gains.ts';
import { fact } from '../../event.ts';
import type { Ports } from '../../ports/ports.ts';
import { DAY_MS, type TimeMs, timeMs, type UserId } from '../../schemas/base.ts';
import { eachDue } from '../eachDue.ts';
import { tellOnce } from './tellOnce.ts';

/** How long before its end a coupon is told, and points are. */
const COUPON_MS = 2 * DAY_MS;
const POINTS_MS = 7 * DAY_MS;
/** A look that failed is made up for on the next day. */
const LOOKED_BACK_MS = DAY_MS;

interface Looking {
  readonly ports: Pick<Ports, 'database' | 'log'>;
  readonly now: TimeMs;
  readonly requestId: string;
  readonly hasTime: () => boolean;
}

type Counts = Readonly<Record<string, number>>;

const near = (now: TimeMs, ms: number) => ({
  from: timeMs(now + ms - LOOKED_BACK_MS),
  below: timeMs(now + ms),
});

/** Tells of each coupon that ends within two days. */
export function tellEndingCoupons(call: Looking): Promise<Counts> {
  const { now, ports, hasTime } = call;
  return eachDue(
    coupons.endingWithin(ports.database, near(now, COUPON_MS)),
    ({ id: couponId, userId, title, expiresAtMs }) =>
      tellOnce(call, fact(couponEndNeared, couponId, { couponId, userId, title, expiresAtMs })),
    { noun: 'coupon', hasTime, log: ports.log },
  );
}

/** Tells of points that end within seven days. */
export function tellEndingPoints(call: Looking): Promise<Counts> {
  const { now, ports, hasTime } = call;
  return eachDue(
    points.endingWithin(ports.database, near(now, POINTS_MS)),
    async ({ id: userId, lots: [lot] }) => {
      if (lot === undefined) return 'none';
      const { expiresAtMs, remaining: count } = lot;
      return tellOnce(
        call,
        fact(pointsEndNeared, `${userId}:${expiresAtMs}`, { userId, count, expiresAtMs }),
      );
    },
    { noun: 'points', hasTime, log: ports.log },
  );
}

/** Tells everybody who gained at least 50 points yesterday how many. */
export async function tellGains(call: Looking): Promise<Counts> {
  const { now, ports, hasTime } = call;
  const day = dayAfter(dayOf(now), -1);
  const within = { from: dayStartMs(day), below: dayStartMs(dayOf(now)) };
  const gains = new Map<UserId, number>();
  for await (const entry of points.writtenWithin(ports.database, within)) {
    const gain = gainOf(entry);
    if (gain > 0) gains.set(entry.userId, (gains.get(entry.userId) ?? 0) + gain);
  }
  return eachDue(
    [...gains].filter(([, count]) => count >= TOLD_FROM),
    ([userId, count]) => tellOnce(call, fact(pointsGained, `${userId}:${day}`, { userId, day, count })),
    { noun: 'gain', hasTime, log: ports.log },
  );
}
