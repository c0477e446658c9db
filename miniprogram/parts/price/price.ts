/** A price: what it is now, what it was, and which offer makes the difference. */
import type { PriceView } from '../../model/price.ts';

/** What it is given. */
export interface Props {
  readonly price: PriceView | null;
  readonly size?: 'small' | 'large';
}

/** What the template reads. */
export type View = Required<Props>;

/** It does nothing. */
export type Handlers = object;

Component<View, Handlers>({
  properties: { price: { type: Object, value: null }, size: { type: String, value: 'small' } },
});
