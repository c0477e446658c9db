/** The official typings, as what the phone and the mini-program are written to. It compiles when they fit. */
import type {
  AppConstructor,
  AvatarEvent,
  CheckboxEvent,
  ComponentInstance,
  InputEvent,
  PageInstance,
  PageOptions,
  PhoneEvent,
  PhoneNumberEvent,
  SubmitEvent,
  SwitchEvent,
  TapEvent,
  VideoTimeEvent,
  VirtualPaymentOptions,
  Wx,
} from '../../../local/phone/platform.ts';

interface View {
  readonly title: string;
}

/**
 * Our names for what WeChat has. Two of its types contradict the text beside them: `signData` is a text, and the
 * listener of privacy gets a function.
 */
export const official: {
  readonly wx: Omit<Wx, 'requestVirtualPayment' | 'onNeedPrivacyAuthorization'>;
  readonly payVirtually: (
    options: Omit<VirtualPaymentOptions, 'signData'> & { readonly signData: WechatMiniprogram.SignData },
  ) => void;
  readonly app: AppConstructor;
  readonly page: (options: PageOptions<View>) => void;
} = { wx, payVirtually: wx.requestVirtualPayment, app: App, page: Page };

type Official = WechatMiniprogram.Page.Instance<{ title: string }, Record<never, never>>;
type OfficialComponent = WechatMiniprogram.Component.TrivialInstance;

/** Takes what WeChat gives where we say what we get. */
export function given(
  page: Official,
  component: OfficialComponent,
  base: WechatMiniprogram.BaseEvent,
  tap: WechatMiniprogram.TouchEvent<{ x: number; y: number }>,
  input: WechatMiniprogram.Input,
  toggle: WechatMiniprogram.SwitchChange,
  boxes: WechatMiniprogram.CheckboxGroupChange,
  submit: WechatMiniprogram.FormSubmit,
  time: WechatMiniprogram.VideoTimeUpdate,
  phone: WechatMiniprogram.ButtonGetPhoneNumber,
  avatar: WechatMiniprogram.CustomEvent<{ avatarUrl: string }>,
): readonly [
  PageInstance<View>,
  ComponentInstance<unknown>,
  Omit<PhoneEvent, 'detail'>,
  TapEvent,
  InputEvent,
  SwitchEvent,
  CheckboxEvent,
  SubmitEvent,
  VideoTimeEvent,
  PhoneNumberEvent,
  AvatarEvent,
] {
  return [page, component, base, tap, input, toggle, boxes, submit, time, phone, avatar];
}
