/**
 * The part of WeChat's platform that the mini-program may use, as types. The code of the mini-program is compiled
 * against them and the phone is built to them. `tests/phone/official` holds them against the official typings.
 *
 * How a page is written, so that its template can be checked:
 *
 * - `pages/list/list.ts` exports `type View` (all that `list.wxml` may read) and `type Handlers` (an object type whose
 *   methods the template may name). Handlers take one event of the kinds below, or nothing.
 * - A component exports the same two, with its properties in `View`, and besides `type Props` (what its users may
 *   give, an optional one may be left out) and `type Events` (name of the event → its detail) when it has any.
 *
 * ```ts
 * export interface View { readonly title: string }
 * const own = page<View>()({ open(event: TapEvent<{ id: string }>) { … } });
 * export type Handlers = typeof own;
 * Page(own);
 * ```
 */

/** What a page was opened with. Values are as they stand in the path: texts, not decoded when they come from a code. */
export type Query = Readonly<Record<string, string | undefined>>;

/** How an asynchronous call ended. A call that fails is rejected with this, and `errMsg` is `<name>:fail <reason>`. */
export interface CallResult {
  readonly errMsg: string;
}

/** What the calls without a promise form tell their end to. */
export interface Callbacks {
  readonly success?: (result: CallResult) => void;
  readonly fail?: (failure: CallResult) => void;
}

/** How a call of virtual payment ended. `errCode` is -2 when the buyer cancelled; facts have the other codes. */
export interface VirtualPaymentFailure extends CallResult {
  readonly errCode: number;
}

/** An answer, whatever its status. Header names are as the server wrote them. */
export interface RequestAnswer {
  readonly data: unknown;
  readonly statusCode: number;
  readonly header: Readonly<Record<string, unknown>>;
}

/** One request. `dataType` `text` leaves the answer as text. At most ten run at a time. */
export interface RequestOptions {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly header?: Readonly<Record<string, string>>;
  /** A text, or the bytes of a file. */
  readonly data?: string | ArrayBuffer;
  readonly dataType?: 'json' | 'text';
  readonly timeout?: number;
  readonly success: (answer: RequestAnswer) => void;
  readonly fail: (failure: CallResult) => void;
}

/** A request or a download that may be given up. Its `fail` is called then. */
export interface Abortable {
  abort(): void;
}

/** A file that is fetched to a path of the phone's own. */
export interface DownloadOptions {
  readonly url: string;
  readonly success: (answer: { readonly tempFilePath: string; readonly statusCode: number }) => void;
  readonly fail: (failure: CallResult) => void;
}

/** A picture that was chosen or taken. `size` is bytes. */
export interface ChosenMedia {
  readonly tempFilePath: string;
  readonly size: number;
}

/** Reads files of the phone's own. It has no promise form. */
export interface FileSystem {
  readFile(options: {
    readonly filePath: string;
    readonly success: (read: { readonly data: string | ArrayBuffer }) => void;
    readonly fail: (failure: CallResult) => void;
  }): void;
}

/** What `payOrder` gave for WeChat Pay. */
export interface PaymentOptions {
  readonly timeStamp: string;
  readonly nonceStr: string;
  readonly package: string;
  readonly signType: 'RSA';
  readonly paySign: string;
}

/** What `payOrder` gave for virtual payment. This call has no promise form, and must come from a tap. */
export interface VirtualPaymentOptions {
  readonly mode: 'short_series_goods';
  readonly signData: string;
  readonly paySig: string;
  readonly signature: string;
  readonly success: (result: CallResult) => void;
  readonly fail: (failure: VirtualPaymentFailure) => void;
}

/** How the mini-program was opened, or came to the front again. */
export interface EnterOptions {
  readonly path: string;
  readonly query: Query;
  /**
   * 1001 the list of mini-programs, 1007 a share to one person, 1008 a share to a group, 1044 one with a ticket, 1047 a
   * code.
   */
  readonly scene: number;
}

