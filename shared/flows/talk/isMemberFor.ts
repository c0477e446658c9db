import { isMember } from '../../domain/talk/group.ts';
import type { Reader } from '../../ports/database.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Drop } from '../../schemas/talk/drop.ts';
import { standingIn } from './enterGroup.ts';

/**
 * Whether a user is a member of the group into which a drop goes; true for a drop that goes into none of ours. In a
 * transaction a concurrent refund makes it run again.
 */
export async function isMemberFor(
  reader: Pick<Reader, 'find'>,
  database: Pick<Reader, 'find'>,
  { audience }: Pick<Drop, 'audience'>,
  { userId, now }: { readonly userId: UserId; readonly now: TimeMs },
): Promise<boolean> {
  if (audience.kind !== 'group') return true;
  const found = await standingIn(reader, database, { groupId: audience.groupId, userId, now });
  return found !== null && isMember(found.group, found.standing);
}
