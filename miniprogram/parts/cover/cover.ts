/** The picture of a product, in a box of fixed size. Where there is none, the beginning of the title stands in it. */
import { coverAt, coverLetters } from '../../model/cover.ts';

/** The widths of the boxes, in rpx. */
const WIDTHS = { wide: 750, card: 240, small: 160, large: 480 } as const;

/** What it is given. */
export interface Props {
  readonly src: string;
  readonly title: string;
  readonly shape?: keyof typeof WIDTHS;
  /** Whether the picture is fetched only when it comes near the screen. */
  readonly isLazy?: boolean;
}

/** What the template reads. */
export interface View extends Required<Props> {
  readonly url: string;
  readonly letters: string;
  readonly isBroken: boolean;
}

const methods = {
  /** The picture did not come. */
  breaks(this: { setData(patch: object): void }) {
    this.setData({ isBroken: true });
  },
};

/** What the template may name. */
export type Handlers = typeof methods;

Component<View, Handlers>({
  properties: {
    src: { type: String, value: '' },
    title: { type: String, value: '' },
    shape: { type: String, value: 'card' },
    isLazy: { type: Boolean, value: false },
  },
  data: { url: '', letters: '', isBroken: false },
  observers: {
    'src, title, shape'(
      this: { setData(patch: object): void },
      src: string,
      title: string,
      shape: Props['shape'],
    ) {
      const { windowWidth, pixelRatio } = wx.getWindowInfo();
      const width = (WIDTHS[shape ?? 'card'] / 750) * windowWidth * Math.min(pixelRatio, 3);
      this.setData({ url: coverAt(src, width), letters: coverLetters(title), isBroken: src === '' });
    },
  },
  methods,
});
