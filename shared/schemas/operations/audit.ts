/** The audit log: what staff did and what they looked at, one chain for each of them. */
import * as z from 'zod';
import { pageOf, TimeMs, UserId } from '../base.ts';

/** Who did it: a user, or whoever can run the `staff` command on the machine. */
export const Actor = z.union([UserId, z.literal('command')]);
export type Actor = z.infer<typeof Actor>;

const Hash = z.string().regex(/^[0-9a-f]{64}$/);

/** The `prevHash` of the first entry of a chain. */
export const CHAIN_START = '0'.repeat(64);

/** What was so, as JSON, by the names of the fields. Null where there was nothing, or where nothing was changed. */
const Facts = z.record(z.string(), z.unknown()).nullable();

/**
 * What a member of staff did, to what, and why. Only ever appended: `hash` is over everything else in the entry, and
 * `prevHash` is the hash of the same actor's entry before it, so that none can be changed, taken out or put elsewhere.
 */
export const AuditEntry = z.object({
  /** Made from the cause where there is one, so that what is done once is written once. */
  id: z.string().max(160),
  actorId: Actor,
  /** From 1, without a gap, for each actor; 0 for what was written before there were chains. */
  seq: z.int().min(0),
  action: z.string().max(60),
  target: z.string().max(300),
  /** Of a change, only the fields that differ; null for what was new, and for what was only looked at. */
  before: Facts,
  after: Facts,
  reason: z.string().max(500).nullable(),
  atMs: TimeMs,
  requestId: z.string().max(64),
  prevHash: Hash,
  hash: Hash,
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** The end of an actor's chain, under the actor's id. */
export const AuditHead = z.object({
  id: Actor,
  seq: z.int().min(1),
  hash: Hash,
  updatedAtMs: TimeMs,
});
export type AuditHead = z.infer<typeof AuditHead>;

/** One page of the audit log. */
export const AuditPage = pageOf(AuditEntry);
