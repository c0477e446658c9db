import * as groupNotes from '../../data/talk/groupNotes.ts';
import { changeNote, groupView, newNote, refuseUnlessOpen } from '../../domain/talk/group.ts';
import type { Ports } from '../../ports/ports.ts';
import type { GroupId, TimeMs, UserId } from '../../schemas/base.ts';
import type { GroupView } from '../../schemas/talk/group.ts';
import { seeGroup } from './enterGroup.ts';

/**
 * Changes what a user set for a group that they may see, and shows the group as it is for them then.
 * @throws group.not_found; group.not_open when it says that they join or leave, and the group is not open
 */
export async function changeGroupNote(
  { database }: Pick<Ports, 'database'>,
  asked: {
    readonly groupId: GroupId;
    readonly userId: UserId;
    readonly change: Parameters<typeof changeNote>[1];
    readonly now: TimeMs;
  },
): Promise<GroupView> {
  const { groupId, userId, change, now } = asked;
  const { group, standing } = await database.tx(async (tx) => {
    const seen = await seeGroup(tx, database, asked);
    if (change.hasJoined !== undefined) refuseUnlessOpen(seen.group);
    const before = seen.standing.note;
    const note = changeNote(before ?? newNote(groupId, userId, now), change, now);
    await groupNotes.save(tx, before, note);
    return { group: seen.group, standing: { ...seen.standing, note } };
  });
  return groupView(group, standing);
}
