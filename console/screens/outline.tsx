/** The editor of an outline: chapters and lessons in order, beside what learners see until it is published. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { OutlineAsked, StaffOutline, StaffProductView } from '../../client/types.ts';
import { Actions } from '../engine/action.tsx';
import { usesUpIds } from '../engine/asking.ts';
import { troubleOf } from '../engine/desk.ts';
import { Dialog } from '../engine/dialog.tsx';
import { useCall, useDesk, useRole } from '../engine/hooks.ts';
import { Labelled } from '../engine/labelled.tsx';
import { Link } from '../engine/link.tsx';
import { mayCall } from '../engine/may.ts';
import { Empty, Skeleton, TroubleNote } from '../engine/notice.tsx';
import { SendButton } from '../engine/plain.tsx';
import { lengthOf } from '../engine/shown.ts';
import { useSubmit } from '../engine/submit.ts';
import { Tag } from '../engine/value.tsx';
import { type Action, action, type ScreenProps, type Thing } from '../engine/view.ts';
import { whoMay } from './editor.tsx';
import * as moves from './outlineMoves.ts';
import { outlineMissing } from './productDraft.ts';
import { Missing, MissingBox } from './productMissing.tsx';

type Lesson = StaffOutline['chapters'][number]['lessons'][number];

const ACTIONS = [
  action('publishCourseOutline', {
    title: '发布改动',
    tone: 'main',
    when: ({ isDraft }: StaffOutline) => isDraft,
    given: ({ id, version }) => ({ id, expectedVersion: version }),
    note: '学员立即看到新的目录。已购买的人不受影响，学习进度保留。',
  }),
  action('resetCourseOutline', {
    title: '放弃改动',
    tone: 'bad',
    when: ({ isDraft }: StaffOutline) => isDraft,
    given: ({ id, version }) => ({ id, expectedVersion: version }),
    note: '草稿里的改动全部丢弃，不能恢复。学员看到的不变。',
  }),
] as const as readonly unknown[] as readonly Action[];

/** What can be done with the order, and what became of it. */
interface Arranging {
  readonly outline: StaffOutline;
  readonly mayEdit: boolean;
  /** Whether no learner has ever seen the course, so that every lesson may be removed. */
  readonly isUnseen: boolean;
  readonly arrange: (change: (outline: OutlineAsked) => OutlineAsked, says: string) => Promise<void>;
}

/** Saves each change of the order at once, one after the other. */
function useArranging(outline: StaffOutline) {
  const desk = useDesk();
  const [own, show] = useState(outline);
  const [says, say] = useState('');
  const current = useRef(outline);
  const submit = useRef(Promise.resolve());
  const [trouble, tell] = useState<ReturnType<typeof troubleOf> | null>(null);
  const see = (next: StaffOutline) => {
    current.current = next;
    show(next);
  };
  useEffect(() => {
    if (outline.version >= current.current.version) see(outline);
  }, [outline]);
  const arrange: Arranging['arrange'] = (change, words) => {
    submit.current = submit.current.then(async () => {
      const { id, version } = current.current;
      const before = moves.askedOf(current.current);
      const chapters = change(before);
      if (JSON.stringify(chapters) === JSON.stringify(before)) return;
      tell(null);
      try {
        see((await desk.call('putCourseOutline', { id, expectedVersion: version, chapters })).outline);
        desk.answers.clear();
        say(words);
      } catch (thrown) {
        tell(troubleOf(thrown));
      }
    });
    return submit.current;
  };
  const again = () => {
    tell(null);
    desk.readAgain();
  };
  return { own, says, trouble, again, arrange };
}

