/** The queue of what people wrote: one at a time, with what there is to know, decided by single keys. */
import { useEffect, useState } from 'preact/hooks';
import { type Input, type Output, type Trouble, troubleOf } from '../engine/desk.ts';
import { go, useCall, useDesk, useMe, usePlace } from '../engine/hooks.ts';
import { Empty, Skeleton, TroubleNote } from '../engine/notice.tsx';
import { Id, isPicture, Moment } from '../engine/value.tsx';
import type { ScreenProps } from '../engine/view.ts';
import { CursorPager, useCursors } from './cursors.tsx';

type Item = Output<'listReviews'>['items'][number];
type Matter = NonNullable<Item['written']>;
type Decision = Input<'decideReview'>['decision'];

const KINDS = [
  { key: 'content_review', title: '待审' },
  { key: 'content_flagged', title: '被举报' },
  { key: 'appeal', title: '申诉' },
] as const;

/** What may be decided: its key, and the reasons that are chosen most. */
interface Choice {
  readonly decision: Decision;
  readonly key: string;
  readonly title: string;
  /** What takes something away is `bad`, and asks for a reason each time. */
  readonly tone: 'main' | 'bad';
  readonly reasons: readonly [string, ...string[]];
}

const BREACHES: Choice['reasons'] = [
  '广告或引流',
  '辱骂或攻击他人',
  '低俗或违法内容',
  '与课程无关',
  '泄露他人信息',
];

const CHOICES: readonly Choice[] = [
  { decision: 'approve', key: 'a', title: '通过', tone: 'main', reasons: ['符合社区规范'] },
  { decision: 'reject', key: 'r', title: '拒绝', tone: 'bad', reasons: BREACHES },
  { decision: 'keep', key: 'o', title: '保留', tone: 'main', reasons: ['未违反社区规范'] },
  { decision: 'remove', key: 'x', title: '下架', tone: 'bad', reasons: BREACHES },
];

/** What is open for it: a version that waits is approved or rejected; what others see is kept or removed. */
const isOpenFor = ({ review, shown }: Matter, decision: Decision) =>
  decision === 'approve' || decision === 'reject' ? review.state === 'queued' : shown !== null;

function Version({ title, of }: { readonly title: string; readonly of: Matter['newest'] }) {
  return (
    <article class="version">
      <h3>{title}</h3>
      {of.title !== null && <h4>{of.title}</h4>}
      <p class="long">{of.body}</p>
      {of.imageUrls.filter(isPicture).map((url) => (
        <a key={url} href={url} rel="noopener noreferrer" target="_blank">
          <img src={url} alt="附图" loading="lazy" />
        </a>
      ))}
      {of.audioUrl !== null && isPicture(of.audioUrl) && (
        <a href={of.audioUrl} rel="noopener noreferrer" target="_blank">
          听声音
        </a>
      )}
    </article>
  );
}

function Writer({ of, about }: { readonly of: Matter['writer']; readonly about: string | null }) {
  return (
    <p class="hint">
      {of.nickname} <Id id={of.userId} />
      ，注册于 <Moment ms={of.createdAtMs} />
      ，公开过 {of.published} 条，被下架 {of.removed} 条{about !== null && <>；发布于 {about}</>}
    </p>
  );
}

/** Asks why something is taken away: a common reason by its number, or other words. */
function Why({
  reasons,
  give,
  close,
}: {
  readonly reasons: readonly string[];
  readonly give: (reason: string) => void;
  readonly close: () => void;
}) {
  const [text, set] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    if (text.trim() !== '') give(text.trim());
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') close();
    const chosen = text === '' ? reasons[Number(event.key) - 1] : undefined;
    if (chosen === undefined) return;
    event.preventDefault();
    give(chosen);
  };
  return (
    <form class="gate" noValidate onSubmit={submit} onKeyDown={onKey}>
      <label>
        理由（作者看不到，记入审计日志）
        <input
          ref={(field) => field?.focus()}
          type="text"
          name="reason"
          maxLength={200}
          autocomplete="off"
          value={text}
          onInput={(event) => set(event.currentTarget.value)}
        />
      </label>
      <p class="actions">
        {reasons.map((reason, at) => (
          <button key={reason} type="button" onClick={() => give(reason)}>
            <kbd>{at + 1}</kbd> {reason}
          </button>
        ))}
      </p>
      <p class="actions">
        <button type="submit" class="bad">
          确定
        </button>
        <button type="button" onClick={close}>
          取消 <kbd>Esc</kbd>
        </button>
      </p>
    </form>
  );
}

/** Whether a key is for a field, or for the browser. */
const isForOthers = ({ target, ctrlKey, metaKey, altKey }: KeyboardEvent) =>
  ctrlKey ||
  metaKey ||
  altKey ||
  (target instanceof HTMLElement && target.matches('input, select, textarea, dialog *'));

