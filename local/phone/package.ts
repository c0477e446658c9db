/** A packed mini-program: what the phone loads. It is made by `pack.ts` and is the value of one expression. */
import type { Draw } from './drawing.ts';

/** What a page's or component's JSON says, as far as the phone needs it. Colours may name a variable of the theme. */
export interface PageConfig {
  readonly navigationBarTitleText?: string;
  readonly navigationBarBackgroundColor?: string;
  readonly navigationBarTextStyle?: string;
  readonly backgroundColor?: string;
  readonly navigationStyle?: 'default' | 'custom';
  readonly enablePullDownRefresh?: boolean;
  readonly onReachBottomDistance?: number;
}

/** One place of the tab bar. */
export interface TabConfig {
  readonly pagePath: string;
  readonly text: string;
  readonly iconPath?: string;
  readonly selectedIconPath?: string;
}

/** What app.json says, as far as the phone needs it. The first page is the home page. */
export interface AppConfig {
  readonly pages: readonly string[];
  readonly window: PageConfig;
  readonly darkmode: boolean;
  /** Whether sound goes on when the mini-program is left. */
  readonly mayPlayBehind: boolean;
  readonly tabBar: {
    readonly color?: string;
    readonly selectedColor?: string;
    readonly backgroundColor?: string;
    readonly list: readonly TabConfig[];
  } | null;
  /** The variables of theme.json. */
  readonly theme: Readonly<Record<'light' | 'dark', Readonly<Record<string, string>>>>;
}

/** A template with its components, by tag, as paths. `scope` is the class that its sheet counts for. */
export interface PackedTemplate {
  readonly draw: Draw;
  readonly config: PageConfig;
  readonly components: Readonly<Record<string, string>>;
  readonly scope: string;
}

/** A CommonJS module of the mini-program, with what it can name. */
export type PackedModule = (
  module: { exports: unknown },
  exports: unknown,
  require: (path: string) => unknown,
  ...platform: readonly unknown[]
) => void;

/** A packed mini-program. Paths have no ending and no slash in front, modules end in `.js`. */
export interface Package {
  readonly config: AppConfig;
  readonly pages: Readonly<Record<string, PackedTemplate>>;
  readonly components: Readonly<Record<string, PackedTemplate>>;
  readonly modules: Readonly<Record<string, PackedModule>>;
  /** Pictures as data URLs, by path with a slash in front. */
  readonly files: Readonly<Record<string, string>>;
}

/** What modules can name, in the order in which it is given to them. */
export const PLATFORM_NAMES = [
  ...['wx', 'App', 'Page', 'Component', 'getApp', 'getCurrentPages', 'console', 'Date'],
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
];

/** What is on a laptop and in a browser, but not in a mini-program. Naming it refuses the build. */
export const ABSENT_NAMES = [
  ...['fetch', 'window', 'document', 'self', 'globalThis', 'process', 'Buffer', 'Function', 'navigator'],
  ...['XMLHttpRequest', 'WebSocket', 'localStorage', 'sessionStorage', 'location', 'URL', 'URLSearchParams'],
  ...['AbortController', 'AbortSignal', 'TextEncoder', 'TextDecoder', 'structuredClone', 'queueMicrotask'],
  ...['setImmediate', 'crypto', 'atob', 'btoa', 'requestAnimationFrame', 'Blob', 'FormData'],
];
