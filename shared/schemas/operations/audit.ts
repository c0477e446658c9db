/** The audit log: what staff did and looked at, as one hash chain for each actor. */
import * as z from 'zod';
import { pageOf, TimeMs, UserId } from '../base.ts';

/** The actor: a user, or whoever runs the `staff` command on the machine. */
export const Actor = z.union([UserId, z.literal('command')]);
export type Actor = z.infer<typeof Actor>;

const Hash = z.string().regex(/^[0-9a-f]{64}$/);

/** The `prevHash` of a chain's first entry. */
export const CHAIN_START = '0'.repeat(64);

/** Fields and their values, as JSON. Null where there was nothing, or where nothing was changed. */
const Facts = z.record(z.string(), z.unknown()).nullable();

/**
 * What a member of staff did, to what, and why. Entries are only appended. `hash` covers everything else in the
 * entry, and `prevHash` is the hash of the same actor's previous entry. So no entry can be changed, removed or moved
 * unnoticed.
 */
export const AuditEntry = z.object({
  /** Derived from the cause where there is one, so that an action is logged once. */
  id: z.string().max(160),
  actorId: Actor,
  /** The entry's number in its actor's chain, from 1 without a gap; 0 for entries written before chains existed. */
  seq: z.int().min(0),
  action: z.string().max(60),
  target: z.string().max(300),
  /** The fields that a change replaced; null for something new, and for something only looked at. */
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