function Preview({ item, of }: { readonly item: Item; readonly of: Matter }) {
  const desk = useDesk();
  const isOwn = useMe().id === of.writer.userId;
  const [asking, ask] = useState<Choice | null>(null);
  const open = isOwn ? [] : CHOICES.filter(({ decision }) => isOpenFor(of, decision));
  const [trouble, tell] = useState<Trouble | null>(null);
  const [isBusy, setBusy] = useState(false);
  const decide = async (decision: Decision, reason: string) => {
    if (isBusy) return;
    setBusy(true);
    ask(null);
    const asked = { target: of.target, version: of.review.version, decision, reason };
    tell(await desk.change('decideReview', asked).then(() => null, troubleOf));
    setBusy(false);
  };
  const choose = (one: Choice) => (one.tone === 'bad' ? ask(one) : void decide(one.decision, one.reasons[0]));
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const one = isForOthers(event) ? undefined : open.find(({ key }) => key === event.key);
      if (one === undefined || isBusy) return;
      event.preventDefault();
      choose(one);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
  const isEdit = of.shown !== null && of.review.publicVersion !== of.review.version;
  return (
    <section class="box" aria-label="内容">
      <p>{item.story}</p>
      <Writer of={of.writer} about={of.about} />
      <Version title={isEdit ? '新的一版' : '内容'} of={of.newest} />
      {isEdit && of.shown !== null && <Version title="现在公开的一版" of={of.shown} />}
      {trouble !== null && <TroubleNote trouble={trouble} again={() => desk.readAgain()} />}
      {isOwn && <p class="hint">自己发布的内容由其他同事审核。</p>}
      {asking === null ? (
        <p class="actions">
          {open.map((one) => (
            <button
              key={one.key}
              type="button"
              class={one.tone}
              disabled={isBusy}
              onClick={() => choose(one)}
            >
              {one.title} <kbd>{one.key}</kbd>
            </button>
          ))}
        </p>
      ) : (
        <Why
          reasons={asking.reasons}
          give={(reason) => void decide(asking.decision, reason)}
          close={() => ask(null)}
        />
      )}
    </section>
  );
}

/** The keys that lead to the next item, and to the one before. */
const STEPS: Readonly<Record<string, number>> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

/** Moves through the items by keys. Answers which one is open. */
function useAt(count: number) {
  const [at, move] = useState(0);
  const open = Math.min(at, Math.max(0, count - 1));
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isForOthers(event)) return;
      const step = STEPS[event.key];
      if (step === undefined) return;
      event.preventDefault();
      move(Math.min(Math.max(0, open + step), Math.max(0, count - 1)));
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [open, count]);
  return { open, move };
}

function Queue({ kind }: { readonly kind: (typeof KINDS)[number]['key'] }) {
  const pages = useCursors();
  const { data, trouble, again } = useCall('listReviews', { kind, limit: 20, ...pages.from });
  const items = data?.items ?? [];
  const { open, move } = useAt(items.length);
  const item = items[open];
  if (trouble !== null) return <TroubleNote trouble={trouble} again={again} />;
  if (data === null) return <Skeleton lines={6} />;
  if (item === undefined) return <Empty says="没有等待处理的内容。" />;
  return (
    <div class="reviews">
      <nav aria-label="队列">
        {items.map((one, at) => (
          <button
            key={one.id}
            type="button"
            aria-current={at === open ? 'true' : undefined}
            onClick={() => move(at)}
          >
            <span>{one.written?.newest.title ?? one.written?.newest.body ?? one.story}</span>
            <small>
              <Moment ms={one.openedAtMs} />
            </small>
          </button>
        ))}
        <CursorPager pages={pages} next={data.nextCursor} />
      </nav>
      {item.written === null ? (
        <section class="box">
          <p>{item.story}</p>
          <p class="hint">内容已不存在，请在工单中关闭。</p>
        </section>
      ) : (
        <Preview key={item.id} item={item} of={item.written} />
      )}
    </div>
  );
}

/** The queue that the address names. */
export function Screen(_: ScreenProps) {
  const { path, query } = usePlace();
  const kind = KINDS.find(({ key }) => key === query.kind) ?? KINDS[0];
  return (
    <>
      <header class="head">
        <h1 tabIndex={-1}>内容审核</h1>
        <span class="grow" />
        <small>
          <kbd>j</kbd> <kbd>k</kbd> 上下移动
        </small>
      </header>
      <nav class="tabs" aria-label="审核队列">
        {KINDS.map(({ key, title }) => (
          <button
            key={key}
            type="button"
            aria-current={key === kind.key ? 'true' : undefined}
            onClick={() => go(path, { kind: key }, true)}
          >
            {title}
          </button>
        ))}
      </nav>
      <Queue key={kind.key} kind={kind.key} />
    </>
  );
}
