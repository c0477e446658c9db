/** A coupon: what it is worth, for what and until when. */
import type { Ticket } from '../../model/couponView.ts';

/** What it is given. */
export interface Props {
  readonly ticket: Ticket | null;
  /** What the button says; empty for no button. */
  readonly action?: string;
  /** What stands in place of the button. */
  readonly note?: string;
  /** Whether it is of no use now. */
  readonly isDim?: boolean;
  readonly isBusy?: boolean;
}

/** What it tells: its button was tapped. */
export interface Events {
  readonly act: { readonly id: string };
}

/** What the template reads. */
export type View = Required<Props>;

const methods = {
  /** The button was tapped. */
  act(this: { readonly data: View; triggerEvent(name: string, detail?: unknown): void }) {
    const { ticket, isBusy } = this.data;
    if (ticket !== null && !isBusy) this.triggerEvent('act', { id: ticket.id });
  },
};

/** What the template may name. */
export type Handlers = typeof methods;

Component<View, Handlers>({
  properties: {
    ticket: { type: Object, value: null },
    action: { type: String, value: '' },
    note: { type: String, value: '' },
    isDim: { type: Boolean, value: false },
    isBusy: { type: Boolean, value: false },
  },
  options: { styleIsolation: 'apply-shared' },
  methods,
});
