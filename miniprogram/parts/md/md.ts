/** A text in Markdown. It holds no HTML. */
import { type Block, blocksOf } from '../../model/markdown.ts';

/** What it is given. */
export interface Props {
  readonly text: string;
  readonly size?: 'small' | 'normal' | 'large' | 'huge';
}

/** What the template reads. */
export interface View extends Required<Props> {
  readonly blocks: readonly Block[];
}

/** It does nothing. */
export type Handlers = object;

Component<View, Handlers>({
  properties: { text: { type: String, value: '' }, size: { type: String, value: 'small' } },
  data: { blocks: [] },
  observers: {
    text(this: { setData(patch: object): void }, text: string) {
      this.setData({ blocks: blocksOf(text) });
    },
  },
});
