/** Comments, or replies, one below the other. A tap replies to one, or shows all replies to it. */
import type { PhoneEvent, TapEvent } from '../../../local/phone/platform.ts';
import type { CommentRow } from '../../model/comments.ts';

/** What it is given. `mayWrite`: whether there is a way to reply. */
export interface Props {
  readonly rows: readonly CommentRow[];
  readonly mayWrite: boolean;
}

/** What it tells: the comment to reply to, the one whose replies are to be shown, and an author who is blocked now. */
export interface Events {
  readonly reply: { readonly id: string; readonly name: string };
  readonly replies: { readonly id: string };
  readonly blocked: { readonly author: string };
}

/** What the template reads. */
export type View = Props;

type Own = { triggerEvent(name: string, detail?: unknown): void };
type RowEvent = TapEvent<{ readonly id: string; readonly name: string }>;

const methods = {
  /** Somebody wants to reply to a comment. */
  reply(this: Own, { currentTarget }: RowEvent) {
    const { id, name } = currentTarget.dataset;
    this.triggerEvent('reply', { id, name });
  },
  /** Somebody wants to see all replies to a comment. */
  replies(this: Own, { currentTarget }: RowEvent) {
    this.triggerEvent('replies', { id: currentTarget.dataset.id });
  },
  /** Somebody blocked an author. */
  blocked(this: Own, { detail }: PhoneEvent<{ readonly author: string }>) {
    this.triggerEvent('blocked', detail);
  },
};

/** What the template may name. */
export type Handlers = typeof methods;

Component<View, Handlers>({
  properties: { rows: { type: Array, value: [] }, mayWrite: { type: Boolean, value: false } },
  methods,
});
