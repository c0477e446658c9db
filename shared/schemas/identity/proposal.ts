/** Value that a member of staff has given away, and proposals, by which a second person agrees to more. */
import * as z from 'zod';
import { pageOf, TimeMs, UserId } from '../base.ts';
import { Day } from '../books/journal.ts';
import { ValueKind } from './dailyValue.ts';
import { StaffAction } from './permission.ts';

/** How much of one kind of value a person has given in one day. The id is `<user>:<day>:<kind>`. */
export const ValueMade = z.object({
  id: z.string().max(80),
  userId: UserId,
  day: Day,
  kind: ValueKind,
  made: z.int().min(0),
  updatedAtMs: TimeMs,
});
export type ValueMade = z.infer<typeof ValueMade>;

/** A proposal's id, derived from who asked for what under which id. The same request again is the same proposal. */
export const ProposalId = z.string().regex(/^prp_[0-9a-f]{32}$/);

/** How many characters of a request are kept for the second person to read. */
export const REQUEST_CHARACTERS_MAX = 4_000;

/** A request above the daily limit: `waiting` for a second person, `approved`, or `used`. */
export const Proposal = z.object({
  id: ProposalId,
  state: z.enum(['waiting', 'approved', 'used']),
  /** The person who asked. Only they can use the approval. */
  userId: UserId,
  /** The action they asked for. The person who approves needs the same permission. */
  action: StaffAction,
  kind: ValueKind,
  value: z.int().min(1),
  /** The request as JSON, cut to REQUEST_CHARACTERS_MAX. */
  request: z.string().max(REQUEST_CHARACTERS_MAX),
  /** A digest of the whole request. Another request is not covered by the approval. */
  digest: z.string().length(64),
  approvedBy: UserId.nullable(),
  approvedAtMs: TimeMs.nullable(),
  /** When it expires: it can be approved and used before this instant. */
  endsAtMs: TimeMs,
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Proposal = z.infer<typeof Proposal>;

/** A proposal, as staff see it. */
export const ProposalView = Proposal.omit({ digest: true });
export type ProposalView = z.infer<typeof ProposalView>;

/** One page of proposals. */
export const ProposalPage = pageOf(ProposalView);
