/**
 * A sheet that asks for a phone number where something is refused without one. What was being written stays below it.
 */
import type { PhoneNumberEvent } from '../../../local/phone/platform.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';

/** What it is given. */
export interface Props {
  readonly isOpen: boolean;
}

/** What it tells: a number is bound, or the sheet was left. */
export interface Events {
  readonly bound: null;
  readonly close: null;
}

/** What the template reads. */
export interface View extends Props {
  readonly isBusy: boolean;
  /** What is wrong; empty for nothing. */
  readonly wrong: string;
}

interface Own {
  readonly data: View;
  setData(patch: Partial<View>): void;
  triggerEvent(name: string, detail?: unknown): void;
}

const methods = {
  /** The person answered WeChat's own sheet. Who closed it gives no code, which is no failure. */
  async bind(this: Own, { detail: { code } }: PhoneNumberEvent) {
    if (code === undefined || this.data.isBusy) return;
    this.setData({ isBusy: true, wrong: '' });
    try {
      await client.bindPhone({ code });
      this.setData({ isBusy: false });
      this.triggerEvent('bound', null);
    } catch (caught) {
      this.setData({ isBusy: false, wrong: failureOf(caught).message });
    }
  },
  /** The sheet is to go. */
  close(this: Own) {
    this.setData({ wrong: '' });
    this.triggerEvent('close', null);
  },
};

/** What the template may name. */
export type Handlers = typeof methods;

Component<View, Handlers>({
  properties: { isOpen: { type: Boolean, value: false } },
  options: { styleIsolation: 'apply-shared' },
  data: { isBusy: false, wrong: '' },
  methods,
});
