/** How a sum comes about: what each thing adds or takes off, and the total. */
import type { SumLine } from '../../model/quoteView.ts';

/** What it is given. */
export interface Props {
  readonly lines: readonly SumLine[];
}

/** What the template reads. */
export type View = Props;

/** It does nothing. */
export type Handlers = object;

Component<View, Handlers>({ properties: { lines: { type: Array, value: [] } } });
