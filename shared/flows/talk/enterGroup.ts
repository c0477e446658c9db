import * as products from '../../data/catalogue/products.ts';
import * as groupNotes from '../../data/talk/groupNotes.ts';
import * as groups from '../../data/talk/groups.ts';
import { isMember, maySeeGroup, type Standing } from '../../domain/talk/group.ts';
import { fail } from '../../errors.ts';
import type { Reader } from '../../ports/database.ts';
import type { GroupId, TimeMs, UserId } from '../../schemas/base.ts';
import type { Group } from '../../schemas/talk/group.ts';
import { accessToOne } from '../access/accessTo.ts';

/** A group, and how a user stands to it now. */
export interface EnteredGroup {
  readonly group: Group;
  readonly standing: Standing;
}

interface Asked {
  readonly groupId: GroupId;
  readonly userId: UserId;
  readonly now: TimeMs;
}

/**
 * The group and how the user stands to it now, in any state of it; null when there is none. Whether they may use its
 * product is asked at each call, as for the product itself. In a transaction a concurrent purchase or refund makes it
 * run again; the group and its product are read outside it, so nobody's writing waits for somebody else's.
 */
export async function standingIn(
  reader: Pick<Reader, 'find'>,
  database: Pick<Reader, 'find'>,
  { groupId, userId, now }: Asked,
): Promise<EnteredGroup | null> {
  const group = await groups.find(database, groupId);
  if (group === null) return null;
  const product = group.productId === null ? null : await products.find(database, group.productId);
  const note = await groupNotes.find(reader, groupId, userId);
  const mayUse = product !== null && (await accessToOne(reader, userId, product, now)).mayUse;
  return { group, standing: { userId, note, mayUse } };
}

/** The group, if the user may see that it exists. @throws group.not_found */
export async function seeGroup(
  reader: Pick<Reader, 'find'>,
  database: Pick<Reader, 'find'>,
  asked: Asked,
): Promise<EnteredGroup> {
  const found = await standingIn(reader, database, asked);
  if (found === null || !maySeeGroup(found.group, found.standing)) throw fail('group.not_found');
  return found;
}

/** The group, if the user is a member of it now. @throws group.not_found */
export async function enterGroup(
  reader: Pick<Reader, 'find'>,
  database: Pick<Reader, 'find'>,
  asked: Asked,
): Promise<EnteredGroup> {
  const found = await standingIn(reader, database, asked);
  if (found === null || !isMember(found.group, found.standing)) throw fail('group.not_found');
  return found;
}
