/** Says that the network does not answer, and that what is shown may be old. */
import { onNetwork } from '../../wx/network.ts';

/** What the template reads. */
export interface View {
  readonly isOffline: boolean;
}

interface Own {
  stop?: (() => void) | null;
  setData(patch: object): void;
}

function watch(own: Own): void {
  own.stop?.();
  own.stop = onNetwork((isOffline) => own.setData({ isOffline }));
}

function leave(own: Own): void {
  own.stop?.();
  own.stop = null;
}

/** It does nothing. */
export type Handlers = object;

Component<View, Handlers>({
  data: { isOffline: false },
  lifetimes: {
    attached() {
      watch(this);
    },
    detached() {
      leave(this);
    },
  },
  pageLifetimes: {
    show() {
      watch(this);
    },
    hide() {
      leave(this);
    },
  },
});
