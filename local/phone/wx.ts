/** WeChat's functions, as the phone has them. */
import type { Engine } from './engine.ts';
import type { Files } from './files.ts';
import type { Gestures } from './gestures.ts';
import { type Host, networkTypeOf, type Settings, type Sheet } from './host.ts';
import type { Network } from './network.ts';
import { payOrdinary, payVirtual } from './payment.ts';
import type { CallResult, EnterOptions, GroupEnterInfo, NetworkType, Wx } from './platform.ts';
import type { Privacy } from './privacy.ts';
import type { Routes } from './routes.ts';
import { type Sound, type VideoOrder, videoOf } from './sound.ts';

/** What the functions do to the phone. */
export interface PhoneUse {
  readonly host: Host;
  readonly settings: Settings;
  readonly engine: Engine;
  readonly routes: Routes;
  readonly gestures: Gestures;
  readonly network: Network;
  readonly privacy: Privacy;
  readonly sound: Sound;
  readonly files: Files;
  readonly onNetwork: ((status: { isConnected: boolean; networkType: NetworkType }) => void)[];
  readonly launched: EnterOptions;
  readonly entered: EnterOptions;
  readonly ticketed: WeakSet<object>;
  clipboard: string;
  scroll: { readonly to: number | string; readonly durationMs: number } | null;
  isRefreshing: boolean;
  outside<T>(work: Promise<T>): Promise<T>;
  ask(sheet: Omit<Sheet, 'chosen'>): Promise<number | null>;
  askForMessages(templates: readonly string[]): Promise<string>;
  tell(words: string, durationMs: number): void;
  openDocument(path: string): void;
  orderVideo(order: VideoOrder): void;
}

const VERSION = '3.8.0';
const STORE_KB_MAX = 10 * 1024;
const KEY_BYTES_MAX = 1024 * 1024;
/** How long after a tap a payment may begin. */
const PAY_AFTER_TAP_MS = 10_000;
const ACTIONS_MAX = 6;
/** How a share to a group with a ticket is opened. */
const TICKET_SCENE = 1044;
const PLATFORMS = { android: 'android', ios: 'ios', harmony: 'ohos', windows: 'windows' } as const;
const SYSTEMS = {
  android: 'Android 14',
  ios: 'iOS 17.5',
  harmony: 'HarmonyOS 5',
  windows: 'Windows 11',
} as const;

const done = (name: string): Promise<CallResult> => Promise.resolve({ errMsg: `${name}:ok` });

const refused = (name: string, why: string) => Promise.reject<never>({ errMsg: `${name}:fail ${why}` });

type Storage = Pick<Wx, 'getStorageSync' | 'setStorageSync' | 'removeStorageSync' | 'getStorageInfoSync'>;

function storageOf(phone: PhoneUse): Storage {
  const memory = () => phone.host.memory(phone.settings.who);
  const sizeKb = () => [...memory()].reduce((sum, [key, json]) => sum + key.length + json.length, 0) / 1024;
  return {
    getStorageSync: (key) => {
      const json = memory().get(key);
      return json === undefined ? '' : JSON.parse(json);
    },
    setStorageSync: (key, data) => {
      if (data === undefined) phone.engine.strict(`undefined is kept as ${key}`);
      const json = JSON.stringify(data);
      if (json.length > KEY_BYTES_MAX) phone.engine.strict(`${key} in the storage is over 1 MB`);
      if (sizeKb() + json.length / 1024 > STORE_KB_MAX) phone.engine.strict('the storage is over 10 MB');
      memory().set(key, json);
    },
    removeStorageSync: (key) => void memory().delete(key),
    getStorageInfoSync: () => ({
      keys: [...memory().keys()],
      currentSize: Math.ceil(sizeKb()),
      limitSize: STORE_KB_MAX,
    }),
  };
}

type Moves = Pick<Wx, 'navigateTo' | 'redirectTo' | 'switchTab' | 'reLaunch' | 'navigateBack'>;

function movesOf({ routes, engine }: PhoneUse): Moves {
  const moved = (name: string, why: string | null) => {
    if (why === null) return done(name);
    engine.fault(new Error(`${name}:fail ${why}`));
    return refused(name, why);
  };
  return {
    navigateTo: ({ url }) => moved('navigateTo', routes.open(url)),
    redirectTo: ({ url }) => moved('redirectTo', routes.replace(url)),
    switchTab: ({ url }) => moved('switchTab', routes.tab(url)),
    reLaunch: ({ url }) => moved('reLaunch', routes.restart(url)),
    navigateBack: ({ delta = 1 }) => moved('navigateBack', routes.back(delta)),
  };
}

