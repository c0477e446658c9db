import * as audit from '../../data/operations/audit.ts';
import * as experts from '../../data/questions/experts.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Caller } from '../../schemas/identity/caller.ts';
import type { Expert } from '../../schemas/questions/expert.ts';
import { saveDecided } from './saveExpert.ts';

/**
 * Makes a decision of staff about an expert, with all that follows from it and an entry in the audit log. What is
 * decided already changes nothing.
 * @throws expert.not_found, and what the step throws
 */
export async function decideExpert(
  call: {
    readonly input: { readonly id: UserId; readonly version: number; readonly reason: string };
    readonly user: Caller;
    readonly ports: Ports;
    readonly now: TimeMs;
    readonly requestId: string;
  },
  decision: 'approve' | 'reject' | 'end',
  step: (expert: Expert) => Expert,
): Promise<Expert> {
  const { input, user, ports, now, requestId } = call;
  const { id, version, reason } = input;
  return ports.database.tx(async (tx) => {
    const before = await experts.get(tx, id);
    const after = step(before);
    if (after === before) return before;
    await saveDecided(tx, before, after, { ports, userId: user.id, reason, now });
    await audit.append(tx, {
      ...{ id: `expert.${decision}:${id}:${version}`, actorId: user.id, action: 'expert.approve' },
      ...{ target: id, reason, before, after, now, requestId },
    });
    return after;
  });
}
