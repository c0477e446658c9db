import * as z from 'zod';
import * as proposals from '../../../shared/data/identity/proposals.ts';
import { proposalView } from '../../../shared/domain/identity/proposal.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize } from '../../../shared/schemas/base.ts';
import { Proposal, ProposalPage } from '../../../shared/schemas/identity/proposal.ts';

/**
 * Lists proposals: actions that exceed what one person may do in a day. Newest first, by default those that are
 * waiting.
 */
export const listProposals = http(
  {
    route: 'GET /api/admin/proposals',
    auth: { may: 'proposal.view' },
    input: z.strictObject({
      state: Proposal.shape.state.optional(),
      limit: PageSize,
      cursor: Cursor.optional(),
    }),
    output: ProposalPage,
    errors: [],
  },
  async ({ input: { state = 'waiting', limit = 20, cursor = null }, ports }) => {
    const page = await proposals.list(ports.database, { state, limit, cursor });
    return { items: page.items.map(proposalView), nextCursor: page.nextCursor };
  },
);