type Told = Pick<
  Wx,
  'showModal' | 'showToast' | 'showActionSheet' | 'previewImage' | 'requestSubscribeMessage'
>;

function sheetsOf(phone: PhoneUse): Told {
  return {
    showModal: async ({
      title,
      content = '',
      confirmText = '确定',
      cancelText = '取消',
      showCancel = true,
    }) => {
      const choices = showCancel ? [cancelText, confirmText] : [confirmText];
      const choice = await phone.ask({ kind: 'modal', title, text: content, choices });
      const confirm = choice === choices.length - 1;
      return { confirm, cancel: !confirm, errMsg: 'showModal:ok' };
    },
    showToast: ({ title, duration = 1_500 }) => {
      phone.tell(title, duration);
      return done('showToast');
    },
    showActionSheet: async ({ itemList, alertText = '' }) => {
      if (itemList.length > ACTIONS_MAX) phone.engine.strict('an action sheet of more than six items');
      const choice = await phone.ask({ kind: 'actions', title: alertText, text: '', choices: itemList });
      return choice === null ? refused('showActionSheet', 'cancel') : { tapIndex: choice };
    },
    previewImage: async ({ urls, current = urls[0] ?? '' }) => {
      await phone.ask({ kind: 'pictures', title: '', text: current, choices: [] });
      return done('previewImage');
    },
    requestSubscribeMessage: async ({ tmplIds }) => {
      const name = 'requestSubscribeMessage';
      if (!phone.gestures.isTapping) return refused(name, 'can only be invoked by user TAP gesture.');
      const answer = await phone.askForMessages(tmplIds);
      return { errMsg: `${name}:ok`, ...Object.fromEntries(tmplIds.map((id) => [id, answer])) };
    },
  };
}

type Payments = Pick<Wx, 'requestPayment' | 'requestVirtualPayment'>;

function paymentsOf(phone: PhoneUse): Payments {
  const { host, settings, gestures, engine } = phone;
  const till = {
    ...{ host, settings, payee: engine.package.config.window.navigationBarTitleText ?? '' },
    ask: (sheet: Omit<Sheet, 'chosen'>) => phone.ask(sheet),
  };
  const mustFollowTap = (name: string) => {
    if (gestures.sinceTapMs > PAY_AFTER_TAP_MS) engine.strict(`${name} without a tap shortly before`);
  };
  return {
    requestPayment: async (options) => {
      mustFollowTap('requestPayment');
      const result = await phone.outside(payOrdinary(till, options));
      if (result === null) return new Promise<never>(() => undefined);
      if (!result.errMsg.endsWith(':ok')) throw result;
      return result;
    },
    requestVirtualPayment: (options) => {
      mustFollowTap('requestVirtualPayment');
      void phone.outside(payVirtual(till, options)).then(
        (result) => {
          if (result === null) return;
          const isPaid = result.errCode === 0;
          engine.run(() => (isPaid ? options.success(result) : options.fail(result)));
        },
        (caught: unknown) => engine.fault(caught),
      );
    },
  };
}

/** What WeChat tells about the chat that the mini-program was opened from. */
async function chatOf({ host, settings, entered }: PhoneUse): Promise<GroupEnterInfo | CallResult> {
  const name = 'getGroupEnterInfo';
  if (entered.scene !== TICKET_SCENE) return { errMsg: `${name}:fail invalid scene` };
  if (settings.network === 'off') return { errMsg: `${name}:fail net::ERR_INTERNET_DISCONNECTED` };
  const { who, chat } = settings;
  const sealed = (await host.simulate('/phone/chat', { name: who, chat })) as object;
  return { ...sealed, errMsg: `${name}:ok` };
}

