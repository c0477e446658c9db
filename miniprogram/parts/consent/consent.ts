/**
 * The platform's privacy question, on the page in front. It is opened when something wants personal data. Closing the
 * page is a no.
 */
import { answerPrivacy, isPrivacyAsked, onPrivacyAsked } from '../../wx/privacy.ts';

/** What the template reads. */
export interface View {
  readonly isOpen: boolean;
}

interface Own {
  readonly data: View;
  stop?: (() => void) | null;
  setData(patch: object): void;
}

/** The platform compares the id with that of the button that was tapped. */
const BUTTON = 'agree-privacy';

function watch(own: Own): void {
  own.stop?.();
  own.stop = onPrivacyAsked(() => own.setData({ isOpen: true }));
  if (own.data.isOpen && !isPrivacyAsked()) own.setData({ isOpen: false });
}

function leave(own: Own): void {
  own.stop?.();
  own.stop = null;
}

const methods = {
  /** The platform's button was tapped: a yes. */
  agree(this: Own) {
    this.setData({ isOpen: false });
    answerPrivacy({ event: 'agree', buttonId: BUTTON });
  },
  /** A no. */
  refuse(this: Own) {
    this.setData({ isOpen: false });
    answerPrivacy({ event: 'disagree' });
  },
  /** Opens the platform's page with what the shop declared. */
  read() {
    wx.openPrivacyContract({});
  },
};

/** What the template may name. */
export type Handlers = typeof methods;

Component<View, Handlers>({
  data: { isOpen: false },
  options: { styleIsolation: 'apply-shared' },
  lifetimes: {
    attached() {
      watch(this);
    },
    detached() {
      leave(this);
      if (this.data.isOpen) answerPrivacy({ event: 'disagree' });
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
  methods,
});
