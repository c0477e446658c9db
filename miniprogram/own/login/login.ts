/** Ways to log in: by WeChat, or by a user name and a password, which can be registered here. */
import { ZhikeError } from '../../../client/transport.ts';
import type { LoginView } from '../../../client/types.ts';
import type { InputEvent } from '../../../local/phone/platform.ts';
import { routes } from '../../model/routes.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { back, go } from '../../wx/go.ts';
import { login } from '../../wx/login.ts';
import { page, type Self } from '../../wx/page.ts';
import { keepSession } from '../../wx/session.ts';
import { agreeToTerms } from '../consents.ts';

interface Model {
  readonly way: 'wechat' | 'password' | 'register';
  readonly hasAgreed: boolean;
  readonly userName: string;
  readonly password: string;
  readonly nickname: string;
  readonly oneTimeCode: string;
  readonly needsCode: boolean;
  readonly isBusy: boolean;
  /** What is wrong; empty for nothing. */
  readonly wrong: string;
}

/** What the template reads. */
export interface View {
  readonly way: Model['way'];
  readonly title: string;
  readonly hasAgreed: boolean;
  readonly needsCode: boolean;
  readonly button: string;
  readonly isBusy: boolean;
  readonly wrong: string;
}

const TITLES = { wechat: '微信登录', password: '用户名登录', register: '注册账号' } as const;
const BUTTONS = { wechat: '微信一键登录', password: '登录', register: '注册并登录' } as const;

async function byPassword({ userName, password, needsCode, oneTimeCode }: Model): Promise<LoginView> {
  const secondFactor = needsCode ? { oneTimeCode: oneTimeCode.trim() } : undefined;
  return client.loginWithPassword({ userName, password, secondFactor });
}

/** Logs in, in the way that is chosen. */
async function enter(model: Model): Promise<void> {
  const { way, userName, password, nickname } = model;
  if (way === 'wechat') await login();
  else if (way === 'password') keepSession(await byPassword(model), 'password');
  else {
    const named = nickname.trim() === '' ? undefined : nickname.trim();
    keepSession(await client.register({ userName, password, nickname: named }), 'password');
  }
}

async function submit(self: Self<Model>): Promise<void> {
  const { model } = self;
  if (model.isBusy) return;
  if (!model.hasAgreed) {
    self.set({ wrong: '请先阅读并同意用户协议和隐私政策。' });
    return;
  }
  self.set({ isBusy: true, wrong: '' });
  try {
    await enter(model);
    await agreeToTerms('own/login');
    await back();
  } catch (caught) {
    const isFactor = caught instanceof ZhikeError && caught.code === 'auth.second_factor_required';
    const wrong = isFactor && !model.needsCode ? '请输入验证器中的 6 位验证码。' : failureOf(caught).message;
    self.set({ needsCode: model.needsCode || isFactor, wrong });
  }
  self.set({ isBusy: false });
}

const own = page({
  model: (): Model => ({
    way: 'wechat',
    hasAgreed: false,
    userName: '',
    password: '',
    nickname: '',
    oneTimeCode: '',
    needsCode: false,
    isBusy: false,
    wrong: '',
  }),
  view: ({ way, hasAgreed, needsCode, isBusy, wrong }): View => ({
    way,
    title: TITLES[way],
    hasAgreed,
    needsCode: needsCode && way === 'password',
    button: BUTTONS[way],
    isBusy,
    wrong,
  }),
  on: {
    submit,
    byWechat: (self) => self.set({ way: 'wechat', wrong: '' }),
    byPassword: (self) => self.set({ way: 'password', wrong: '' }),
    byRegister: (self) => self.set({ way: 'register', wrong: '' }),
    agree: (self) => self.set({ hasAgreed: !self.model.hasAgreed, wrong: '' }),
    toTerms: () => go(routes.terms('terms')),
    toPrivacy: () => go(routes.terms('privacy')),
    typeName: (self, event: InputEvent) => self.set({ userName: event.detail.value }),
    typePassword: (self, event: InputEvent) => self.set({ password: event.detail.value }),
    typeNickname: (self, event: InputEvent) => self.set({ nickname: event.detail.value }),
    typeCode: (self, event: InputEvent) => self.set({ oneTimeCode: event.detail.value }),
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
