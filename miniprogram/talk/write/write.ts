/** Where somebody writes a topic in a group, or changes one of their own. */
import type { MyTopicView, TopicKind } from '../../../client/types.ts';
import { words } from '../../../client/words.ts';
import type { InputEvent, TapEvent } from '../../../local/phone/platform.ts';
import type { Failure } from '../../model/failure.ts';
import { type Loaded, unread } from '../../model/loaded.ts';
import { PICTURES_MAX, type Picture, type PictureRow, pictureRows } from '../../model/picture.ts';
import { type Empty, failureLine, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { writeAgreed } from '../../wx/agrees.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { back } from '../../wx/go.ts';
import { newId } from '../../wx/ids.ts';
import { forgetId, idFor } from '../../wx/keptIds.ts';
import { page, type Self } from '../../wx/page.ts';
import { choosePictures, pictureFailure, uploadPicture } from '../../wx/pictures.ts';

interface Model {
  /** What is changed: a topic of one's own, or nothing, because a new one is written; `gone` where it is not there. */
  readonly before: Loaded<MyTopicView | 'new' | 'gone'>;
  readonly kind: TopicKind;
  readonly title: string;
  readonly body: string;
  readonly pictures: readonly Picture[];
  /** Whether the person teaches or assists there, and so may write digests. */
  readonly isStaffHere: boolean;
  readonly isSaving: boolean;
  readonly failure: Failure | null;
}

/** What the template reads. */
export interface View {
  readonly line: StateLine | null;
  readonly kinds: readonly { readonly id: TopicKind; readonly title: string; readonly isOn: boolean }[];
  readonly title: string;
  readonly body: string;
  readonly pictures: readonly PictureRow[];
  readonly mayAdd: boolean;
  readonly isNotReady: boolean;
  readonly isSaving: boolean;
  readonly needsPhone: boolean;
  readonly wrong: StateLine | null;
}

type Own = Self<Model>;
type PictureEvent = TapEvent<{ readonly id: string }>;

/** The page where somebody agreed, as it is recorded. */
const PAGE = 'talk/write';

const groupOf = (self: Own) => self.query.group ?? '';

const GONE: Empty = { title: '话题不存在，或已超过可以修改的时间', action: '返回' };

/** Whether there is nothing that could be written. */
const isOver = (before: MyTopicView | 'new' | 'gone') =>
  before === 'gone' || (before !== 'new' && before.editUntilMs === null);

const isReady = ({ title, body, pictures }: Model) =>
  title.trim() !== '' && body.trim() !== '' && pictures.every(({ state }) => state === 'ready');

async function write(self: Own): Promise<void> {
  const { before, kind, title, body, pictures } = self.model;
  const images = pictures.map(({ id }) => id);
  if (typeof before.value === 'object' && before.value !== null) {
    await client.updateTopic({ id: before.value.id, title, body, images });
    return;
  }
  const about = `topic:${groupOf(self)}:${kind}:${title}:${body}:${images.join()}`;
  const id = await idFor('top', about);
  await client.createTopic({ id, groupId: groupOf(self), kind, title, body, images });
  forgetId(about);
}

/** One of one's own topics as it was written last. It can be changed for minutes, so it is among the newest ones. */
async function findOwn(id: string): Promise<MyTopicView | 'gone'> {
  for (let cursor: string | undefined; ; ) {
    const { items, nextCursor } = await client.listMyTopics({ cursor });
    const found = items.find((topic) => topic.id === id);
    if (found !== undefined) return found;
    if (nextCursor === null) return 'gone';
    cursor = nextCursor;
  }
}

async function load(self: Own): Promise<void> {
  const { id = '' } = self.query;
  await self.read('before', async () => {
    if (id !== '') return findOwn(id);
    const { group } = await client.getGroup({ id: groupOf(self) });
    self.set({ isStaffHere: group.isStaffHere });
    return 'new';
  });
  const { value } = self.model.before;
  if (typeof value !== 'object' || value === null) return;
  const { kind, title, body, images } = value;
  const pictures = images.map(({ id: upload, url }): Picture => ({ id: upload, src: url, state: 'ready' }));
  self.set({ kind, title, body, pictures });
}

function put(self: Own, id: string, state: Picture['state']): void {
  const { pictures } = self.model;
  self.set({ pictures: pictures.map((one) => (one.id === id ? { ...one, state } : one)) });
}

async function upload(self: Own, { id, src }: Picture): Promise<void> {
  put(self, id, 'sending');
  try {
    await uploadPicture(id, src);
    put(self, id, 'ready');
  } catch (caught) {
    put(self, id, 'failed');
    self.set({ failure: pictureFailure(caught) });
  }
}

/** What failed is done again: pictures first. */
async function tryAgain(self: Own): Promise<void> {
  const failed = self.model.pictures.filter(({ state }) => state === 'failed');
  self.set({ failure: null });
  for (const picture of failed) await upload(self, picture);
  if (failed.length === 0) await save(self);
}

async function save(self: Own): Promise<void> {
  if (self.model.isSaving || !isReady(self.model)) return;
  self.set({ isSaving: true, failure: null });
  try {
    await writeAgreed(PAGE, () => write(self));
    self.set({ isSaving: false, title: '', body: '', pictures: [] });
    await wx.showToast({ title: '已提交，审核通过后公开', icon: 'none' });
    await back();
  } catch (caught) {
    self.set({ isSaving: false, failure: failureOf(caught) });
  }
}

const own = page({
  model: (): Model => ({
    ...{ before: unread, kind: 'talk', title: '', body: '', pictures: [], isStaffHere: false },
    ...{ isSaving: false, failure: null },
  }),
  view: (model): View => {
    const { before, kind, title, body, pictures, isStaffHere, isSaving, failure } = model;
    const kinds: readonly TopicKind[] = isStaffHere ? ['talk', 'ask', 'digest'] : ['talk', 'ask'];
    const isNew = before.value === 'new';
    const needsPhone = failure?.code === 'phone.required';
    return {
      line: stateLineOf(before, GONE, isOver),
      kinds: isNew ? kinds.map((id) => ({ id, title: words.topicKind[id], isOn: id === kind })) : [],
      ...{ title, body, isSaving, needsPhone, isNotReady: !isReady(model) },
      pictures: pictureRows(pictures),
      mayAdd: pictures.length < PICTURES_MAX,
      wrong: failure === null || needsPhone ? null : failureLine(failure),
    };
  },
  load,
  on: {
    save,
    tryAgain,
    leave: () => back(),
    close: (self: Own) => self.set({ failure: null }),
    pick: (self: Own, { currentTarget }: TapEvent<{ readonly id: TopicKind }>) =>
      self.set({ kind: currentTarget.dataset.id, failure: null }),
    name: (self: Own, { detail }: InputEvent) => self.set({ title: detail.value, failure: null }),
    type: (self: Own, { detail }: InputEvent) => self.set({ body: detail.value, failure: null }),
    add: async (self: Own) => {
      const paths = await choosePictures(PICTURES_MAX - self.model.pictures.length);
      const added: Picture[] = [];
      for (const src of paths) added.push({ id: await newId('upl'), src, state: 'sending' });
      self.set({ pictures: [...self.model.pictures, ...added], failure: null });
      for (const picture of added) await upload(self, picture);
    },
    again: async (self: Own, { currentTarget }: PictureEvent) => {
      const found = self.model.pictures.find(({ id }) => id === currentTarget.dataset.id);
      if (found?.state !== 'failed') return;
      self.set({ failure: null });
      await upload(self, found);
    },
    drop: (self: Own, { currentTarget }: PictureEvent) =>
      self.set({ pictures: self.model.pictures.filter(({ id }) => id !== currentTarget.dataset.id) }),
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
