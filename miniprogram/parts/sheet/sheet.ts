/** A sheet over the page. It is closed by its button or by a tap beside it. */

/** What it is given. */
export interface Props {
  readonly title: string;
  readonly isOpen: boolean;
}

/** What it tells. */
export interface Events {
  readonly close: null;
}

/** What the template reads. */
export type View = Props;

const methods = {
  /** The sheet is to go. */
  close(this: { triggerEvent(name: string, detail?: unknown): void }) {
    this.triggerEvent('close', null);
  },
};

/** What the template may name. */
export type Handlers = typeof methods;

Component<View, Handlers>({
  properties: { title: { type: String, value: '' }, isOpen: { type: Boolean, value: false } },
  methods,
});