/** What WeChat seals for the server about the chat that the mini-program was opened from. Both are base64. */
export interface GroupEnterInfo extends CallResult {
  readonly encryptedData: string;
  readonly iv: string;
}

/** `none` when there is no network. */
export type NetworkType = 'wifi' | '2g' | '3g' | '4g' | '5g' | 'unknown' | 'none';

/** What a person does about the privacy sheet. `buttonId` is the id of the button that was tapped. */
export type PrivacyDecision =
  | { readonly event: 'exposureAuthorization' }
  | { readonly event: 'agree'; readonly buttonId: string }
  | { readonly event: 'disagree' };

/** Sound that goes on while the phone shows something else. `src` starts it, and needs a title before. */
export interface BackgroundAudio {
  src: string;
  title: string;
  epname: string;
  singer: string;
  coverImgUrl: string;
  startTime: number;
  playbackRate: number;
  /** Seconds. */
  readonly currentTime: number;
  /** Seconds. */
  readonly duration: number;
  readonly paused: boolean;
  play(): void;
  pause(): void;
  stop(): void;
  seek(seconds: number): void;
  onPlay(listener: () => void): void;
  onPause(listener: () => void): void;
  onStop(listener: () => void): void;
  onEnded(listener: () => void): void;
  onTimeUpdate(listener: () => void): void;
  onError(listener: (failure: { readonly errMsg: string }) => void): void;
}

/** A `<video>` of the page, by its id. */
export interface VideoContext {
  play(): void;
  pause(): void;
  stop(): void;
  seek(seconds: number): void;
  playbackRate(rate: number): void;
  exitFullScreen(): void;
}

/** Tells when a new version of the mini-program was fetched. */
export interface UpdateManager {
  onUpdateReady(listener: () => void): void;
  applyUpdate(): void;
}

/** Where a page is, with a slash in front and its query. */
export interface Target {
  readonly url: string;
}

/** WeChat's functions. Calls that answer a promise reject with `CallResult`. */
export interface Wx {
  /** Answers a code that the server exchanges, valid for five minutes. A new one may end the session key in use. */
  readonly login: () => Promise<{ readonly code: string }>;
  readonly request: (options: RequestOptions) => Abortable;
  readonly downloadFile: (options: DownloadOptions) => Abortable;
  /** Lets the person choose or take pictures. Leaving it rejects with `chooseMedia:fail cancel`. */
  readonly chooseMedia: (options: {
    readonly count: number;
    readonly mediaType: 'image'[];
    readonly sizeType: 'compressed'[];
  }) => Promise<{ readonly tempFiles: readonly ChosenMedia[] }>;
  /** Writes a picture anew, as JPEG of this quality, 0 to 100, and of at most this width in px. */
  readonly compressImage: (options: {
    readonly src: string;
    readonly quality: number;
    readonly compressedWidth: number;
  }) => Promise<{ readonly tempFilePath: string }>;
  readonly getFileSystemManager: () => FileSystem;
  readonly openDocument: (options: {
    readonly filePath: string;
    readonly fileType?: 'pdf';
    readonly showMenu?: boolean;
  }) => Promise<CallResult>;
  /** `errMsg` of a refusal is `requestPayment:fail cancel` when the buyer cancelled. Success does not mean paid. */
  readonly requestPayment: (options: PaymentOptions) => Promise<CallResult>;
  readonly requestVirtualPayment: (options: VirtualPaymentOptions) => void;

  /** What was kept, or an empty text. */
  readonly getStorageSync: (key: string) => unknown;
  readonly setStorageSync: (key: string, data: unknown) => void;
  readonly removeStorageSync: (key: string) => void;
  /** Sizes in kB. */
  readonly getStorageInfoSync: () => {
    readonly keys: readonly string[];
    readonly currentSize: number;
    readonly limitSize: number;
  };