/** Brings the focus back to the handle of what was moved, which the browser takes away when it moves. */
const refocus = (name: string) =>
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-handle="${name}"]`)?.focus());

const DRAGGED = 'application/x-zhike-lesson';

function Handle({
  name,
  label,
  step,
}: {
  readonly name: string;
  readonly label: string;
  readonly step: (step: -1 | 1) => Promise<void>;
}) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    void step(event.key === 'ArrowUp' ? -1 : 1).then(() => refocus(name));
  };
  return (
    <button
      type="button"
      class="handle"
      data-handle={name}
      aria-label={`移动 ${label}`}
      onKeyDown={onKeyDown}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d="M5 3h2v2H5zM9 3h2v2H9zM5 7h2v2H5zM9 7h2v2H9zM5 11h2v2H5zM9 11h2v2H9z" />
      </svg>
    </button>
  );
}

/** What lets something be dropped before or after a row. */
function useDrop(drop: (id: string, isAfter: boolean) => void) {
  const [side, show] = useState<'before' | 'after' | null>(null);
  const sideOf = (event: DragEvent) => {
    const { top, height } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return event.clientY > top + height / 2 ? 'after' : 'before';
  };
  return {
    side,
    on: {
      onDragOver: (event: DragEvent) => {
        if (event.dataTransfer?.types.includes(DRAGGED) !== true) return;
        event.preventDefault();
        show(sideOf(event));
      },
      onDragLeave: () => show(null),
      onDrop: (event: DragEvent) => {
        const id = event.dataTransfer?.getData(DRAGGED) ?? '';
        event.preventDefault();
        show(null);
        if (id !== '') drop(id, sideOf(event) === 'after');
      },
    },
  };
}

function LessonTools({ of, lesson }: { readonly of: Arranging; readonly lesson: Lesson }) {
  const { id, title, isHidden, state } = lesson;
  const mayRemove = of.isUnseen || state === 'new';
  return (
    <span class="actions">
      <Link to={`/products/${of.outline.id}/lessons/${id}`} class="button small">
        编辑
      </Link>
      <button
        type="button"
        class="small plain"
        aria-label={`${isHidden ? '显示' : '隐藏'} ${title}`}
        onClick={() =>
          of.arrange(
            (outline) => moves.hideLesson(outline, id, !isHidden),
            `${title} 已${isHidden ? '显示' : '隐藏'}。`,
          )
        }
      >
        {isHidden ? '显示' : '隐藏'}
      </button>
      {mayRemove && (
        <button
          type="button"
          class="small plain danger"
          aria-label={`移除 ${title}`}
          onClick={() => of.arrange((outline) => moves.removeLesson(outline, id), `${title} 已移除。`)}
        >
          移除
        </button>
      )}
    </span>
  );
}

function LessonRow({
  of,
  lesson,
  at,
}: {
  readonly of: Arranging;
  readonly lesson: Lesson;
  readonly at: moves.LessonPlace;
}) {
  const { id, title, durationSeconds, isTrial, isHidden, state } = lesson;
  const { side, on } = useDrop((dragged, isAfter) => {
    const place = at.place + (isAfter ? 1 : 0);
    void of.arrange((outline) => moves.moveLesson(outline, dragged, { ...at, place }), '课时已移动。');
  });
  const step = (by: -1 | 1) =>
    of.arrange((outline) => moves.stepLesson(outline, id, by), `${title} 已${by === 1 ? '下' : '上'}移。`);
  return (
    <li
      class={`lesson ${side ?? ''}`}
      draggable={of.mayEdit}
      onDragStart={(event) => event.dataTransfer?.setData(DRAGGED, id)}
      {...on}
    >
      {of.mayEdit && <Handle name={id} label={title} step={step} />}
      <span class="title">
        <span class={isHidden ? 'dimmed' : ''}>{title}</span>
        {isTrial && <span class="tag good">试看</span>}
        {isHidden && <span class="tag">隐藏</span>}
        {state !== 'published' && <Tag words="outlineState" value={state} />}
      </span>
      <small>{durationSeconds === 0 ? '' : lengthOf(durationSeconds * 1000)}</small>
      {of.mayEdit && <LessonTools of={of} lesson={lesson} />}
    </li>
  );
}

type Asked = { readonly kind: 'chapter' | 'rename' | 'lessons'; readonly at: number } | null;

function ChapterHead({
  of,
  at,
  ask,
}: {
  readonly of: Arranging;
  readonly at: number;
  readonly ask: (asked: Asked) => void;
}) {
  const chapter = of.outline.chapters[at];
  if (chapter === undefined) return null;
  const { title, lessons } = chapter;
  const step = (by: -1 | 1) =>
    of.arrange((outline) => moves.stepChapter(outline, at, by), `${title} 已${by === 1 ? '下' : '上'}移。`);
  const stepTo = async (by: -1 | 1) => {
    await step(by);
    refocus(`chapter-${at + by}`);
  };
  return (
    <header class="head">
      {of.mayEdit && <Handle name={`chapter-${at}`} label={title} step={stepTo} />}
      <h2>
        第 {at + 1} 章 {title}
      </h2>
      <small>{lessons.length} 节</small>
      <span class="grow" />
      {of.mayEdit && (
        <span class="actions">
          <button type="button" class="small" onClick={() => ask({ kind: 'lessons', at })}>
            添加课时
          </button>
          <button type="button" class="small plain" onClick={() => ask({ kind: 'rename', at })}>
            改名
          </button>
          {lessons.length === 0 && (
            <button
              type="button"
              class="small plain danger"
              onClick={() => of.arrange((outline) => moves.removeChapter(outline, at), `${title} 已删除。`)}
            >
              删除
            </button>
          )}
        </span>
      )}
    </header>
  );
}

function ChapterBox({
  of,
  at,
  ask,
}: {
  readonly of: Arranging;
  readonly at: number;
  readonly ask: (asked: Asked) => void;
}) {
  const lessons = of.outline.chapters[at]?.lessons ?? [];
  const { side, on } = useDrop((dragged) =>
    of.arrange((outline) => moves.moveLesson(outline, dragged, { chapter: at, place: 0 }), '课时已移动。'),
  );
  return (
    <section class="box chapter">
      <ChapterHead of={of} at={at} ask={ask} />
      {lessons.length === 0 ? (
        <p class={`hollow ${side ?? ''}`} {...on}>
          还没有课时。
        </p>
      ) : (
        <ol>
          {lessons.map((lesson, place) => (
            <LessonRow key={lesson.id} of={of} lesson={lesson} at={{ chapter: at, place }} />
          ))}
        </ol>
      )}
    </section>
  );
}

const TITLE_MAX = 80;
const ADDED_MAX = 50;

const ASKED = {
  chapter: ['添加一章', '章名', '每行一章。'],
  rename: ['给这一章改名', '章名', ''],
  lessons: ['添加课时', '课时名', '每行一节，最多 50 节。内容和文件随后填写。'],
} as const;

function faultIn(titles: readonly string[]): string | null {
  if (titles.length === 0) return '请填写名称。';
  if (titles.length > ADDED_MAX) return `一次最多 ${ADDED_MAX} 个。`;
  return titles.some((title) => title.length > TITLE_MAX) ? `每个名称最多 ${TITLE_MAX} 个字。` : null;
}

/** Adds lessons by their names, under ids that are kept until there is an answer. */
function useAdding(outline: StaffOutline) {
  const desk = useDesk();
  return async (chapter: number, titles: readonly string[]) => {
    const purpose = `lessons ${outline.id} `;
    const lessons = titles.map((title, at) => ({
      ...{ id: desk.ids.keep(`${purpose}${at}`, 'les'), title },
      ...{ body: '', mediaKey: null, durationSeconds: 0, isTrial: false },
    }));
    const input = { id: outline.id, expectedVersion: outline.version, chapter, lessons };
    try {
      await desk.change('createLessons', input);
      desk.ids.drop(purpose);
    } catch (thrown) {
      if (usesUpIds(troubleOf(thrown).code)) desk.ids.drop(purpose);
      throw thrown;
    }
  };
}

function TitlesDialog({
  of,
  asked,
  close,
}: {
  readonly of: Arranging;
  readonly asked: NonNullable<Asked>;
  readonly close: () => void;
}) {
  const { kind, at } = asked;
  const add = useAdding(of.outline);
  const [text, set] = useState(kind === 'rename' ? (of.outline.chapters[at]?.title ?? '') : '');
  const [fault, blame] = useState<string | null>(null);
  const [title, label, hint] = ASKED[kind];
  const submit = useSubmit(async () => {
    const titles = titlesOf(kind, text);
    const wrong = faultIn(titles);
    blame(wrong);
    if (wrong !== null) return;
    if (kind === 'lessons') await add(at, titles);
    if (kind === 'rename') {
      await of.arrange((outline) => moves.renameChapter(outline, at, titles[0] ?? ''), '章名已修改。');
    }
    if (kind === 'chapter')
      await of.arrange((outline) => titles.reduce(moves.addChapter, outline), '已添加。');
    close();
  });
  return (
    <Dialog title={title} close={close}>
      <form noValidate onSubmit={submit.send}>
        <Labelled label={label} fault={fault} hint={hint}>
          {(ids) => (
            <textarea
              rows={kind === 'rename' ? 1 : 5}
              value={text}
              aria-invalid={fault !== null}
              onInput={(event) => set(event.currentTarget.value)}
              {...ids}
            />
          )}
        </Labelled>
        {submit.trouble !== null && <TroubleNote trouble={submit.trouble} />}
        <div class="buttons">
          <button type="button" onClick={close}>
            取消
          </button>
          <SendButton title={title} submit={submit} />
        </div>
      </form>
    </Dialog>
  );
}

const titlesOf = (kind: NonNullable<Asked>['kind'], text: string) =>
  kind === 'rename' ? moves.titlesIn(text.replaceAll('\n', ' ')) : moves.titlesIn(text);

function DraftBox({ outline, listFen }: { readonly outline: StaffOutline; readonly listFen: number }) {
  const lessons = outline.chapters.flatMap((chapter) => chapter.lessons);
  const count = (state: Lesson['state']) => lessons.filter((lesson) => lesson.state === state).length;
  return (
    <section class="box">
      <h2>目录草稿</h2>
      {outline.isDraft ? (
        <>
          <p>
            有未发布的改动：新增 {count('new')} 节，改动 {count('changed')} 节。
          </p>
          <Missing missing={outlineMissing(outline, listFen)} ready="可以发布。" />
        </>
      ) : (
        <p>与学员看到的一致。</p>
      )}
      <p class="hint">
        每步修改立即存为草稿，发布后学员才看到。由{whoMay('publishCourseOutline')}
        发布；开放试看的课时较多时，要另一位同事同意。
      </p>
    </section>
  );
}

function Outline({
  outline,
  product,
}: {
  readonly outline: StaffOutline;
  readonly product: StaffProductView;
}) {
  const role = useRole();
  const { own, says, trouble, again, arrange } = useArranging(outline);
  const [asked, ask] = useState<Asked>(null);
  const of: Arranging = {
    ...{ outline: own, arrange, isUnseen: product.publishedAtMs === null },
    mayEdit: mayCall(role, 'putCourseOutline'),
  };
  return (
    <>
      <header class="head">
        <h1 tabIndex={-1}>{product.title}</h1>
        <Tag words="productState" value={product.state} />
        <span class="grow" />
        <Link to={`/products/${product.id}/edit`} class="button">
          价格和介绍
        </Link>
        <Actions actions={ACTIONS} thing={own as unknown as Thing} isAll />
      </header>
      {trouble !== null && <TroubleNote trouble={trouble} again={again} />}
      <div class="editor">
        <div class="outline">
          {own.chapters.map((_, at) => (
            <ChapterBox key={at} of={of} at={at} ask={ask} />
          ))}
          {own.chapters.length === 0 && (
            <section class="box">
              <Empty says="还没有章节。先添加一章，再添加课时。" />
            </section>
          )}
          {of.mayEdit && (
            <button type="button" class="add" onClick={() => ask({ kind: 'chapter', at: 0 })}>
              添加一章
            </button>
          )}
        </div>
        <aside>
          <DraftBox outline={own} listFen={product.nextListFen ?? product.listFen} />
          <MissingBox product={product} />
          {of.mayEdit && <p class="hint">移动：拖动课时，或选中左侧手柄后按 ↑ ↓ 键，可以移到别的章。</p>}
        </aside>
      </div>
      <p class="unseen" role="status">
        {says}
      </p>
      {asked !== null && <TitlesDialog of={of} asked={asked} close={() => ask(null)} />}
    </>
  );
}

/** The outline of the course in the address. */
export function Screen({ params }: ScreenProps) {
  const id = params.key ?? '';
  const outline = useCall('getCourseOutline', { id });
  const product = useCall('getAnyProduct', { id });
  const trouble = outline.trouble ?? product.trouble;
  if (outline.data !== null && product.data !== null) {
    return <Outline key={id} outline={outline.data.outline} product={product.data.product} />;
  }
  if (trouble !== null) return <TroubleNote trouble={trouble} again={outline.again} />;
  return <Skeleton lines={8} />;
}
