/** Somebody's own notes on a lesson. */
import type { NoteView } from '../../client/types.ts';
import { deviceTime } from './deviceTime.ts';
import type { Failure } from './failure.ts';
import type { Loaded, Paged } from './loaded.ts';
import { clockOf } from './media.ts';
import { failureLine, moreLineOf, type StateLine, stateLineOf } from './stateLine.ts';

/** What the page knows. */
export interface NotesModel {
  readonly notes: Loaded<Paged<NoteView>>;
  readonly more: Loaded<null>;
  /** The note that is changed; empty while a new one is written. */
  readonly editing: string;
  readonly text: string;
  readonly isSaving: boolean;
  readonly failure: Failure | null;
  /** The place that a new note is about, in seconds. */
  readonly second: number;
}

/** A note as it is shown. */
export interface NoteRow {
  readonly id: string;
  /** `03:12 · 11月30日 10:05`; without the place when it is the beginning. */
  readonly about: string;
  readonly text: string;
}

/** What the template reads. */
export interface NotesPage {
  readonly line: StateLine | null;
  readonly notes: readonly NoteRow[];
  readonly moreLine: StateLine | null;
  readonly title: string;
  readonly text: string;
  readonly isEditing: boolean;
  readonly isSaving: boolean;
  readonly wrong: StateLine | null;
}

const rowOf = ({ id, second, text, createdAtMs }: NoteView, nowMs: number): NoteRow => {
  const at = deviceTime(createdAtMs, nowMs);
  return { id, text, about: second === 0 ? at : `${clockOf(second)} · ${at}` };
};

/** The page. */
export function notesPage(model: NotesModel, nowMs: number): NotesPage {
  const { notes, more, editing, text, isSaving, failure, second } = model;
  const items = notes.value?.items ?? [];
  return {
    line: stateLineOf(notes, { title: '还没有笔记', action: '' }, (value) => value.items.length === 0),
    notes: items.map((note) => rowOf(note, nowMs)),
    moreLine: items.length === 0 ? null : moreLineOf(more, (notes.value?.nextCursor ?? null) !== null, 0),
    title: editing !== '' ? '修改笔记' : second > 0 ? `在 ${clockOf(second)} 记一笔` : '记一笔',
    text,
    isEditing: editing !== '',
    isSaving,
    wrong: failure === null ? null : failureLine(failure),
  };
}