  /** At most ten pages are open at a time. */
  readonly navigateTo: (target: Target) => Promise<CallResult>;
  readonly redirectTo: (target: Target) => Promise<CallResult>;
  /** To a page of the tab bar, without a query. */
  readonly switchTab: (target: Target) => Promise<CallResult>;
  readonly reLaunch: (target: Target) => Promise<CallResult>;
  readonly navigateBack: (options: { readonly delta?: number }) => Promise<CallResult>;
  readonly setNavigationBarTitle: (options: { readonly title: string }) => Promise<CallResult>;
  readonly pageScrollTo: (options: {
    readonly scrollTop?: number;
    readonly selector?: string;
    readonly duration?: number;
  }) => Promise<CallResult>;
  readonly stopPullDownRefresh: () => Promise<CallResult>;
  readonly hideKeyboard: () => Promise<CallResult>;

  readonly showModal: (options: {
    readonly title: string;
    readonly content?: string;
    readonly confirmText?: string;
    readonly cancelText?: string;
    readonly showCancel?: boolean;
  }) => Promise<{ readonly confirm: boolean; readonly cancel: boolean }>;
  /** Seven Chinese characters with an icon, two lines without. `duration` is milliseconds. */
  readonly showToast: (options: {
    readonly title: string;
    readonly icon: 'success' | 'error' | 'loading' | 'none';
    readonly duration?: number;
  }) => Promise<CallResult>;
  /** At most six items. Closing it rejects with `showActionSheet:fail cancel`. */
  readonly showActionSheet: (options: {
    readonly itemList: string[];
    readonly alertText?: string;
  }) => Promise<{ readonly tapIndex: number }>;
  readonly previewImage: (options: {
    readonly urls: string[];
    readonly current?: string;
  }) => Promise<CallResult>;
  readonly setClipboardData: (options: { readonly data: string }) => Promise<CallResult>;

  readonly getDeviceInfo: () => {
    readonly platform: string;
    readonly system: string;
    readonly model: string;
  };
  /** `theme` is absent when app.json does not turn dark mode on. */
  readonly getAppBaseInfo: () => {
    readonly SDKVersion: string;
    readonly version: string;
    readonly theme?: 'light' | 'dark';
  };
  /** Sizes in px, of which a phone of 750 rpx has `windowWidth`. */
  readonly getWindowInfo: () => {
    readonly windowWidth: number;
    readonly windowHeight: number;
    readonly pixelRatio: number;
    readonly statusBarHeight: number;
  };
  readonly getNetworkType: () => Promise<{ readonly networkType: NetworkType }>;
  readonly onNetworkStatusChange: (
    listener: (status: { readonly isConnected: boolean; readonly networkType: NetworkType }) => void,
  ) => void;
  readonly getRandomValues: (options: {
    readonly length: number;
  }) => Promise<{ readonly randomValues: ArrayBuffer }>;

  /**
   * Asks whether messages of these templates may be sent: `accept`, `reject`, `ban` or `filter` by id of template. Must
   * come from a tap.
   */
  readonly requestSubscribeMessage: (options: {
    readonly tmplIds: string[];
  }) => Promise<{ readonly [templateId: string]: string }>;
  /** A second listener takes the place of the first. */
  readonly onNeedPrivacyAuthorization: (
    listener: (resolve: (decision: PrivacyDecision) => void) => void,
  ) => void;
  /** Has no promise form. Succeeds at once when the person agreed before. */
  readonly requirePrivacyAuthorize: (options: Callbacks) => void;
  /** Has no promise form. */
  readonly openPrivacyContract: (options: Callbacks) => void;

