import * as audit from '../../data/operations/audit.ts';
import {
  countsToday,
  flagWeightOf,
  newWriter,
  probationUntilMs,
  suspensionOf,
  trustOf,
} from '../../domain/review/trust.ts';
import type { Reader } from '../../ports/database.ts';
import { type TimeMs, UserId } from '../../schemas/base.ts';
import type { User } from '../../schemas/identity/user.ts';
import type { Removal, Writer, WriterView } from '../../schemas/review/writer.ts';
import { withPurchase } from './withPurchase.ts';

/** How many entries of the audit log about one thing are looked through for the reason. */
const ENTRIES_SEEN = 20;

/** The reason that staff gave for a removal, in the audit log of what was removed. */
async function reasonOf(reader: Pick<Reader, 'list'>, { target, atMs }: Removal): Promise<string | null> {
  const seen = await audit.list(reader, { target }, { limit: ENTRIES_SEEN, cursor: null });
  return seen.items.find((entry) => entry.action === 'content.decide' && entry.atMs === atMs)?.reason ?? null;
}

/** What is known of somebody who writes, for staff. `stored` is null for who never wrote or flagged anything. */
export async function writerView(
  reader: Reader,
  user: User,
  stored: Writer | null,
  now: TimeMs,
): Promise<WriterView> {
  const { id: userId, nickname, createdAtMs } = user;
  const known = { createdAtMs, isStaff: user.role !== 'learner' };
  const writer = await withPurchase(reader, stored ?? newWriter(userId, now), known, now);
  const { published, undecided, overturned, pardonedAtMs } = writer;
  const trust = trustOf(writer, known, now);
  const suspension = suspensionOf(writer, now);
  const removed = writer.removed.toReversed();
  const reasons = await Promise.all(removed.map((removal) => reasonOf(reader, removal)));
  return {
    ...{ userId, nickname, createdAtMs },
    ...{ published, undecided, overturned, pardonedAtMs, trust },
    counts: countsToday(writer, now).counts,
    flagWeight: flagWeightOf(writer, trust, now),
    removed: removed.map(({ target, atMs, by }, index) => {
      const staff = UserId.safeParse(by);
      return { target, atMs, by: staff.success ? staff.data : null, reason: reasons[index] ?? null };
    }),
    probationUntilMs: probationUntilMs(writer, now),
    suspension: suspension === null ? null : { untilMs: suspension.untilMs, target: suspension.cause.target },
  };
}
