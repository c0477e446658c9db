/** The form of an action, in its dialog or as a page. It is loaded when somebody wants to do something. */
import { useState } from 'preact/hooks';
import { yuan } from '../../client/fen.ts';
import { askingOf, inputOf, usesUpIds } from './asking.ts';
import { troubleOf } from './desk.ts';
import { Dialog } from './dialog.tsx';
import { Fields } from './field.tsx';
import { type Fault, formedFields, typedFields } from './form.ts';
import { useDesk } from './hooks.ts';
import { TroubleNote } from './notice.tsx';
import { saveFile } from './saveFile.ts';
import { operationOf } from './schema.ts';
import { useSubmit } from './submit.ts';
import type { Action, Thing, ToldOnce } from './view.ts';

const SECOND = '超出当日个人额度时，要另一位同事同意后再次提交。';

/** What is told only once: codes that no later page shows. */
function Told({ told, close }: { readonly told: ToldOnce; readonly close: () => void }) {
  const text = told.texts.join('\n');
  return (
    <Dialog title={told.title} close={close}>
      <p>{told.about}</p>
      <pre class="told">{text}</pre>
      <div class="buttons">
        <button type="button" onClick={() => void navigator.clipboard.writeText(text)}>
          复制
        </button>
        <button type="button" onClick={() => saveFile(`${told.title}.txt`, `${text}\n`, 'text/plain')}>
          下载
        </button>
        <button type="button" class="main" onClick={close}>
          已保存，关闭
        </button>
      </div>
    </Dialog>
  );
}

/** Where the first fault is: the focus goes there. */
function focusFault(form: HTMLElement): void {
  requestAnimationFrame(() => {
    const found = form.querySelector('[aria-invalid="true"]');
    if (found instanceof HTMLElement) found.focus();
  });
}

function useSending(action: Action, thing: Thing, done: (output: unknown, input: Thing) => void) {
  const desk = useDesk();
  const asking = askingOf(action, thing);
  const [typed, type] = useState(() => typedFields(asking.fields, action.first(thing)));
  const [faults, blame] = useState<readonly Fault[]>([]);
  const { send, trouble, isBusy } = useSubmit(async (form) => {
    const made = inputOf(action, asking, typed, desk.ids);
    blame('faults' in made ? made.faults : []);
    if ('faults' in made) return focusFault(form);
    try {
      // The form has put it together from the fields of the operation.
      const output = await desk.change(action.name, made.input as never);
      desk.ids.drop(asking.purpose);
      done(output, made.input);
    } catch (thrown) {
      if (usesUpIds(troubleOf(thrown).code)) desk.ids.drop(asking.purpose);
      throw thrown;
    }
  });
  const formed = formedFields(asking.fields, typed);
  const input = { ...asking.given, ...('value' in formed ? Object(formed.value) : {}) };
  return { asking, typed, type, faults, trouble, isBusy, send, sumFen: action.sumFen(thing, input) };
}

/** The form of an action: what it asks, what is wrong, and the button that repeats the sum. */
function ActionForm({
  action,
  thing,
  close,
  done,
}: {
  readonly action: Action;
  readonly thing: Thing;
  /** What 取消 does; left out on a page. */
  readonly close?: () => void;
  readonly done: (once: ToldOnce | null) => void;
}) {
  const finish = (output: unknown, input: Thing) => {
    const name = action.saves(input);
    if (name !== null) saveFile(name, String(output), 'text/csv');
    done(action.tells(output));
  };
  const { asking, typed, type, faults, trouble, isBusy, send, sumFen } = useSending(action, thing, finish);
  const notes = [action.note(thing), operationOf(action.name).asksSecond === true ? SECOND : null];
  const title = sumFen === null ? action.title : `${action.title} ${yuan(sumFen)}`;
  return (
    <form noValidate onSubmit={send}>
      {notes.map((note) => note !== null && <p key={note}>{note}</p>)}
      <Fields fields={asking.fields} typed={typed} type={type} faults={faults} />
      {trouble !== null && <TroubleNote trouble={trouble} />}
      <div class="buttons">
        {close !== undefined && (
          <button type="button" onClick={close}>
            取消
          </button>
        )}
        <button type="submit" class={action.tone === 'bad' ? 'bad' : 'main'} aria-busy={isBusy}>
          {isBusy ? '正在提交…' : title}
        </button>
      </div>
    </form>
  );
}

/** The dialog of an action with a thing. What was typed stays until it is done. */
export function ActionDialog({
  action,
  thing,
  close,
}: {
  readonly action: Action;
  readonly thing: Thing;
  readonly close: () => void;
}) {
  const [told, showTold] = useState<ToldOnce | null>(null);
  const done = (once: ToldOnce | null) => {
    if (once === null) close();
    else showTold(once);
  };
  if (told !== null) return <Told told={told} close={close} />;
  return (
    <Dialog title={action.title} close={close}>
      <ActionForm action={action} thing={thing} close={close} done={done} />
    </Dialog>
  );
}

/** A form as a page of its own. */
export function FormPageBody({ action }: { readonly action: Action }) {
  const [isDone, finish] = useState(false);
  return (
    <>
      <header class="head">
        <h1 tabIndex={-1}>{action.title}</h1>
      </header>
      <section class="box narrow">
        <ActionForm action={action} thing={{}} done={() => finish(true)} />
        {isDone && <p role="status">已完成。</p>}
      </section>
    </>
  );
}