  /** How the mini-program was opened. A warm start keeps it. */
  readonly getLaunchOptionsSync: () => EnterOptions;
  /** How the mini-program came to the front last. */
  readonly getEnterOptionsSync: () => EnterOptions;
  /**
   * The chat of several people that the mini-program was opened from, sealed with the session key of the last login.
   * Has no promise form. It fails where the mini-program was opened otherwise.
   */
  readonly getGroupEnterInfo: (options: {
    readonly success: (info: GroupEnterInfo) => void;
    readonly fail: (failure: CallResult) => void;
  }) => void;
  /** Says how the page in front is shared. Only a share with a ticket tells who opens it from which chat. */
  readonly updateShareMenu: (options: { readonly withShareTicket: boolean }) => Promise<CallResult>;
  readonly getUpdateManager: () => UpdateManager;
  readonly getBackgroundAudioManager: () => BackgroundAudio;
  /** Of a video that stands in a page's own template, not in a component's. */
  readonly createVideoContext: (id: string) => VideoContext;
}

/** Attributes `data-…` of a part by name in camel case, with the type they have in the template. */
export type Dataset = Readonly<Record<string, unknown>>;

/** What happened to a part. */
export interface PhoneEvent<Detail = unknown, Data = Dataset> {
  readonly type: string;
  /** Milliseconds since the page was opened. */
  readonly timeStamp: number;
  /** Where it happened. */
  readonly target: { readonly id: string; readonly dataset: Dataset };
  /** Whose handler runs. */
  readonly currentTarget: { readonly id: string; readonly dataset: Data };
  /** Attributes `mark:…` of the part and all around it. */
  readonly mark?: Dataset;
  readonly detail: Detail;
}

/** A tap. */
export type TapEvent<Data = Dataset> = PhoneEvent<{ readonly x: number; readonly y: number }, Data>;
/** Of input and textarea: `input`, `focus`, `blur`, `confirm`. */
export type InputEvent<Data = Dataset> = PhoneEvent<{ readonly value: string }, Data>;
/** Of picker: `change`. An index, a date or a time, all as text. */
export type PickerEvent<Data = Dataset> = PhoneEvent<{ readonly value: string }, Data>;
/** Of switch: `change`. */
export type SwitchEvent<Data = Dataset> = PhoneEvent<{ readonly value: boolean }, Data>;
/** Of checkbox-group: `change`, the values that are ticked. */
export type CheckboxEvent<Data = Dataset> = PhoneEvent<{ readonly value: readonly string[] }, Data>;
/** Of radio-group: `change`. */
export type RadioEvent<Data = Dataset> = PhoneEvent<{ readonly value: string }, Data>;
/** Of slider: `change`. */
export type SliderEvent<Data = Dataset> = PhoneEvent<{ readonly value: number }, Data>;
/** Of swiper: `change`. */
export type SwiperEvent<Data = Dataset> = PhoneEvent<{ readonly current: number }, Data>;
/** Of form: `submit`, values by the names of its fields. */
export type SubmitEvent<Data = Dataset> = PhoneEvent<
  { readonly value: Readonly<Record<string, unknown>> },
  Data
>;
/** Of image and video: `error`. */
export type PartErrorEvent<Data = Dataset> = PhoneEvent<{ readonly errMsg: string }, Data>;
/** Of video: `timeupdate`, in seconds. */
export type VideoTimeEvent<Data = Dataset> = PhoneEvent<
  { readonly currentTime: number; readonly duration: number },
  Data
>;
/** Of button: `getphonenumber`. `code` is absent when the person refused. */
export type PhoneNumberEvent<Data = Dataset> = PhoneEvent<
  { readonly errMsg: string; readonly code?: string },
  Data
>;
/** Of button: `chooseavatar`, a path of the phone's own. */
export type AvatarEvent<Data = Dataset> = PhoneEvent<{ readonly avatarUrl: string }, Data>;

/** What a share shows and opens. `path` begins with a slash. Its picture is 5:4. */
export interface ShareContent {
  readonly title?: string;
  readonly path?: string;
  readonly imageUrl?: string;
}

/** Where a share began. `target` is the tapped button, or absent from the menu. */
export interface ShareRequest {
  readonly from: 'button' | 'menu';
  readonly target?: { readonly id: string; readonly dataset: Dataset };
}

