import * as consentEntries from '../../data/identity/consentEntries.ts';
import * as users from '../../data/identity/users.ts';
import * as inboxes from '../../data/inbox/inboxes.ts';
import type { ChangedConsent } from '../../domain/identity/legal.ts';
import { newInbox } from '../../domain/inbox/delivery.ts';
import type { Tx } from '../../ports/database.ts';
import type { ConsentEntry } from '../../schemas/identity/legal.ts';
import type { User } from '../../schemas/identity/user.ts';

/** Stores a changed consent together with the entry that proves it. Returns the user as they are now. */
export async function saveConsent(tx: Tx, before: User, { user, entry }: ChangedConsent): Promise<User> {
  if (entry === null) return before;
  await users.save(tx, before, user);
  await consentEntries.insert(tx, entry);
  if (entry.kind === 'marketing') await optIn(tx, user, entry);
  return user;
}

/** Keeps beside the inbox who may be told of promotions, so that they are found. */
async function optIn(tx: Tx, { id }: User, { act, atMs }: ConsentEntry): Promise<void> {
  const before = await inboxes.find(tx, id);
  const inbox = before ?? newInbox(id, atMs);
  await inboxes.save(tx, before, { ...inbox, isOptedIn: act === 'given', updatedAtMs: atMs });
}
