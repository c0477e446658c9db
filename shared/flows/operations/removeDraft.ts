import * as audit from '../../data/operations/audit.ts';
import type { Tx } from '../../ports/database.ts';
import type { TimeMs } from '../../schemas/base.ts';
import type { Caller } from '../../schemas/identity/caller.ts';

/**
 * Keeps a removed draft in the audit log as a whole, in the transaction that removes it. Its id cannot be used
 * again.
 */
export async function keepRemoved(
  tx: Tx,
  call: { readonly user: Caller; readonly now: TimeMs; readonly requestId: string },
  what: { readonly action: string; readonly id: string; readonly draft: Readonly<Record<string, unknown>> },
): Promise<void> {
  const { user, now, requestId } = call;
  const { action, id: target, draft: before } = what;
  const record = { id: audit.removalId(target), actorId: user.id, action, target, reason: null };
  await audit.append(tx, { ...record, before, after: null, now, requestId });
}
