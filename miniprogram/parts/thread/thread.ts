/**
 * What is said about something, below it: how much, what stars it has, and the comments of most interest. A tap leads
 * to all of them. It reads by itself, and shows nothing where comments are off or cannot be read.
 */
import type { CommentView, ThreadKind, ThreadView } from '../../../client/types.ts';
import type { PhoneEvent } from '../../../local/phone/platform.ts';
import { type CommentRow, commentRows, threadEntry } from '../../model/comments.ts';
import { talkRoutes } from '../../model/routes.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { features } from '../../wx/features.ts';
import { go } from '../../wx/go.ts';

/** What it is given: what the thread is about, and how many comments are shown. Nothing is shown without an id. */
export interface Props {
  readonly kind: ThreadKind;
  readonly about: string;
  readonly count: number;
}

/** What the template reads. */
export interface View extends Props {
  /** `★ 4.6 · 12 条`; empty while nothing is shown. */
  readonly entry: string;
  readonly rows: readonly CommentRow[];
}

interface Own {
  readonly data: View;
  setData(patch: Partial<View>): void;
}

async function ask({ kind, about, count }: Props): Promise<readonly [ThreadView, readonly CommentView[]]> {
  const thread = await client.getThread({ kind, id: about });
  if (count === 0 || thread.comments === 0) return [thread, []];
  const page = await client.listComments({ threadId: thread.id, sort: 'hot', limit: count });
  return [thread, page.items];
}

async function read(own: Own): Promise<void> {
  const { kind, about, count } = own.data;
  if (about === '') return own.setData({ entry: '', rows: [] });
  const on = await features();
  const isOff = on === null || (kind === 'topic' ? on.topics : on.comments) === 'off';
  if (isOff) return own.setData({ entry: '', rows: [] });
  try {
    const [thread, items] = await ask({ kind, about, count });
    // Another one may have been opened meanwhile.
    if (own.data.about === about)
      own.setData({ entry: threadEntry(thread), rows: commentRows(items, Date.now()) });
  } catch (caught) {
    failureOf(caught);
    if (own.data.about === about) own.setData({ entry: '', rows: [] });
  }
}

const methods = {
  /** All comments. */
  toAll(this: Own) {
    return go(talkRoutes.comments(`${this.data.kind}:${this.data.about}`));
  },
  /** The replies to one comment. */
  replies(this: Own, { detail }: PhoneEvent<{ readonly id: string }>) {
    return go(talkRoutes.replies(detail.id));
  },
};

/** What the template may name. */
export type Handlers = typeof methods;

Component<View, Handlers>({
  properties: {
    kind: { type: String, value: 'product' },
    about: { type: String, value: '' },
    count: { type: Number, value: 0 },
  },
  data: { entry: '', rows: [] },
  observers: {
    about() {
      void read(this);
    },
  },
  pageLifetimes: {
    show() {
      void read(this);
    },
  },
  methods,
});
