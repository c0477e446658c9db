/** One's own security: the app, the recovery codes, the password, and where one is logged in. */
import { useState } from 'preact/hooks';
import type { SessionView } from '../../client/types.ts';
import { Dialog } from '../engine/dialog.tsx';
import { CodeField, factorOf } from '../engine/factor.tsx';
import { useCall, useDesk } from '../engine/hooks.ts';
import { Empty, Skeleton, TroubleNote } from '../engine/notice.tsx';
import { SendButton, TextField } from '../engine/plain.tsx';
import { useSubmit } from '../engine/submit.ts';
import { ThingTable } from '../engine/table.tsx';
import { action, type ScreenProps } from '../engine/view.ts';
import { type AppKey, ConfirmApp, RecoveryCodes } from './enrol.tsx';

const endSession = action('endSession', {
  title: '退出这台设备',
  when: (one: SessionView) => !one.isThis,
  given: ({ id }) => ({ sessionId: id }),
});

const columns = ['device', 'isThis', 'createdAtMs', 'lastSeenAtMs', 'endsAtMs'].map((of) => ({
  of,
  title: null,
}));

function Devices() {
  const desk = useDesk();
  const { data, trouble, again } = useCall('listSessions', { limit: 50 });
  const submit = useSubmit(async () => {
    await desk.call('logoutEverywhere', {});
    desk.sessions.end();
  });
  return (
    <section class="box">
      <header class="head">
        <h2>登录的设备</h2>
        <span class="grow" />
        <button type="button" class="bad small" aria-busy={submit.isBusy} onClick={submit.send}>
          全部退出
        </button>
      </header>
      {submit.trouble !== null && <TroubleNote trouble={submit.trouble} />}
      {trouble !== null && <TroubleNote trouble={trouble} again={again} />}
      {data === null && trouble === null && <Skeleton lines={3} />}
      {data !== null && data.items.length === 0 && <Empty says="没有登录的设备。" />}
      {data !== null && data.items.length > 0 && (
        <ThingTable
          type="SessionView"
          items={data.items}
          columns={columns}
          actions={[endSession]}
          title="登录的设备"
        />
      )}
    </section>
  );
}

function ReplaceDialog({ close }: { readonly close: () => void }) {
  const desk = useDesk();
  const [code, setCode] = useState('');
  const [app, setApp] = useState<AppKey | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const submit = useSubmit(async () => {
    setApp(await desk.call('replaceSecondFactor', { secondFactor: factorOf(code) }));
  });
  return (
    <Dialog title="更换验证器应用" close={close}>
      {codes !== null && <RecoveryCodes codes={codes} done={close} />}
      {codes === null && app !== null && <ConfirmApp app={app} done={setCodes} />}
      {app === null && (
        <form noValidate onSubmit={submit.send}>
          <p>先用现在的应用或一个恢复码确认是您本人。换好之前，原来的仍然有效。</p>
          <CodeField text={code} set={setCode} fault={null} />
          {submit.trouble !== null && <TroubleNote trouble={submit.trouble} />}
          <div class="buttons">
            <button type="button" onClick={close}>
              取消
            </button>
            <SendButton title="下一步" submit={submit} />
          </div>
        </form>
      )}
    </Dialog>
  );
}

function Password() {
  const desk = useDesk();
  const [userName, setName] = useState('');
  const [password, setPassword] = useState('');
  const [newPassword, setNew] = useState('');
  const [isDone, finish] = useState(false);
  const submit = useSubmit(async () => {
    finish(false);
    await desk.change('changePassword', { userName, password, newPassword });
    setPassword('');
    setNew('');
    finish(true);
  });
  return (
    <section class="box">
      <h2>修改密码</h2>
      <form noValidate onSubmit={submit.send}>
        <TextField label="用户名" text={userName} set={setName} autocomplete="username" />
        <TextField
          label="现在的密码"
          kind="password"
          text={password}
          set={setPassword}
          autocomplete="current-password"
        />
        <TextField
          label="新密码"
          kind="password"
          text={newPassword}
          set={setNew}
          autocomplete="new-password"
          hint="修改后，其他设备会退出登录。"
        />
        {submit.trouble !== null && <TroubleNote trouble={submit.trouble} />}
        {isDone && <p role="status">密码已修改。</p>}
        <div class="buttons">
          <SendButton title="修改密码" submit={submit} />
        </div>
      </form>
    </section>
  );
}

/** One's own security. */
export function Screen(_: ScreenProps) {
  const [isReplacing, replace] = useState(false);
  return (
    <>
      <header class="head">
        <h1 tabIndex={-1}>登录与安全</h1>
      </header>
      <div class="columns">
        <section class="box">
          <h2>双重验证</h2>
          <p>已开启，不能关闭。每次登录和重要操作都要验证码。更换应用时会给出新的恢复码，旧的随即作废。</p>
          <div class="buttons">
            <button type="button" onClick={() => replace(true)}>
              更换验证器应用
            </button>
          </div>
        </section>
        <Password />
      </div>
      <Devices />
      {isReplacing && <ReplaceDialog close={() => replace(false)} />}
    </>
  );
}
