/** The queue of what people wrote: one at a time, with what there is to know, decided by single keys. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type Input, type Output, type Trouble, troubleOf } from '../engine/desk.ts';
import { go, useCall, useDesk, useMe, usePlace } from '../engine/hooks.ts';
import { isForScreen } from '../engine/keys.ts';
import { Labelled } from '../engine/labelled.tsx';
import { Link } from '../engine/link.tsx';
import { Empty, Skeleton, TroubleNote } from '../engine/notice.tsx';
import { wordOf } from '../engine/schema.ts';
import { Id, isPicture, Moment } from '../engine/value.tsx';
import type { ScreenProps } from '../engine/view.ts';
import { CursorPager, useCursors } from './cursors.tsx';

type Item = Output<'listReviews'>['items'][number];
type Matter = NonNullable<Item['written']>;
type Decision = Input<'decideReview'>['decision'];

const KINDS = [
  { key: 'content_review', title: '待审', empty: '待审的内容都处理完了。' },
  { key: 'content_flagged', title: '被举报', empty: '没有被举报的内容。' },
  { key: 'appeal', title: '申诉', empty: '没有等待处理的申诉。' },
] as const;
type Kind = (typeof KINDS)[number];

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

/** Why somebody may not decide about it; null when they may. */
function whyNot({ writer, earlier }: Matter, ownId: string): string | null {
  if (writer.userId === ownId) return '自己发布的内容由其他同事审核。';
  return earlier?.by === ownId ? '这是您作出的决定，申诉由其他同事处理。' : null;
}

/** What something stands in, by the beginning of its thread. */
const PLACES: Readonly<Record<string, string>> = {
  product: '商品',
  lesson: '课时',
  article: '文章',
  topic: '话题',
  group: '小组',
};

function Where({ about }: { readonly about: string }) {
  const [kind = '', id = ''] = about.split(':');
  return (
    <>
      {PLACES[kind] ?? kind} <Id id={id} />
    </>
  );
}

function Version({ title, of }: { readonly title: string; readonly of: Matter['newest'] }) {
  return (
    <article class="version">
      <h2>{title}</h2>
      {of.title !== null && <b>{of.title}</b>}
      {of.body !== '' && <p class="long">{of.body}</p>}
      {of.imageUrls.length > 0 && (
        <ul class="pictures">
          {of.imageUrls.filter(isPicture).map((url, at) => (
            <li key={url}>
              <a href={url} rel="noopener noreferrer" target="_blank">
                <img src={url} alt={`附图 ${at + 1}`} />
              </a>
            </li>
          ))}
        </ul>
      )}
      {of.audioUrl !== null && isPicture(of.audioUrl) && (
        // biome-ignore lint/a11y/useMediaCaption: what people say has no captions.
        <audio controls preload="metadata" src={of.audioUrl} aria-label="附带的声音" />
      )}
    </article>
  );
}

function Writer({ of, about }: { readonly of: Matter['writer']; readonly about: string | null }) {
  const { nickname, userId, createdAtMs, published, removed } = of;
  return (
    <dl class="facts">
      <div>
        <dt>作者</dt>
        <dd>
          {nickname} <Id id={userId} />
        </dd>
      </div>
      {about !== null && (
        <div>
          <dt>发布于</dt>
          <dd>
            <Where about={about} />
          </dd>
        </div>
      )}
      <div>
        <dt>注册时间</dt>
        <dd>
          <Moment ms={createdAtMs} />
        </dd>
      </div>
      <div>
        <dt>记录</dt>
        <dd>
          <Link to={`/writers/${userId}`}>
            公开过 {published} 条，被下架 {removed} 条
          </Link>
        </dd>
      </div>
    </dl>
  );
}

