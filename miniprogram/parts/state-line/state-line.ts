/** What stands where a thing would stand: while it is read, when there is none, and when it cannot be read. */

import { routes } from '../../model/routes.ts';
import type { StateLine } from '../../model/stateLine.ts';
import { go } from '../../wx/go.ts';

/** What it is given. */
export interface Props {
  readonly line: StateLine | null;
  /** What is drawn while it is read: cards of a list, a text, or one line. */
  readonly shape?: 'cards' | 'text' | 'line';
}

/** What it tells: the same is wanted again, or the way on from an empty place or a refusal. */
export interface Events {
  readonly retry: null;
  readonly way: null;
}

/** What the template reads. */
export type View = Required<Props>;

const methods = {
  /** The button was tapped. */
  act(this: { readonly data: View; triggerEvent(name: string, detail?: unknown): void }) {
    const kind = this.data.line?.kind;
    if (kind === 'login') void go(routes.login);
    else this.triggerEvent(kind === 'empty' || kind === 'refused' ? 'way' : 'retry', null);
  },
};

/** What the template may name. */
export type Handlers = typeof methods;

Component<View, Handlers>({
  properties: { line: { type: Object, value: null }, shape: { type: String, value: 'cards' } },
  options: { styleIsolation: 'apply-shared' },
  methods,
});