/** The options of `App`. */
export interface AppOptions {
  onLaunch?(options: EnterOptions): void;
  onShow?(options: EnterOptions): void;
  onHide?(): void;
  onError?(error: string): void;
  onUnhandledRejection?(told: { readonly reason: unknown }): void;
  onPageNotFound?(options: { readonly path: string; readonly query: Query }): void;
}

/** Values to put into `data`, by path: `price`, `items[20]`, `card.title`. None may be `undefined`. */
export type Patch = Readonly<Record<string, unknown>>;

/** The methods and fields that every page has. Fields that the page's options declare are copied for each instance. */
export interface PageInstance<View> {
  /** What the template reads. Changed by `setData` alone. */
  readonly data: View;
  /** Without a slash in front. */
  readonly route: string;
  readonly options: Query;
  /** At most 256 kB of JSON. `done` runs when it is on the screen. */
  setData(patch: Patch, done?: () => void): void;
}

/** The options of `Page`, beside handlers and fields of its own. */
export interface PageOptions<View> {
  readonly data: View;
  onLoad?(query: Query): void;
  onShow?(): void;
  onReady?(): void;
  onHide?(): void;
  onUnload?(): void;
  onPullDownRefresh?(): void;
  onReachBottom?(): void;
  /** `scrollTop` is px. */
  onPageScroll?(scrolled: { readonly scrollTop: number }): void;
  onShareAppMessage?(request: ShareRequest): ShareContent;
}

/** The constructor of a property's values. `null` takes any. */
export type PropertyType =
  | StringConstructor
  | NumberConstructor
  | BooleanConstructor
  | ArrayConstructor
  | ObjectConstructor
  | null;

/** The methods and fields that every component has. */
export interface ComponentInstance<View> {
  /** Properties and data together. */
  readonly data: View;
  readonly properties: View;
  readonly id: string;
  readonly dataset: Dataset;
  setData(patch: Patch, done?: () => void): void;
  /** Tells the page around it. Only a component's own element gets it unless it bubbles. */
  triggerEvent(name: string, detail?: unknown, how?: { readonly bubbles?: boolean }): void;
}

/** The options of `Component`. `this` in its functions is the instance with its methods. */
export interface ComponentOptions<View, Methods> {
  readonly options?: {
    /** By default only its own sheet counts. `apply-shared` adds the sheets of the app and the page. */
    readonly styleIsolation?: 'isolated' | 'apply-shared';
    /** More than one `<slot>`, by name. */
    readonly multipleSlots?: boolean;
    /** The component's own element does not take part in layout. */
    readonly virtualHost?: boolean;
  };
  /** Each with the value that it has when none is given. */
  readonly properties?: Readonly<Record<string, { readonly type: PropertyType; readonly value: unknown }>>;
  readonly data?: object;
  readonly methods?: Methods;
  /** Run after any of the named fields was set. `'a, b'` names two; the function gets their values. */
  readonly observers?: Readonly<
    Record<string, (this: ComponentInstance<View> & Methods, ...values: never[]) => void>
  >;
  readonly lifetimes?: {
    created?(this: ComponentInstance<View> & Methods): void;
    attached?(this: ComponentInstance<View> & Methods): void;
    ready?(this: ComponentInstance<View> & Methods): void;
    detached?(this: ComponentInstance<View> & Methods): void;
  };
  /** Of the page that it is on. */
  readonly pageLifetimes?: {
    show?(this: ComponentInstance<View> & Methods): void;
    hide?(this: ComponentInstance<View> & Methods): void;
  };
}

/** Declares the app. */
export type AppConstructor = (options: AppOptions) => void;

/** Declares the page of the file that calls it. */
export type PageConstructor = <View, Own>(
  options: PageOptions<View> & Own & ThisType<PageInstance<View> & Own>,
) => void;

/** Declares the component of the file that calls it. */
export type ComponentConstructor = <View, Methods>(
  options: ComponentOptions<View, Methods> & {
    readonly methods?: Methods & ThisType<ComponentInstance<View> & Methods>;
  },
) => void;
