/** A bar at the foot of the page, for what is main there. It is out of the way while the keyboard is up. */

/** What it is given. */
export interface Props {
  readonly isHidden?: boolean;
}

/** What the template reads. */
export type View = Required<Props>;

/** It does nothing. */
export type Handlers = object;

Component<View, Handlers>({ properties: { isHidden: { type: Boolean, value: false } } });
