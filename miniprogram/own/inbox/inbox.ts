/** What the shop told the caller, the newest first. What was shown is read. */
import type { MessageView } from '../../../client/types.ts';
import type { TapEvent } from '../../../local/phone/platform.ts';
import { type MessageRow, messageRow } from '../../model/inboxView.ts';
import { type Loaded, type Paged, unread } from '../../model/loaded.ts';
import { routes } from '../../model/routes.ts';
import { moreLineOf, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';

interface Model {
  readonly messages: Loaded<Paged<MessageView>>;
  readonly moreMessages: Loaded<unknown>;
}

/** What the template reads. */
export interface View {
  readonly state: StateLine | null;
  readonly rows: readonly MessageRow[];
  readonly more: StateLine | null;
}

function view({ messages, moreMessages }: Model, nowMs: number): View {
  const { value } = messages;
  const empty = { title: '还没有消息', action: '去逛逛' };
  return {
    state: stateLineOf(messages, empty, ({ items }) => items.length === 0),
    rows: (value?.items ?? []).map((message) => messageRow(message, nowMs)),
    more:
      value === null || value.items.length === 0
        ? null
        : moreLineOf(moreMessages, value.nextCursor !== null, value.items.length),
  };
}

async function load(self: Self<Model>): Promise<void> {
  await self.read('messages', () => client.listMessages());
  const [newest] = self.model.messages.value?.items ?? [];
  // A mark that is lost is made the next time.
  if (newest?.isRead === false)
    await client.markRead({ untilAtMs: newest.createdAtMs }).catch(() => undefined);
}

const readMore = (self: Self<Model>) =>
  self.readNext('messages', 'moreMessages', (cursor) => client.listMessages({ cursor }));

const own = page({
  model: (): Model => ({ messages: unread, moreMessages: unread }),
  view,
  load,
  more: readMore,
  on: {
    readMore,
    open: (_, { currentTarget }: TapEvent<{ readonly page: string }>) => go(`/${currentTarget.dataset.page}`),
    shop: () => go(routes.home),
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
