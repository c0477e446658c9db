/** What is said in a thread, or in reply to one comment, and the way to say something. */
import type { CommentSort, MyCommentView } from '../../../client/types.ts';
import type { InputEvent, PhoneEvent, TapEvent } from '../../../local/phone/platform.ts';
import { type CommentsModel, type CommentsPage, commentsPage, type Said } from '../../model/comments.ts';
import { ready, unread } from '../../model/loaded.ts';
import { talkRoutes } from '../../model/routes.ts';
import { writeAgreed } from '../../wx/agrees.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { go } from '../../wx/go.ts';
import { forgetId, idFor } from '../../wx/keptIds.ts';
import { page, type Self } from '../../wx/page.ts';
import { session } from '../../wx/session.ts';

/** What the page knows, and which comment it shows the replies to; empty for a whole thread. */
interface Model extends CommentsModel {
  readonly parentId: string;
  readonly threadId: string;
}

/** What the template reads. */
export type View = CommentsPage;

type Own = Self<Model>;
type OwnEvent = TapEvent<{ readonly id: string }>;

/** The page where somebody agreed, as it is recorded. */
const PAGE = 'talk/comments';

async function ask(self: Own, cursor?: string): Promise<Said> {
  const { parentId, threadId, sort } = self.model;
  if (parentId === '') return { ...(await client.listComments({ threadId, sort, cursor })), comment: null };
  const replies = await client.listReplies({ id: parentId, cursor });
  self.set({ threadId: replies.comment.threadId });
  return replies;
}

const readMine = (self: Own) =>
  self.read('mine', () => client.listMyComments({ threadId: self.model.threadId }));

async function readAside(self: Own): Promise<void> {
  const { threadId } = self.model;
  const [kind, id = ''] = threadId.split(':');
  if (kind !== 'lesson' && kind !== 'product' && kind !== 'article' && kind !== 'topic') return;
  await Promise.all([
    self.read('thread', () => client.getThread({ kind, id })),
    session() === null ? undefined : readMine(self),
  ]);
}

async function load(self: Own): Promise<void> {
  self.set({ more: unread });
  const { parentId } = self.model;
  if (parentId === '') await Promise.all([self.read('said', () => ask(self)), readAside(self)]);
  else {
    await self.read('said', () => ask(self));
    await readAside(self);
  }
}

async function write(self: Own): Promise<MyCommentView> {
  const { editing, text, stars, threadId, parentId: above, replyTo, thread } = self.model;
  if (editing !== null) {
    const changed = editing.stars === null || stars === 0 ? editing.stars : stars;
    return (await client.updateComment({ id: editing.id, body: text, stars: changed })).comment;
  }
  const parentId = replyTo?.id ?? (above === '' ? null : above);
  const given = parentId === null && thread.value?.mayRate === true && stars > 0 ? stars : null;
  const about = `comment:${threadId}:${parentId}:${given}:${text}`;
  const id = await idFor('cmt', about);
  const { comment } = await client.createComment({ id, threadId, parentId, body: text, stars: given });
  forgetId(about);
  return comment;
}

/** Writes it; who has not agreed to the community's rules is asked first, once. */
async function send(self: Own): Promise<void> {
  self.set({ isSaving: true, failure: null });
  try {
    const comment = await writeAgreed(PAGE, () => write(self));
    const mine = self.model.mine.value?.items.filter(({ id }) => id !== comment.id) ?? [];
    self.set({
      ...{ isSaving: false, text: '', stars: 0, replyTo: null, editing: null },
      mine: ready({ items: [comment, ...mine], nextCursor: self.model.mine.value?.nextCursor ?? null }),
    });
    await readAside(self);
  } catch (caught) {
    self.set({ isSaving: false, failure: failureOf(caught) });
  }
}

const own = page({
  model: (): Model => ({
    ...{ thread: unread, said: unread, more: unread, mine: unread, sort: 'newest', text: '', stars: 0 },
    ...{ replyTo: null, editing: null, isSaving: false, failure: null, parentId: '', threadId: '' },
  }),
  view: (model, nowMs): View => commentsPage(model, nowMs, model.parentId !== ''),
  open: (self) => {
    const { id = '', kind = '', about = '' } = self.query;
    self.set({ parentId: id, threadId: id === '' ? `${kind}:${about}` : '' });
  },
  load,
  again: (self) => (self.model.threadId === '' ? undefined : readAside(self)),
  more: (self) => self.readNext('said', 'more', (cursor) => ask(self, cursor)),
  on: {
    readMore: (self: Own) => self.readNext('said', 'more', (cursor) => ask(self, cursor)),
    pick: async (self: Own, { currentTarget }: TapEvent<{ readonly id: CommentSort }>) => {
      self.set({ sort: currentTarget.dataset.id, said: unread, more: unread });
      await self.read('said', () => ask(self));
    },
    type: (self: Own, { detail }: InputEvent) => self.set({ text: detail.value, failure: null }),
    rate: (self: Own, { currentTarget }: TapEvent<{ readonly n: number }>) =>
      self.set({ stars: currentTarget.dataset.n }),
    reply: (self: Own, { detail }: PhoneEvent<{ readonly id: string; readonly name: string }>) =>
      self.set({ replyTo: detail, editing: null, failure: null }),
    replies: (_: Own, { detail }: PhoneEvent<{ readonly id: string }>) => go(talkRoutes.replies(detail.id)),
    leave: (self: Own) => self.set({ replyTo: null, editing: null, text: '', stars: 0, failure: null }),
    closePhone: (self: Own) => self.set({ failure: null }),
    save: (self: Own) => (self.model.isSaving || self.model.text.trim() === '' ? undefined : send(self)),
    edit: (self: Own, { currentTarget }: OwnEvent) => {
      const found = self.model.mine.value?.items.find(({ id }) => id === currentTarget.dataset.id);
      if (found !== undefined)
        self.set({ editing: found, replyTo: null, text: found.body, stars: found.stars ?? 0, failure: null });
    },
    toAppeal: (_: Own, { currentTarget }: OwnEvent) =>
      go(talkRoutes.appeal(`comment:${currentTarget.dataset.id}`)),
    remove: async (self: Own, { currentTarget }: OwnEvent) => {
      const { confirm } = await wx.showModal({ title: '删除这条评论？', confirmText: '删除' });
      if (!confirm) return;
      try {
        await client.removeComment({ id: currentTarget.dataset.id });
        self.set({ editing: null, failure: null });
        await load(self);
      } catch (caught) {
        self.set({ failure: failureOf(caught) });
      }
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
