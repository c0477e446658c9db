import * as audit from '../../data/operations/audit.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Caller } from '../../schemas/identity/caller.ts';

/**
 * Writes into the audit log that a member of staff looks at personal data. It must be awaited before the answer, so
 * that nothing is shown without a record.
 */
export async function logReading(
  {
    ports,
    user,
    now,
    requestId,
  }: {
    readonly ports: Pick<Ports, 'database' | 'ids'>;
    readonly user: Caller;
    readonly now: TimeMs;
    readonly requestId: string;
  },
  what: {
    readonly action: string;
    readonly target: string;
    readonly reason: string | null;
    /** The extent of the look, where the target does not say it. */
    readonly details?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const id = ports.ids.make('aud');
  const { details: after = null, ...rest } = what;
  const entry = { id, actorId: user.id, before: null, after, now, requestId, ...rest };
  await ports.database.tx((tx) => audit.append(tx, entry));
}
