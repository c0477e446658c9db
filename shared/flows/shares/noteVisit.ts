import * as users from '../../data/identity/users.ts';
import * as touches from '../../data/shares/touches.ts';
import * as visits from '../../data/shares/visits.ts';
import { addVisit, countsFor, isReason, moveTouch } from '../../domain/shares/share.ts';
import type { Database } from '../../ports/database.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { ShareToken } from '../../schemas/shares/share.ts';

/** Somebody who came by a link. */
interface Arrival {
  readonly token: ShareToken;
  readonly sharerId: UserId;
  readonly userId: UserId;
  readonly arrivedAtMs: TimeMs;
  readonly now: TimeMs;
}

/**
 * Notes a visit by a link, and that it was the last by which this person came. A link that does not count leaves
 * nothing. Safe to repeat: a person counts once a day.
 */
export async function noteVisit(database: Database, arrival: Arrival): Promise<void> {
  const { token, sharerId, userId, arrivedAtMs, now } = arrival;
  if (!countsFor(await users.find(database, sharerId), userId)) return;
  const { createdAtMs } = await users.get(database, userId);
  await database.tx(async (tx) => {
    const [touch, visit] = [await touches.find(tx, userId), await visits.find(tx, { token, userId })];
    const isRegistration = isReason(touch, { createdAtMs }, now);
    await visits.save(tx, visit, addVisit(visit, { token, userId, isRegistration, now }));
    await touches.save(tx, touch, moveTouch(touch, { id: userId, token, sharerId, atMs: arrivedAtMs }));
  });
}
