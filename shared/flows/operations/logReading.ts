import * as audit from '../../data/operations/audit.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Caller } from '../../schemas/identity/caller.ts';

/**
 * Writes into the audit log that a member of staff looks at what is about a person. To be awaited before the answer:
 * nothing is shown that was not written down.
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
    /** How far the look went, where the target does not say it. */
    readonly details?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const id = ports.ids.make('aud');
  const { details: after = null, ...rest } = what;
  const entry = { id, actorId: user.id, before: null, after, now, requestId, ...rest };
  await ports.database.tx((tx) => audit.append(tx, entry));
}
