/** Sets up an authenticator app: its key as a picture and as text, its first code, and the recovery codes. */
import { useState } from 'preact/hooks';
import { encode } from 'uqr';
import { useDesk } from '../engine/hooks.ts';
import { TroubleNote } from '../engine/notice.tsx';
import { SendButton, TextField } from '../engine/plain.tsx';
import { saveFile } from '../engine/saveFile.ts';
import { useSubmit } from '../engine/submit.ts';

/** The key of an app, as `startSecondFactor` and `replaceSecondFactor` answer it. */
export interface AppKey {
  readonly key: string;
  readonly url: string;
}

/** A text as a QR code. */
function QrCode({ text }: { readonly text: string }) {
  const { data, size } = encode(text, { border: 0 });
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label="用验证器应用扫描">
      <path d={path.join('')} />
    </svg>
  );
}

/** Asks for the first code of an app. `done` gets the recovery codes. */
export function ConfirmApp({
  app,
  done,
}: {
  readonly app: AppKey;
  readonly done: (codes: readonly string[]) => void;
}) {
  const desk = useDesk();
  const [code, setCode] = useState('');
  const submit = useSubmit(async () => {
    const { recoveryCodes } = await desk.call('confirmSecondFactor', {
      oneTimeCode: code.replace(/\s/g, ''),
    });
    done(recoveryCodes);
  });
  return (
    <form noValidate onSubmit={submit.send}>
      <p>用手机上的验证器应用扫描，或手动输入密钥。</p>
      <QrCode text={app.url} />
      <pre class="told">{app.key.replace(/(.{4})/g, '$1 ').trim()}</pre>
      <TextField label="应用显示的 6 位数字" text={code} set={setCode} autocomplete="one-time-code" />
      {submit.trouble !== null && <TroubleNote trouble={submit.trouble} />}
      <SendButton title="开启双重验证" submit={submit} />
    </form>
  );
}

/** The recovery codes, which are shown only here. */
export function RecoveryCodes({
  codes,
  done,
}: {
  readonly codes: readonly string[];
  readonly done: () => void;
}) {
  const text = codes.join('\n');
  return (
    <>
      <p>这些恢复码只显示这一次。丢失手机时，每个码可以代替验证码登录一次。请保存在安全的地方。</p>
      <pre class="told">{text}</pre>
      <div class="buttons">
        <button type="button" onClick={() => saveFile('zhike-recovery-codes.txt', `${text}\n`, 'text/plain')}>
          下载
        </button>
        <button type="button" class="main" onClick={done}>
          已保存，继续
        </button>
      </div>
    </>
  );
}
