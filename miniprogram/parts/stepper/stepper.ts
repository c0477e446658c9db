/** A number that is made larger and smaller by one. */

/** What it is given. `label` says what is counted. */
export interface Props {
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly label: string;
}

/** What it tells: the number that is wanted. */
export interface Events {
  readonly change: { readonly value: number };
}

/** What the template reads. */
export type View = Props;

type Own = { readonly data: View; triggerEvent(name: string, detail?: unknown): void };

const methods = {
  /** One less. */
  less(this: Own) {
    const { value, min } = this.data;
    if (value > min) this.triggerEvent('change', { value: value - 1 });
  },
  /** One more. */
  greater(this: Own) {
    const { value, max } = this.data;
    if (value < max) this.triggerEvent('change', { value: value + 1 });
  },
};

/** What the template may name. */
export type Handlers = typeof methods;

Component<View, Handlers>({
  properties: {
    value: { type: Number, value: 1 },
    min: { type: Number, value: 1 },
    max: { type: Number, value: 1 },
    label: { type: String, value: '' },
  },
  methods,
});
