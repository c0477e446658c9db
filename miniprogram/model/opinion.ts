/** What somebody thinks of what others wrote: a like, or that it should not be there. */
import type { FlagReason } from '../../client/types.ts';
import { words } from '../../client/words.ts';

/** What is known of a like: what the page said, and what was tapped since. */
export interface Liked {
  /** What the page was told. */
  readonly isLiked: boolean;
  readonly likes: number;
  /** What was tapped since; null for nothing. */
  readonly tapped: boolean | null;
}

/** A like as it is shown: one's own tap counts at once, and the others' within seconds. */
export function likeView({ isLiked, likes, tapped }: Liked): {
  readonly isOn: boolean;
  /** `♡`, `♥ 12` */
  readonly text: string;
  readonly label: string;
} {
  const isOn = tapped ?? isLiked;
  const count = Math.max(isOn ? 1 : 0, likes + Number(isOn) - Number(isLiked));
  const text = `${isOn ? '♥' : '♡'}${count === 0 ? '' : ` ${count}`}`;
  return { isOn, text, label: `${isOn ? '取消点赞' : '点赞'}，${count} 人点赞` };
}

/** WeChat shows six choices at most, so the reasons stand in two sheets. The last of the first leads to the second. */
const FIRST: readonly FlagReason[] = ['illegal', 'sexual', 'abusive', 'advertising', 'harms_minors'];
const SECOND: readonly FlagReason[] = ['false', 'infringing', 'private', 'other'];
const MORE = '其他问题';

/** The choices of a sheet of reasons, and what each means; null leads to the second sheet. */
export function reasonSheet(isFirst: boolean): {
  readonly titles: string[];
  readonly reasons: readonly (FlagReason | null)[];
} {
  const reasons = isFirst ? [...FIRST, null] : SECOND;
  return { titles: reasons.map((reason) => (reason === null ? MORE : words.flagReason[reason])), reasons };
}
