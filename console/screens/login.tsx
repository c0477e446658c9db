/** The sign-in of staff: name and password, then a code; and who has no second factor yet sets one up. */
import { useState } from 'preact/hooks';
import { troubleOf } from '../engine/desk.ts';
import { CodeField, factorOf } from '../engine/factor.tsx';
import { useDesk, useSession } from '../engine/hooks.ts';
import { Empty, TroubleNote } from '../engine/notice.tsx';
import { SendButton, TextField } from '../engine/plain.tsx';
import { useSubmit } from '../engine/submit.ts';
import type { ScreenProps } from '../engine/view.ts';
import { type AppKey, ConfirmApp, RecoveryCodes } from './enrol.tsx';

interface Named {
  readonly userName: string;
  readonly password: string;
}

function useLogin(named: Named) {
  const desk = useDesk();
  const [code, setCode] = useState('');
  const [asksCode, askCode] = useState(false);
  const submit = useSubmit(async () => {
    const secondFactor = asksCode ? { secondFactor: factorOf(code) } : {};
    try {
      const { token, expiresAtMs, user } = await desk.call('loginWithPassword', {
        ...named,
        ...secondFactor,
      });
      desk.sessions.begin({ token, expiresAtMs, user, hasFactor: asksCode });
    } catch (thrown) {
      if (asksCode || troubleOf(thrown).code !== 'auth.second_factor_required') throw thrown;
      askCode(true);
    }
  });
  return { code, setCode, asksCode, submit };
}

interface NamedProps {
  readonly named: Named;
  readonly set: (named: Named) => void;
}

function NameAndPassword({ named, set }: NamedProps) {
  return (
    <>
      <TextField
        label="用户名"
        text={named.userName}
        set={(userName) => set({ ...named, userName })}
        autocomplete="username"
      />
      <TextField
        label="密码"
        kind="password"
        text={named.password}
        set={(password) => set({ ...named, password })}
        autocomplete="current-password"
      />
    </>
  );
}

function PasswordForm({ named, set }: NamedProps) {
  const { code, setCode, asksCode, submit } = useLogin(named);
  return (
    <form noValidate onSubmit={submit.send}>
      <NameAndPassword named={named} set={set} />
      {asksCode && <CodeField text={code} set={setCode} fault={null} />}
      {submit.trouble !== null && <TroubleNote trouble={submit.trouble} />}
      <SendButton title="登录" submit={submit} />
    </form>
  );
}

/** Begins to set up a second factor, with the code from whoever appointed this person. */
function EnrolForm({ named, set, done }: NamedProps & { readonly done: (app: AppKey) => void }) {
  const desk = useDesk();
  const [enrolmentCode, setCode] = useState('');
  const submit = useSubmit(async () =>
    done(await desk.call('startSecondFactor', { ...named, enrolmentCode })),
  );
  return (
    <form noValidate onSubmit={submit.send}>
      <p>员工登录都要双重验证。请输入管理员当面给您的设置码。</p>
      <NameAndPassword named={named} set={set} />
      <TextField
        label="设置码"
        text={enrolmentCode}
        set={setCode}
        hint="24 小时内有效。没有设置码请找管理员。"
      />
      {submit.trouble !== null && <TroubleNote trouble={submit.trouble} />}
      <SendButton title="下一步" submit={submit} />
    </form>
  );
}

function Enrolment({ named, set }: NamedProps) {
  const { sessions } = useDesk();
  const [app, setApp] = useState<AppKey | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const finish = () => {
    if (sessions.current !== null) sessions.begin({ ...sessions.current, hasFactor: true });
  };
  if (codes !== null) return <RecoveryCodes codes={codes} done={finish} />;
  if (app !== null) return <ConfirmApp app={app} done={setCodes} />;
  return <EnrolForm named={named} set={set} done={setApp} />;
}

/** A learner has no place here. */
function NotStaff() {
  const desk = useDesk();
  const leave = () => {
    desk.call('logout', {}).catch(() => null);
    desk.sessions.end();
  };
  return (
    <Empty says="这个账号不是员工账号。请联系管理员开通。">
      <button type="button" onClick={leave}>
        换一个账号
      </button>
    </Empty>
  );
}

/** The sign-in. */
export function Screen(_: ScreenProps) {
  const session = useSession();
  const [named, set] = useState<Named>({ userName: '', password: '' });
  return (
    <main class="sign" id="main">
      <div>
        <p class="brand">知课后台</p>
        <h1>{session === null ? '登录' : '设置双重验证'}</h1>
        {session === null && <PasswordForm named={named} set={set} />}
        {session?.user.role === 'learner' && <NotStaff />}
        {session !== null && session.user.role !== 'learner' && <Enrolment named={named} set={set} />}
      </div>
    </main>
  );
}
