/** The chapters and lessons of a course. A tap chooses a lesson. */
import type { TapEvent } from '../../../local/phone/platform.ts';
import type { ChapterView } from '../../model/outline.ts';

/** What it is given. */
export interface Props {
  readonly chapters: readonly ChapterView[];
}

/** What it tells: the lesson that was chosen, and whether it is read and not played. */
export interface Events {
  readonly choose: { readonly id: string; readonly isText: boolean };
}

/** What the template reads. */
export type View = Props;

type Own = { triggerEvent(name: string, detail?: unknown): void };

const methods = {
  /** A lesson was tapped. */
  choose(this: Own, { currentTarget }: TapEvent<{ readonly id: string; readonly text: boolean }>) {
    const { id, text } = currentTarget.dataset;
    this.triggerEvent('choose', { id, isText: text });
  },
};

/** What the template may name. */
export type Handlers = typeof methods;

Component<View, Handlers>({ properties: { chapters: { type: Array, value: [] } }, methods });
