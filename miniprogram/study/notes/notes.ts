/** Somebody's own notes on a lesson. Nobody else sees them. */
import type { NoteView } from '../../../client/types.ts';
import type { InputEvent, TapEvent } from '../../../local/phone/platform.ts';
import { ready, unread } from '../../model/loaded.ts';
import { type NotesModel, type NotesPage, notesPage } from '../../model/notes.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { forgetId, idFor } from '../../wx/keptIds.ts';
import { page, type Self } from '../../wx/page.ts';

/** What the template reads. */
export type View = NotesPage;

type Own = Self<NotesModel>;
type NoteEvent = TapEvent<{ readonly id: string }>;

const lessonOf = (self: Own) => self.query.id ?? '';

const ask = (self: Own, cursor?: string) => client.listNotes({ lessonId: lessonOf(self), cursor });

function change(self: Own, to: (items: readonly NoteView[]) => readonly NoteView[]): void {
  const { value } = self.model.notes;
  const { items, nextCursor } = value ?? { items: [], nextCursor: null };
  self.set({ notes: ready({ items: to(items), nextCursor }) });
}

const readMore = (self: Own) => self.readNext('notes', 'more', (cursor) => ask(self, cursor));

async function write(self: Own): Promise<void> {
  const { text, second, editing } = self.model;
  if (editing !== '') {
    const { note } = await client.updateNote({ id: editing, text });
    change(self, (items) => items.map((one) => (one.id === note.id ? note : one)));
    return;
  }
  const about = `note:${lessonOf(self)}:${second}:${text}`;
  const id = await idFor('nte', about);
  const { note } = await client.createNote({ id, lessonId: lessonOf(self), second, text });
  forgetId(about);
  change(self, (items) => [...items.filter((one) => one.id !== note.id), note]);
}

const own = page({
  model: (): NotesModel => ({
    ...{ notes: unread, more: unread, editing: '', text: '', isSaving: false, failure: null, second: 0 },
  }),
  view: notesPage,
  open: (self) => self.set({ second: Number(self.query.second ?? 0) || 0 }),
  load: (self) => {
    self.set({ more: unread });
    return self.read('notes', () => ask(self));
  },
  more: readMore,
  on: {
    readMore,
    type: (self, { detail }: InputEvent) => self.set({ text: detail.value, failure: null }),
    save: async (self) => {
      if (self.model.isSaving || self.model.text.trim() === '') return;
      self.set({ isSaving: true, failure: null });
      try {
        await write(self);
        self.set({ isSaving: false, text: '', editing: '' });
      } catch (caught) {
        self.set({ isSaving: false, failure: failureOf(caught) });
      }
    },
    edit: (self, { currentTarget }: NoteEvent) => {
      const note = self.model.notes.value?.items.find(({ id }) => id === currentTarget.dataset.id);
      if (note !== undefined) self.set({ editing: note.id, text: note.text, failure: null });
    },
    leaveEditing: (self) => self.set({ editing: '', text: '', failure: null }),
    remove: async (self, { currentTarget }: NoteEvent) => {
      const { id } = currentTarget.dataset;
      const { confirm } = await wx.showModal({ title: '删除这条笔记？', confirmText: '删除' });
      if (!confirm) return;
      self.set({ failure: null });
      try {
        await client.removeNote({ id });
        change(self, (items) => items.filter((one) => one.id !== id));
        if (self.model.editing === id) self.set({ editing: '', text: '' });
      } catch (caught) {
        self.set({ failure: failureOf(caught) });
      }
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
