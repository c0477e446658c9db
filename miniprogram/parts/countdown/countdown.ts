/** What is left of a time. It ticks on its own, so that no page is drawn again each second. */
import { timeLeft } from '../../model/deviceTime.ts';

/** What it is given. The words stand before and after the time. */
export interface Props {
  /** Milliseconds since 1970. */
  readonly untilAtMs: number;
  readonly before?: string;
  readonly after?: string;
}

/** What it tells: nothing is left. */
export interface Events {
  readonly end: null;
}

/** What the template reads. */
export interface View extends Required<Props> {
  readonly left: string;
}

interface Own {
  readonly data: View;
  timer?: number | null;
  setData(patch: object): void;
  triggerEvent(name: string, detail?: unknown): void;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** How long until something else is to be read. No seconds are shown while there are hours. */
function nextTickMs(leftMs: number): number {
  return leftMs > HOUR_MS ? (leftMs % MINUTE_MS) + 1 : Math.min(leftMs, SECOND_MS);
}

function stop(own: Own): void {
  if (own.timer != null) clearTimeout(own.timer);
  own.timer = null;
}

function tick(own: Own): void {
  stop(own);
  const leftMs = own.data.untilAtMs - Date.now();
  own.setData({ left: timeLeft(leftMs) });
  if (leftMs > 0) own.timer = setTimeout(() => tick(own), nextTickMs(leftMs));
  else own.triggerEvent('end', null);
}

/** It does nothing. */
export type Handlers = object;

Component<View, Handlers>({
  properties: {
    untilAtMs: { type: Number, value: 0 },
    before: { type: String, value: '' },
    after: { type: String, value: '' },
  },
  data: { left: '' },
  lifetimes: {
    attached() {
      tick(this);
    },
    detached() {
      stop(this);
    },
  },
  pageLifetimes: {
    show() {
      tick(this);
    },
    hide() {
      stop(this);
    },
  },
});
