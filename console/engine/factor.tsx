/** Asks for the second factor: a code of the app, or a recovery code. */
import { useEffect, useState } from 'preact/hooks';
import { Dialog } from './dialog.tsx';
import { useDesk } from './hooks.ts';
import { Labelled } from './labelled.tsx';
import { TroubleNote } from './notice.tsx';
import { useSubmit } from './submit.ts';

/** A second factor as it is sent: six digits are a code of the app, anything else a recovery code. */
export function factorOf(text: string): { readonly oneTimeCode: string } | { readonly recoveryCode: string } {
  const plain = text.replace(/\s/g, '');
  return /^\d{6}$/.test(plain) ? { oneTimeCode: plain } : { recoveryCode: plain };
}

/** The field for a code. */
export function CodeField({
  text,
  set,
  fault,
  label = '验证码或恢复码',
}: {
  readonly text: string;
  readonly set: (text: string) => void;
  readonly fault: string | null;
  readonly label?: string;
}) {
  return (
    <Labelled label={label} fault={fault} hint="打开验证器应用，输入 6 位数字。">
      {(ids) => (
        <input
          type="text"
          autocomplete="one-time-code"
          autofocus
          value={text}
          onInput={(event) => set(event.currentTarget.value)}
          {...ids}
        />
      )}
    </Labelled>
  );
}

function CodeDialog({ close }: { readonly close: (isShown: boolean) => void }) {
  const desk = useDesk();
  const [text, set] = useState('');
  const [fault, blame] = useState<string | null>(null);
  const { send, trouble } = useSubmit(async () => {
    blame(text.trim() === '' ? '请输入验证码。' : null);
    if (text.trim() === '') return;
    await desk.call('showSecondFactor', { secondFactor: factorOf(text) });
    close(true);
  });
  return (
    <Dialog title="二次验证" close={() => close(false)}>
      <form noValidate onSubmit={send}>
        <p>这项操作要先确认是您本人。验证后 10 分钟内不再询问。</p>
        <CodeField text={text} set={set} fault={fault} />
        {trouble !== null && <TroubleNote trouble={trouble} />}
        <div class="buttons">
          <button type="button" onClick={() => close(false)}>
            取消
          </button>
          <button type="submit" class="main">
            验证
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Stands once in the shell, and asks whenever the desk does. */
export function FactorAsker() {
  const desk = useDesk();
  const [answer, setAnswer] = useState<((isShown: boolean) => void) | null>(null);
  useEffect(() => {
    desk.askFactor = () => new Promise((resolve) => setAnswer(() => resolve));
  }, [desk]);
  if (answer === null) return null;
  const close = (isShown: boolean) => {
    setAnswer(null);
    answer(isShown);
  };
  return <CodeDialog close={close} />;
}