/** Why it waits: by now more people may have flagged it than when its case was opened. */
function Story({
  item: { story },
  of: { earlier, flags, review },
}: {
  readonly item: Item;
  readonly of: Matter;
}) {
  const reasons = flags
    .map(({ reason, people }) => `${wordOf('flagReason', reason)} ${people} 人`)
    .join('、');
  const hidden = review.isHidden ? '，已自动隐藏' : '';
  return (
    <>
      <p>{flags.length === 0 ? story : `被 ${review.flaggers} 人举报${hidden}：${reasons}`}</p>
      {earlier !== null && (
        <p class="why">
          先前由 {earlier.by === null ? '平台的机器检查' : <Id id={earlier.by} field="by" />}{' '}
          {earlier.atMs !== null && <Moment ms={earlier.atMs} />} 作出决定，理由：
          {earlier.reason ?? '没有留下'}
        </p>
      )}
    </>
  );
}

/** Asks why something is taken away: a common reason by its number, or other words. */
function Why({
  title,
  reasons,
  give,
  close,
}: {
  readonly title: string;
  readonly reasons: readonly string[];
  readonly give: (reason: string) => void;
  readonly close: () => void;
}) {
  const [text, set] = useState('');
  const [fault, blame] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    if (text.trim() === '') return blame('请选择或写明理由。');
    give(text.trim());
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === 'Escape') close();
    const isFirst = text === '' && event.target === field.current;
    const chosen = isFirst ? reasons[Number(event.key) - 1] : undefined;
    if (chosen === undefined) return;
    event.preventDefault();
    give(chosen);
  };
  return (
    <form class="because" noValidate onSubmit={submit} onKeyDown={onKey}>
      <p class="actions">
        {reasons.map((reason, at) => (
          <button key={reason} type="button" onClick={() => give(reason)}>
            <kbd>{at + 1}</kbd>
            {reason}
          </button>
        ))}
      </p>
      <Labelled label={`${title}的理由`} fault={fault} hint="作者看不到。记入审计日志。">
        {(ids) => (
          <input
            ref={field}
            type="text"
            name="reason"
            maxLength={200}
            autocomplete="off"
            placeholder="按数字选择，或另写"
            value={text}
            aria-invalid={fault !== null}
            onInput={(event) => set(event.currentTarget.value)}
            {...ids}
          />
        )}
      </Labelled>
      <p class="actions">
        <button type="submit" class="bad">
          {title}
          <kbd>Enter</kbd>
        </button>
        <button type="button" onClick={close}>
          取消
          <kbd>Esc</kbd>
        </button>
      </p>
    </form>
  );
}

/** Takes the focus back when what had it is gone, so that the next thing is read out and reached by the next Tab. */
function useFocusBack(cause: unknown) {
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    if (document.activeElement === document.body) box.current?.focus({ preventScroll: true });
  }, [cause]);
  return box;
}

function Preview({
  item,
  of,
  decided,
}: {
  readonly item: Item;
  readonly of: Matter;
  readonly decided: (says: string) => void;
}) {
  const desk = useDesk();
  const refused = whyNot(of, useMe().id);
  const [asking, ask] = useState<Choice | null>(null);
  const open = refused === null ? CHOICES.filter(({ decision }) => isOpenFor(of, decision)) : [];
  const [trouble, tell] = useState<Trouble | null>(null);
  const [isBusy, setBusy] = useState(false);
  // A key may come again before anything is drawn.
  const isSent = useRef(false);
  const box = useFocusBack(asking);
  const decide = async ({ decision, title }: Choice, reason: string) => {
    if (isSent.current) return;
    isSent.current = true;
    setBusy(true);
    tell(null);
    ask(null);
    const asked = { target: of.target, version: of.review.version, decision, reason };
    const failed = await desk.change('decideReview', asked).then(() => null, troubleOf);
    isSent.current = false;
    setBusy(false);
    if (failed === null) decided(`已${title}。`);
    else tell(failed);
  };
  const choose = (one: Choice) => (one.tone === 'bad' ? ask(one) : void decide(one, one.reasons[0]));
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const one = isForScreen(event) ? open.find(({ key }) => key === event.key) : undefined;
      if (one === undefined) return;
      event.preventDefault();
      choose(one);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
  const isEdit = of.shown !== null && of.review.publicVersion !== of.review.version;
  return (
    <section ref={box} class="box" aria-label="内容" tabIndex={-1}>
      <Story item={item} of={of} />
      <div class={isEdit ? 'versions' : ''}>
        <Version title={isEdit ? '新的一版' : '内容'} of={of.newest} />
        {isEdit && of.shown !== null && <Version title="现在公开的一版" of={of.shown} />}
      </div>
      <Writer of={of.writer} about={of.about} />
      {trouble !== null && <TroubleNote trouble={trouble} again={() => desk.readAgain()} />}
      <div class="decision">
        {refused !== null && <p class="hint">{refused}</p>}
        {asking === null ? (
          open.length > 0 && (
            <p class="actions">
              {open.map((one) => (
                <button
                  key={one.key}
                  type="button"
                  class={one.tone}
                  disabled={isBusy}
                  onClick={() => choose(one)}
                >
                  {one.title}
                  <kbd>{one.key}</kbd>
                </button>
              ))}
            </p>
          )
        ) : (
          <Why
            title={asking.title}
            reasons={asking.reasons}
            give={(reason) => void decide(asking, reason)}
            close={() => ask(null)}
          />
        )}
      </div>
    </section>
  );
}

