/** The groups that somebody may enter now, and the open ones. */
import type { GroupItem } from '../../../client/types.ts';
import type { TapEvent } from '../../../local/phone/platform.ts';
import { type GroupRow, groupRow } from '../../model/groups.ts';
import { type Loaded, type Paged, unread } from '../../model/loaded.ts';
import { routes, talkRoutes } from '../../model/routes.ts';
import { moreLineOf, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';

interface Model {
  readonly groups: Loaded<Paged<GroupItem>>;
  readonly more: Loaded<null>;
}

/** What the template reads. */
export interface View {
  readonly line: StateLine | null;
  readonly rows: readonly GroupRow[];
  readonly moreLine: StateLine | null;
}

type Own = Self<Model>;

function load(self: Own): Promise<void> {
  self.set({ more: unread });
  return self.read('groups', () => client.listGroups({ limit: 50 }));
}

const readMore = (self: Own) =>
  self.readNext('groups', 'more', (cursor) => client.listGroups({ limit: 50, cursor }));

const own = page({
  model: (): Model => ({ groups: unread, more: unread }),
  view: ({ groups, more }): View => {
    const items = groups.value?.items ?? [];
    const hasNext = (groups.value?.nextCursor ?? null) !== null;
    return {
      line: stateLineOf(
        groups,
        { title: '还没有小组，选一门课程就能加入它的小组', action: '去选课' },
        (value) => value.items.length === 0 && value.nextCursor === null,
      ),
      rows: items.map(groupRow),
      moreLine: items.length === 0 && !hasNext ? null : moreLineOf(more, hasNext, 0),
    };
  },
  load,
  again: load,
  more: readMore,
  on: {
    readMore,
    open: (_: Own, { currentTarget }: TapEvent<{ readonly id: string }>) =>
      go(talkRoutes.group(currentTarget.dataset.id)),
    toList: () => go(routes.list),
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