/** What `wx` is in the mini-program. */
export function wxOf(phone: PhoneUse): Wx {
  const { host, settings, engine } = phone;
  return {
    ...storageOf(phone),
    ...movesOf(phone),
    ...sheetsOf(phone),
    ...paymentsOf(phone),
    login: async () => {
      if (settings.network === 'off') return refused('login', 'net::ERR_INTERNET_DISCONNECTED');
      const answer = await phone.outside(host.simulate('/phone/login', { name: settings.who }));
      const { code } = answer as { readonly code: string };
      return { code, errMsg: 'login:ok' };
    },
    request: (options) => phone.network.request(options),
    downloadFile: (options) => phone.network.download(options),
    chooseMedia: async ({ count }) => {
      const name = 'chooseMedia';
      if (!(await phone.privacy.need())) return refused(name, 'privacy permission is not authorized');
      const tempFiles = await phone.files.choose(count);
      return tempFiles === null ? refused(name, 'cancel') : { tempFiles, errMsg: `${name}:ok` };
    },
    compressImage: async ({ src, quality, compressedWidth }) => {
      const tempFilePath = await phone.files.compress(src, { quality, width: compressedWidth });
      return tempFilePath === null ? refused('compressImage', 'no such file') : { tempFilePath };
    },
    getFileSystemManager: () => ({ readFile: (options) => phone.files.read(options) }),
    openDocument: ({ filePath }) => {
      phone.openDocument(filePath);
      return done('openDocument');
    },
    setNavigationBarTitle: ({ title }) => {
      phone.routes.front.title = title;
      host.changed();
      return done('setNavigationBarTitle');
    },
    pageScrollTo: ({ scrollTop = 0, selector = null, duration = 300 }) => {
      phone.scroll = { to: selector ?? scrollTop, durationMs: duration };
      host.changed();
      return done('pageScrollTo');
    },
    stopPullDownRefresh: () => {
      phone.isRefreshing = false;
      host.changed();
      return done('stopPullDownRefresh');
    },
    hideKeyboard: () => done('hideKeyboard'),
    setClipboardData: async ({ data }) => {
      if (!(await phone.privacy.need()))
        return refused('setClipboardData', 'privacy permission is not authorized');
      phone.clipboard = data;
      phone.tell('内容已复制', 1_500);
      return done('setClipboardData');
    },
    getDeviceInfo: () => ({
      platform: PLATFORMS[settings.platform],
      system: SYSTEMS[settings.platform],
      model: 'phone',
    }),
    getAppBaseInfo: () => ({
      SDKVersion: VERSION,
      version: '8.0.50',
      ...(engine.package.config.darkmode && {
        theme: settings.isDark ? ('dark' as const) : ('light' as const),
      }),
    }),
    getWindowInfo: () => ({ windowWidth: 375, windowHeight: 724, pixelRatio: 2, statusBarHeight: 44 }),
    getNetworkType: async () => ({ networkType: networkTypeOf(settings), errMsg: 'getNetworkType:ok' }),
    onNetworkStatusChange: (listener) => {
      phone.onNetwork.push(listener);
    },
    getRandomValues: async ({ length }) => ({
      randomValues: new Uint8Array(host.random(length)).buffer,
      errMsg: 'getRandomValues:ok',
    }),
    onNeedPrivacyAuthorization: (listener) => phone.privacy.listen(listener),
    requirePrivacyAuthorize: ({ success, fail }) => {
      const name = 'requirePrivacyAuthorize';
      void phone.privacy.need().then((isAgreed) => {
        const [told, errMsg] = isAgreed
          ? [success, `${name}:ok`]
          : [fail, `${name}:fail privacy permission is not authorized`];
        if (told !== undefined) engine.run(() => told({ errMsg }));
      });
    },
    openPrivacyContract: ({ success }) => {
      phone.tell('《小程序用户隐私保护指引》', 1_500);
      success?.({ errMsg: 'openPrivacyContract:ok' });
    },
    getLaunchOptionsSync: () => phone.launched,
    getEnterOptionsSync: () => phone.entered,
    getGroupEnterInfo: ({ success, fail }) => {
      void phone.outside(chatOf(phone)).then(
        (told) => engine.run(() => ('iv' in told ? success(told) : fail(told))),
        (caught: unknown) => engine.fault(caught),
      );
    },
    updateShareMenu: ({ withShareTicket }) => {
      const { instance } = phone.routes.front;
      if (withShareTicket) phone.ticketed.add(instance);
      else phone.ticketed.delete(instance);
      return done('updateShareMenu');
    },
    getUpdateManager: () => ({ onUpdateReady: () => undefined, applyUpdate: () => undefined }),
    getBackgroundAudioManager: () => phone.sound,
    createVideoContext: (id) => videoOf(id, (told) => phone.orderVideo(told)),
  };
}
