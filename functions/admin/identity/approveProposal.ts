import * as z from 'zod';
import * as proposals from '../../../shared/data/identity/proposals.ts';
import * as users from '../../../shared/data/identity/users.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { approve, proposalView } from '../../../shared/domain/identity/proposal.ts';
import { http } from '../../../shared/function.ts';
import { ProposalId, ProposalView } from '../../../shared/schemas/identity/proposal.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Agrees, as the second person, to an action that exceeds what its proposer may do alone in a day.
 *
 * The second person needs the right to do that action. The action does not run yet: the proposer sends the very same
 * request again within a day, and it then succeeds once.
 */
export const approveProposal = http(
  {
    route: 'POST /api/admin/proposals/{proposalId}/approve',
    auth: { may: 'proposal.approve', secondFactor: 'fresh' },
    input: z.strictObject({ proposalId: ProposalId, reason: Reason }),
    output: z.object({ proposal: ProposalView }),
    errors: ['proposal.not_found', 'proposal.not_open', 'staff.not_yourself'],
  },
  async ({ input: { proposalId, reason }, user, now, ports, requestId }) => {
    const proposal = await ports.database.tx(async (tx) => {
      const before = await proposals.get(tx, proposalId);
      const after = approve(before, await users.get(tx, user.id), now);
      if (after === before) return before;
      await proposals.save(tx, before, after);
      const id = `proposal.approve:${proposalId}:${before.createdAtMs}`;
      await audit.append(tx, {
        ...{ id, actorId: user.id, action: 'proposal.approve', target: proposalId, reason },
        ...{ before: { state: before.state }, after: { state: after.state }, now, requestId },
      });
      return after;
    });
    return { proposal: proposalView(proposal) };
  },
);
