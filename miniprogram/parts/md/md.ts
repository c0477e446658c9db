/** A text in Markdown. It holds no HTML. */
import { type Block, blocksOf } from '../../model/markdown.ts';

/** What it is given. */
export interface Props {
  readonly text: string;
}

/** What the template reads. */
export interface View extends Props {
  readonly blocks: readonly Block[];
}

/** It does nothing. */
export type Handlers = object;

Component<View, Handlers>({
  properties: { text: { type: String, value: '' } },
  data: { blocks: [] },
  observers: {
    text(this: { setData(patch: object): void }, text: string) {
      this.setData({ blocks: blocksOf(text) });
    },
  },
});
