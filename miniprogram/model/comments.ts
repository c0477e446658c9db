/** What is said in a thread: what everybody sees, what is one's own and waits, and what is being written. */
import type { CommentSort, CommentView, MyCommentView, ReplyView, ThreadView } from '../../client/types.ts';
import { words } from '../../client/words.ts';
import { deviceTime } from './deviceTime.ts';
import type { Failure } from './failure.ts';
import type { Loaded, Paged } from './loaded.ts';
import { failureLine, moreLineOf, type StateLine, stateLineOf } from './stateLine.ts';

/** One page of comments or replies; `comment` is what replies are to. */
export interface Said extends Paged<CommentView | ReplyView> {
  readonly comment: CommentView | null;
}

/** What the page knows. */
export interface CommentsModel {
  readonly thread: Loaded<ThreadView>;
  readonly said: Loaded<Said>;
  readonly more: Loaded<null>;
  readonly mine: Loaded<Paged<MyCommentView>>;
  readonly sort: CommentSort;
  readonly text: string;
  readonly stars: number;
  /** The comment that is replied to; null for none. */
  readonly replyTo: { readonly id: string; readonly name: string } | null;
  /** One's own comment that is changed; null while a new one is written. */
  readonly editing: MyCommentView | null;
  readonly isSaving: boolean;
  readonly failure: Failure | null;
}

/** A reply below a comment. */
export interface ReplyRow {
  readonly id: string;
  readonly name: string;
  readonly body: string;
}

/** A comment or a reply as it is shown. */
export interface CommentRow {
  readonly id: string;
  readonly name: string;
  /** The first character of the name, where there is no picture. */
  readonly initial: string;
  readonly avatarUrl: string;
  /** `11月30日 18:05 · 已学 33% · 已编辑` */
  readonly about: string;
  /** `★★★★☆`; empty for none. */
  readonly stars: string;
  readonly starsLabel: string;
  readonly body: string;
  readonly isGone: boolean;
  readonly isMine: boolean;
  /** Whose it is, to be blocked; empty for one's own and for what is gone. */
  readonly author: string;
  readonly isLiked: boolean;
  readonly likes: number;
  readonly mayReply: boolean;
  readonly replies: readonly ReplyRow[];
  /** `全部 12 条回复 ›`; empty when all are shown. */
  readonly all: string;
}

/** One's own comment and where its review stands. */
export interface MyRow {
  readonly id: string;
  readonly threadId: string;
  readonly about: string;
  /** `审核中`, `未通过`; empty when everybody sees it as it is. */
  readonly state: string;
  /** What the state means for the author; empty for nothing. */
  readonly note: string;
  /** The way to the page that says why; empty where there is nothing to say. */
  readonly why: string;
  readonly body: string;
  readonly mayEdit: boolean;
}

/** What the template reads. */
export interface CommentsPage {
  readonly line: StateLine | null;
  readonly title: string;
  readonly rating: string;
  readonly ratingLabel: string;
  readonly tabs: readonly { readonly id: CommentSort; readonly title: string; readonly isOn: boolean }[];
  readonly parent: readonly CommentRow[];
  readonly rows: readonly CommentRow[];
  readonly mine: readonly MyRow[];
  readonly moreLine: StateLine | null;
  readonly mayWrite: boolean;
  readonly writes: string;
  readonly text: string;
  readonly isEmpty: boolean;
  readonly mayLeave: boolean;
  readonly stars: readonly { readonly n: number; readonly text: string; readonly label: string }[];
  readonly isSaving: boolean;
  /** Whether a phone number has to be bound before it can be written. */
  readonly needsPhone: boolean;
  readonly wrong: StateLine | null;
}

const STARS = [1, 2, 3, 4, 5];

/** `★★★★☆` for four. */
const starsText = (stars: number) => STARS.map((n) => (n <= stars ? '★' : '☆')).join('');

/** What stands in the place of something whose words are gone. */
const GONE = '该评论已删除或不可见';

function rowOf(said: CommentView | ReplyView, nowMs: number, isReply: boolean): CommentRow {
  const whole = 'firstReplies' in said ? said : null;
  const { id, author, body, isMine, isEdited, isLiked, likes, publicAtMs } = said;
  const name = author?.nickname ?? '';
  const stars = whole?.stars ?? 0;
  const learnedBp = whole?.learnedBp ?? null;
  const about = [
    deviceTime(publicAtMs, nowMs),
    learnedBp === null ? '' : `已学 ${Math.floor(learnedBp / 100)}%`,
    isEdited ? '已编辑' : '',
  ];
  const replies = (whole?.firstReplies ?? []).map((reply) => ({
    id: reply.id,
    name: reply.author?.nickname ?? '',
    body: reply.body ?? '',
  }));
  const count = whole?.replies ?? 0;
  return {
    ...{ id, name, initial: [...name][0] ?? '', avatarUrl: author?.avatarUrl ?? '', isMine },
    ...{ author: isMine || author === null ? '' : author.id, isLiked, likes },
    about: about.filter((each) => each !== '').join(' · '),
    stars: stars === 0 ? '' : starsText(stars),
    starsLabel: `${stars} 星`,
    body: body ?? GONE,
    isGone: body === null,
    mayReply: body !== null && !isReply,
    replies,
    all: count > replies.length ? `全部 ${count} 条回复 ›` : '',
  };
}

