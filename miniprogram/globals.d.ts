/** What the platform gives every file of the mini-program. There is nothing else: no `window`, no `fetch`. */
import type {
  AppConstructor,
  ComponentConstructor,
  PageConstructor,
  PageInstance,
  Wx,
} from '../local/phone/platform.ts';

declare global {
  const wx: Wx;
  const App: AppConstructor;
  const Page: PageConstructor;
  const Component: ComponentConstructor;
  /** The pages that are open, the one in front last. */
  function getCurrentPages(): PageInstance<unknown>[];

  const console: {
    log(...told: readonly unknown[]): void;
    warn(...told: readonly unknown[]): void;
    error(...told: readonly unknown[]): void;
  };
  function setTimeout(job: () => void, delayMs: number): number;
  function clearTimeout(timer: number): void;
  function setInterval(job: () => void, periodMs: number): number;
  function clearInterval(timer: number): void;
}
