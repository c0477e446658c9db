/** The caller's own name, phone number and ways to log in. */
import type { ProfileView, UserView } from '../../../client/types.ts';
import type { InputEvent, PhoneNumberEvent } from '../../../local/phone/platform.ts';
import { type Loaded, ready, unread } from '../../model/loaded.ts';
import { type ReviewNote, reviewNote } from '../../model/ownReview.ts';
import { type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { freshCode } from '../../wx/login.ts';
import { page, type Self } from '../../wx/page.ts';

type Form = 'nickname' | 'userName' | 'password' | '';

interface Model {
  readonly user: Loaded<UserView>;
  readonly profile: Loaded<{ readonly profile: ProfileView }>;
  /** Which sheet is open; empty for none. */
  readonly form: Form;
  readonly nickname: string;
  readonly userName: string;
  readonly password: string;
  readonly newPassword: string;
  readonly isBusy: boolean;
  /** What is wrong with the last thing that was done; empty for nothing. */
  readonly wrong: string;
}

/** What the template reads. */
export interface View {
  readonly line: StateLine | null;
  /** The name that the caller chose last. */
  readonly nickname: string;
  /** Where that name and the picture stand; null when others see them. */
  readonly note: ReviewNote | null;
  readonly phone: string;
  readonly hasPhone: boolean;
  readonly isWechatBound: boolean;
  readonly form: Form;
  readonly formTitle: string;
  readonly typedNickname: string;
  readonly isBusy: boolean;
  readonly wrong: string;
}

const FORM_TITLES = {
  nickname: '修改昵称',
  userName: '设置用户名和密码',
  password: '修改密码',
  '': '',
} as const;

type Chosen = Model['profile'];

const chosen = ({ value }: Chosen) => value?.profile.nickname ?? '';

function noteOf({ value }: Chosen, nowMs: number): ReviewNote | null {
  return value === null
    ? null
    : reviewNote(value.profile.review, `「${value.profile.shown.nickname}」`, nowMs);
}

const readProfile = (self: Self<Model>) => self.read('profile', () => client.getProfile());

/** Does one thing at a time. What it answers is the caller as they are now, or nothing. */
async function act(self: Self<Model>, done: string, job: () => Promise<UserView | null>): Promise<void> {
  if (self.model.isBusy) return;
  self.set({ isBusy: true, wrong: '' });
  try {
    const user = await job();
    self.set({
      ...(user !== null && { user: ready(user) }),
      ...{ isBusy: false, form: '', password: '', newPassword: '' },
    });
    await wx.showToast({ title: done, icon: 'success' });
  } catch (caught) {
    self.set({ isBusy: false, wrong: failureOf(caught).message });
  }
}

const submits: Readonly<Record<Form, (self: Self<Model>) => Promise<void>>> = {
  nickname: (self) =>
    act(self, '已提交', async () => {
      self.set({ profile: ready(await client.updateProfile({ nickname: self.model.nickname.trim() })) });
      return null;
    }),
  userName: (self) => {
    const { userName, password } = self.model;
    return act(self, '已设置', () => client.bindUserName({ userName, password }));
  },
  password: (self) => {
    const { userName, password, newPassword } = self.model;
    return act(self, '已修改', async () => {
      await client.changePassword({ userName, password, newPassword });
      return null;
    });
  },
  '': async () => undefined,
};

const own = page({
  model: (): Model => ({
    user: unread,
    profile: unread,
    form: '',
    nickname: '',
    userName: '',
    password: '',
    newPassword: '',
    isBusy: false,
    wrong: '',
  }),
  view: ({ user, profile, form, nickname, isBusy, wrong }, nowMs): View => ({
    line: stateLineOf<unknown>(user.value === null ? user : profile),
    nickname: chosen(profile),
    note: noteOf(profile, nowMs),
    phone: user.value?.phoneMasked ?? '未绑定',
    hasPhone: user.value?.phoneMasked != null,
    isWechatBound: user.value?.isWechatBound === true,
    form,
    formTitle: FORM_TITLES[form],
    typedNickname: nickname,
    isBusy,
    wrong,
  }),
  load: async (self) => {
    // One after the other, so that somebody who is not logged in yet is logged in once.
    await self.read('user', () => client.getMe());
    await readProfile(self);
  },
  again: readProfile,
  on: {
    editNickname: (self) => self.set({ form: 'nickname', wrong: '', nickname: chosen(self.model.profile) }),
    appealed: readProfile,
    editUserName: (self) => self.set({ form: 'userName', wrong: '', userName: '', password: '' }),
    editPassword: (self) =>
      self.set({ form: 'password', wrong: '', userName: '', password: '', newPassword: '' }),
    close: (self) => self.set({ form: '', wrong: '', password: '', newPassword: '' }),
    typeNickname: (self, event: InputEvent) => self.set({ nickname: event.detail.value }),
    typeUserName: (self, event: InputEvent) => self.set({ userName: event.detail.value }),
    typePassword: (self, event: InputEvent) => self.set({ password: event.detail.value }),
    typeNewPassword: (self, event: InputEvent) => self.set({ newPassword: event.detail.value }),
    submit: (self) => submits[self.model.form](self),
    bindPhone: (self, event: PhoneNumberEvent) => {
      const { code } = event.detail;
      // Who closes the platform's sheet gives no code, which is no failure.
      return code === undefined ? undefined : act(self, '已绑定', () => client.bindPhone({ code }));
    },
    unbindPhone: async (self) => {
      const { confirm } = await wx.showModal({
        title: '解绑手机号',
        content: '解绑后，我们不再保存这个号码。',
        confirmText: '解绑',
      });
      if (confirm) await act(self, '已解绑', () => client.unbindPhone());
    },
    bindWechat: (self) => act(self, '已绑定', async () => client.bindWechat({ code: await freshCode() })),
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
