/** A short word on a ground of its own. */

/** What it is given. */
export interface Props {
  readonly text: string;
  readonly tone?: 'main' | 'price' | 'soft' | 'bad' | 'warn';
}

/** What the template reads. */
export type View = Required<Props>;

/** It does nothing. */
export type Handlers = object;

Component<View, Handlers>({
  properties: { text: { type: String, value: '' }, tone: { type: String, value: 'soft' } },
});