/** The keys that lead to the next item, and to the one before. */
const STEPS: Readonly<Record<string, number>> = { j: 1, k: -1 };

/** Moves through the items by keys. Answers which one is open. */
function useAt(count: number) {
  const [at, move] = useState(0);
  const within = (place: number) => Math.min(Math.max(0, place), Math.max(0, count - 1));
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const step = isForScreen(event) ? STEPS[event.key] : undefined;
      if (step === undefined) return;
      event.preventDefault();
      move((before) => within(within(before) + step));
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [count]);
  return { open: within(at), move };
}

function Waiting({
  items,
  open,
  move,
}: {
  readonly items: readonly Item[];
  readonly open: number;
  readonly move: (at: number) => void;
}) {
  const current = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => current.current?.scrollIntoView({ block: 'nearest' }), [open]);
  return (
    <ol>
      {items.map((one, at) => (
        <li key={one.id}>
          <button
            {...(at === open && { ref: current, 'aria-current': 'true' as const })}
            type="button"
            onClick={() => move(at)}
          >
            <span>{one.written?.newest.title ?? one.written?.newest.body ?? one.story}</span>
            <small>
              {one.written?.writer.nickname} <Moment ms={one.openedAtMs} />
            </small>
          </button>
        </li>
      ))}
    </ol>
  );
}

function Queue({ kind }: { readonly kind: Kind }) {
  const pages = useCursors();
  const { data, trouble, isBusy, again } = useCall('listReviews', {
    kind: kind.key,
    limit: 20,
    ...pages.from,
  });
  // What was decided is gone at once, before the list was read again.
  const [done, setDone] = useState<readonly string[]>([]);
  const [says, say] = useState('');
  const items = (data?.items ?? []).filter(({ id }) => !done.includes(id));
  const { open, move } = useAt(items.length);
  const item = items[open];
  if (trouble !== null) return <TroubleNote trouble={trouble} again={again} />;
  if (data === null || (item === undefined && isBusy)) return <Skeleton lines={6} />;
  if (item === undefined)
    return (
      <Empty says={pages.isFirst ? kind.empty : '这一页都处理完了。'}>
        {!pages.isFirst && (
          <button type="button" onClick={pages.back}>
            上一页
          </button>
        )}
      </Empty>
    );
  return (
    <div class="reviews">
      <p class="keys">
        <span role="status">
          {says}第 {open + 1} 条，本页 {items.length} 条
        </span>
        <span>
          <kbd>j</kbd> 下一条 <kbd>k</kbd> 上一条
        </span>
      </p>
      <nav aria-label="队列">
        <Waiting items={items} open={open} move={move} />
        <CursorPager pages={pages} next={data.nextCursor} />
      </nav>
      {item.written === null ? (
        <section class="box" aria-label="内容">
          <p>{item.story}</p>
          <p class="hint">内容已不存在，请在工单中关闭。</p>
        </section>
      ) : (
        <Preview
          key={item.id}
          item={item}
          of={item.written}
          decided={(told) => {
            setDone([...done, item.id]);
            say(told);
          }}
        />
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
      <Queue key={kind.key} kind={kind} />
    </>
  );
}