const NOTES: Readonly<Partial<Record<MyCommentView['state'], string>>> = {
  checking: '通过后其他人才能看到',
  queued: '正在由工作人员审核，通过后其他人才能看到',
  rejected: '未通过审核，其他人看不到这一版',
  removed: '已被移除，其他人看不到',
};

const WHY: Readonly<Partial<Record<MyCommentView['state'], string>>> = {
  queued: '查看进度',
  rejected: '原因与申诉',
  removed: '原因与申诉',
};

/** Where the review of something of one's own stands. What everybody sees as it is says nothing about it. */
export function stateOf({ state, isHidden }: Pick<MyCommentView, 'state' | 'isHidden'>): {
  readonly state: string;
  readonly note: string;
  /** The way to the page that says why; empty where there is nothing to say. */
  readonly why: string;
} {
  if (isHidden) return { state: '被举报，复核中', note: '复核期间其他人看不到', why: '查看进度' };
  const shown = state === 'public' ? '' : words.reviewState[state];
  return { state: shown, note: NOTES[state] ?? '', why: WHY[state] ?? '' };
}

/** One's own comment. */
export function myRowOf(comment: MyCommentView, nowMs: number): MyRow {
  const { id, threadId, body, editUntilMs, createdAtMs, stars } = comment;
  const given = stars === null ? '' : ` · ${starsText(stars)}`;
  return {
    ...{ id, threadId, body, about: `${deviceTime(createdAtMs, nowMs)}${given}` },
    ...stateOf(comment),
    mayEdit: editUntilMs !== null && nowMs < editUntilMs,
  };
}

function ratingOf(thread: ThreadView | null): { readonly text: string; readonly label: string } {
  const rating = thread?.rating ?? null;
  if (rating === null) return { text: '', label: '' };
  const average = (Math.floor(rating.averageHundredths / 10) / 10).toFixed(1);
  return { text: `★ ${average}`, label: `${average} 分，${rating.people} 人评分` };
}

/** The entry to a thread from the page that it is about: `★ 4.6 · 12 条`. */
export function threadEntry(thread: ThreadView): string {
  const { text } = ratingOf(thread);
  const count = thread.comments === 0 ? '来说第一句' : `${thread.comments} 条`;
  return text === '' ? count : `${text} · ${count}`;
}

/** Comments as they are shown below what they are about, without a way to reply. */
export function commentRows(items: readonly CommentView[], nowMs: number): readonly CommentRow[] {
  return items.map((each) => rowOf(each, nowMs, true));
}

function writesOf({ editing, replyTo, thread }: CommentsModel, isReplies: boolean): string {
  if (editing !== null) return '修改评论';
  if (replyTo !== null) return replyTo.name === '' ? '回复' : `回复 ${replyTo.name}`;
  if (isReplies) return '回复这条评论';
  return thread.value?.mayRate === true ? '写评论，也可以打分' : '写评论';
}

/** The page. `isReplies`: it shows the replies to one comment. */
export function commentsPage(model: CommentsModel, nowMs: number, isReplies: boolean): CommentsPage {
  const { thread, said, more, mine, sort, text, stars, replyTo, editing, isSaving, failure } = model;
  const items = said.value?.items ?? [];
  const parent = said.value?.comment ?? null;
  const rating = ratingOf(thread.value);
  const count = thread.value?.comments ?? 0;
  const isOwn = editing !== null;
  const mayRate = isOwn ? editing.stars !== null : replyTo === null && thread.value?.mayRate === true;
  const waiting = (mine.value?.items ?? []).filter(
    (each) => each.state !== 'public' || each.isHidden || each.editUntilMs !== null,
  );
  const needsPhone = failure?.code === 'phone.required';
  const empty = { title: isReplies ? '还没有回复' : '还没有评论，来说第一句', action: '' };
  return {
    line: stateLineOf(said, empty, (value) => value.items.length === 0 && waiting.length === 0),
    title: isReplies ? '回复' : count === 0 ? '评论' : `评论 ${count}`,
    ...{ rating: rating.text, ratingLabel: rating.label },
    tabs: isReplies
      ? []
      : (['newest', 'hot'] as const).map((id) => ({ id, title: words.commentSort[id], isOn: id === sort })),
    parent: parent === null ? [] : [{ ...rowOf(parent, nowMs, true), replies: [], all: '' }],
    rows: items.map((each) => rowOf(each, nowMs, isReplies)),
    mine: waiting
      .filter(({ parentId }) => (isReplies ? parentId === parent?.id : true))
      .map((each) => myRowOf(each, nowMs)),
    moreLine: items.length === 0 ? null : moreLineOf(more, (said.value?.nextCursor ?? null) !== null, 0),
    mayWrite: thread.value?.mayWrite === true,
    writes: writesOf(model, isReplies),
    ...{ text, isEmpty: text.trim() === '', mayLeave: isOwn || replyTo !== null },
    stars: mayRate
      ? STARS.map((n) => ({
          n,
          text: n <= stars ? '★' : '☆',
          label: `${n} 星${n === stars ? '，已选' : ''}`,
        }))
      : [],
    ...{ isSaving, needsPhone },
    wrong: failure === null || needsPhone ? null : failureLine(failure),
  };
}
