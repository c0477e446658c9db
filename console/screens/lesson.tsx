/** The editor of one lesson: its text, its file, and its quiz. */
import { useState } from 'preact/hooks';
import type { Lesson, LessonChange } from '../../client/types.ts';
import { Actions } from '../engine/action.tsx';
import { type Fault, formedFields, typedFields } from '../engine/form.ts';
import { useCall, useDesk } from '../engine/hooks.ts';
import { Link } from '../engine/link.tsx';
import { Skeleton, TroubleNote } from '../engine/notice.tsx';
import { type Action, action, type ScreenProps, type Thing } from '../engine/view.ts';
import { editedFields } from './editedFields.ts';
import { EditorPage, faultAt, Part, Some, useForm } from './editor.tsx';
import { FileField } from './fileField.tsx';

const FIELDS = editedFields('AddedLessons.one', ['id']);

/** What a field shows less than there is, counts as untouched. */
function changeOf(lesson: Thing, value: Thing): LessonChange {
  const formed = formedFields(FIELDS, typedFields(FIELDS, lesson));
  const before: Thing = 'value' in formed ? Object(formed.value) : lesson;
  return Object.fromEntries(Object.entries(value).filter(([name, text]) => text !== before[name]));
}

/** A file that plays needs its length before the course may be published. */
function faultsOf({ mediaKey, durationSeconds }: Thing): readonly Fault[] {
  const isUntimed = mediaKey !== null && durationSeconds === 0;
  return isUntimed ? [{ at: 'durationSeconds', says: '请填写时长，发布时需要。' }] : [];
}

function Editor({
  courseId,
  lesson,
  version,
}: {
  readonly courseId: string;
  readonly lesson: Lesson;
  readonly version: number;
}) {
  const desk = useDesk();
  const [seen, see] = useState({ lesson: lesson as unknown as Thing, version });
  const form = useForm(FIELDS, seen.lesson, faultsOf);
  const key = form.typed.mediaKey;
  const save = async (value: Thing) => {
    const change = changeOf(seen.lesson, value);
    if (Object.keys(change).length === 0) return;
    const input = { id: courseId, lessonId: lesson.id, expectedVersion: seen.version, change };
    const { outline } = await desk.change('updateLesson', input);
    see({ lesson: { ...seen.lesson, ...value }, version: outline.version });
  };
  return (
    <EditorPage
      title={lesson.title}
      state={null}
      actions={[]}
      thing={null}
      links={
        <Link to={`/products/${courseId}/outline`} class="button">
          回到目录
        </Link>
      }
      form={form}
      save={save}
      saves="保存草稿"
      after={<p class="hint">发布目录的改动后，学员才看到。</p>}
      aside={<QuizBox courseId={courseId} lessonId={lesson.id} />}
    >
      <Part title="课时">
        <Some form={form} names={['title', 'isTrial']} labels={{ isTrial: '所有人可试看' }} />
      </Part>
      <Part title="内容">
        <FileField
          label="视频、音频或文件（可不填）"
          kind="media"
          value={typeof key === 'string' ? key : ''}
          set={({ upload, seconds }) => {
            form.set('mediaKey', upload.key);
            if (seconds !== null) form.set('durationSeconds', String(seconds));
          }}
          clear={() => form.set('mediaKey', '')}
          hint="MP4、M4A、MP3、PDF 或 EPUB，不超过 5 GB。"
          fault={faultAt(form, 'mediaKey')}
        />
        <Some form={form} names={['durationSeconds', 'body']} />
      </Part>
    </EditorPage>
  );
}

const QUIZ = [
  action('putQuiz', {
    title: '编辑测验',
    given: ({ id, lessonId, version }: QuizThing) => ({ id, lessonId, expectedVersion: version }),
    first: ({ questions, passBp }: QuizThing) => ({ questions, passBp }),
    note: '保存后立即生效。选项每行一个；答案填选项的序号，从 0 开始，每行一个。',
  }),
  action('removeQuiz', {
    title: '删除测验',
    tone: 'bad',
    when: ({ version }: QuizThing) => version > 0,
    given: ({ id, lessonId, version }) => ({ id, lessonId, expectedVersion: version }),
    note: '删除后不能恢复，学员的成绩保留。',
  }),
] as const as readonly unknown[] as readonly Action[];

interface QuizThing {
  readonly id: string;
  readonly lessonId: string;
  readonly version: number;
  readonly questions: readonly never[];
  readonly passBp: number;
}

const PASS_USUAL = 6000;

function QuizBox({ courseId, lessonId }: { readonly courseId: string; readonly lessonId: string }) {
  const { data, trouble, again } = useCall('getAnyQuiz', { id: courseId, lessonId });
  const isNone = trouble?.code === 'quiz.not_found';
  if (data === null && trouble !== null && !isNone) return <TroubleNote trouble={trouble} again={again} />;
  if (data === null && !isNone) return <Skeleton lines={3} />;
  const quiz = isNone ? null : (data?.quiz ?? null);
  const { version = 0, questions = [], passBp = PASS_USUAL } = quiz ?? {};
  return (
    <section class="box">
      <h2>测验</h2>
      {quiz === null ? (
        <p class="hint">还没有测验。</p>
      ) : (
        <ol class="notes">
          {quiz.questions.map(({ question, options }) => (
            <li key={question}>
              {question}（{options.length} 个选项）
            </li>
          ))}
        </ol>
      )}
      <Actions actions={QUIZ} thing={{ id: courseId, lessonId, version, questions, passBp }} isAll />
    </section>
  );
}

/** The lesson of the address. */
export function Screen({ params }: ScreenProps) {
  const [courseId, lessonId] = [params.key ?? '', params.lesson ?? ''];
  const { data, trouble, again } = useCall('getAnyLesson', { id: courseId, lessonId });
  if (data === null && trouble !== null) return <TroubleNote trouble={trouble} again={again} />;
  if (data === null) return <Skeleton lines={8} />;
  return <Editor key={lessonId} courseId={courseId} lesson={data.lesson} version={data.version} />;
}
