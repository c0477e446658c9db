/** Groups and their topics, as pages show them. */
import type { CommentView, GroupItem, MyTopicView, TopicKind, TopicView } from '../../client/types.ts';
import { words } from '../../client/words.ts';
import { stateOf } from './comments.ts';
import { deviceTime } from './deviceTime.ts';

/** A group in a list. */
export interface GroupRow {
  readonly id: string;
  readonly title: string;
  readonly intro: string;
  readonly coverUrl: string;
  /** `课程小组`, `公开小组 · 未加入`. */
  readonly about: string;
  readonly hasNews: boolean;
  /** What a screen reader says of it. */
  readonly label: string;
}

/** A group in a list. */
export function groupRow({ id, title, intro, coverUrl, kind, isMember, hasNews }: GroupItem): GroupRow {
  const about = `${words.groupKind[kind]}${isMember ? '' : ' · 未加入'}`;
  const label = `${title}，${about}${hasNews ? '，有新内容' : ''}`;
  return { id, title, intro, coverUrl: coverUrl ?? '', about, hasNews, label };
}

/** A topic in a list or on its page. */
export interface TopicRow {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly images: readonly { readonly id: string; readonly url: string }[];
  readonly name: string;
  /** Whose it is, to be blocked; empty for one's own. */
  readonly author: string;
  readonly isLiked: boolean;
  readonly likes: number;
  readonly isByStaff: boolean;
  /** `11月30日 18:05 · 3 条回复 · 已编辑` */
  readonly about: string;
  readonly tags: readonly string[];
}

/** A topic as a member sees it. */
export function topicRow(topic: TopicView, nowMs: number): TopicRow {
  const { id, title, body, images, author, isByStaff, createdAtMs, replies, isEdited, kind, isPinned } =
    topic;
  const isSolved = kind === 'ask' && topic.acceptedCommentId !== null;
  const parts = [deviceTime(createdAtMs, nowMs), ...(replies > 0 ? [`${replies} 条回复`] : [])];
  return {
    ...{ id, title, body, images, isByStaff, name: author?.nickname ?? '已注销用户' },
    ...{
      author: topic.isMine || author === null ? '' : author.id,
      isLiked: topic.isLiked,
      likes: topic.likes,
    },
    about: [...parts, ...(isEdited ? ['已编辑'] : [])].join(' · '),
    tags: [
      ...(isPinned ? ['置顶'] : []),
      ...(kind === 'talk' ? [] : [words.topicKind[kind]]),
      ...(isSolved ? ['已采纳'] : []),
    ],
  };
}

/** One's own topic and where its review stands. */
export interface MyTopicRow {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly images: TopicView['images'];
  /** `11月30日 18:05 · 3 条回复 · ♥ 2` */
  readonly about: string;
  /** `审核中`, `未通过`; empty when everybody sees it as it is. */
  readonly state: string;
  /** What the state means for the author; empty for nothing. */
  readonly note: string;
  /** The way to the page that says why; empty where there is nothing to say. */
  readonly why: string;
  readonly mayOpen: boolean;
  readonly mayEdit: boolean;
}

/** One's own topic. */
export function myTopicRow(topic: MyTopicView, nowMs: number): MyTopicRow {
  const { id, title, body, images, createdAtMs, replies, likes, editUntilMs, isShown } = topic;
  const counts = [...(replies > 0 ? [`${replies} 条回复`] : []), ...(likes > 0 ? [`♥ ${likes}`] : [])];
  return {
    ...{ id, title, body, images, ...stateOf(topic), mayOpen: isShown },
    about: [deviceTime(createdAtMs, nowMs), ...counts].join(' · '),
    mayEdit: editUntilMs !== null && nowMs < editUntilMs,
  };
}

/** One's own topics of a group that wait, were refused or are hidden. */
export function waitingRows(mine: readonly MyTopicView[], groupId: string, nowMs: number): MyTopicRow[] {
  return mine
    .filter(
      (one) => one.groupId === groupId && one.state !== 'deleted' && !(one.isShown && one.state === 'public'),
    )
    .map((one) => myTopicRow(one, nowMs));
}

/** What can be chosen of a group's topics. */
export const FILTERS: readonly { readonly id: TopicKind | ''; readonly title: string }[] = [
  { id: '', title: '全部' },
  { id: 'ask', title: words.topicKind.ask },
  { id: 'digest', title: words.topicKind.digest },
];

/** A comment on a topic, with whether it is the accepted answer and whether the reader may accept it. */
export interface AnswerRow {
  readonly id: string;
  readonly name: string;
  readonly body: string;
  readonly about: string;
  readonly isAccepted: boolean;
  /** `采纳`, `取消采纳`; empty for who may not. */
  readonly accept: string;
}

/** The comments on a topic, the accepted one first. Those that are gone are left out. */
export function answerRows(topic: TopicView, comments: readonly CommentView[], nowMs: number): AnswerRow[] {
  const mayAccept = topic.kind === 'ask' && (topic.isMine || topic.mayTend);
  const rows = comments.flatMap(({ id, body, author, publicAtMs }): AnswerRow[] => {
    if (body === null) return [];
    const isAccepted = id === topic.acceptedCommentId;
    const about = deviceTime(publicAtMs, nowMs);
    const accept = mayAccept ? (isAccepted ? '取消采纳' : '采纳') : '';
    return [{ id, body, about, isAccepted, accept, name: author?.nickname ?? '已注销用户' }];
  });
  return rows.sort((one, other) => Number(other.isAccepted) - Number(one.isAccepted));
}
