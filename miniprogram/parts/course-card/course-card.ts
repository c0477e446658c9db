/** A product in a list. A tap opens its page, or what somebody has of it. */
import type { CardView } from '../../model/card.ts';
import { routes, wayToStudy } from '../../model/routes.ts';
import { go } from '../../wx/go.ts';

/** What it is given. */
export interface Props {
  readonly card: CardView | null;
  readonly isLazy?: boolean;
  /** Whether a tap opens what somebody has. */
  readonly isOwn?: boolean;
}

/** What the template reads. */
export type View = Required<Props>;

const methods = {
  /** Opens the product. */
  open(this: { readonly data: View }) {
    const { card, isOwn } = this.data;
    if (card === null) return;
    void go(isOwn && card.kind !== '' ? wayToStudy(card.id, card.kind) : routes.detail(card.id, card.kind));
  },
};

/** What the template may name. */
export type Handlers = typeof methods;

Component<View, Handlers>({
  properties: {
    card: { type: Object, value: null },
    isLazy: { type: Boolean, value: false },
    isOwn: { type: Boolean, value: false },
  },
  methods,
});
