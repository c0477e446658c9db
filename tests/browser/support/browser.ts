/** Chromium, and what every page is held to: a silent policy, no error, and no barrier that axe knows. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { source as axeSource } from 'axe-core';
import {
  type Browser,
  type BrowserContext,
  type Page,
  chromium as playwright,
  type Request,
} from 'playwright-core';
import { chromium } from './chromium.cjs';

/** `describe` where there is a Chromium. Elsewhere its tests are skipped, and one line says how many. */
export function describeInBrowser(title: string, tests: () => void): void {
  (chromium === null ? describe.skip : describe)(title, tests);
}

/** The widths that every page is looked at in: a desk, a phone, and a desk at 200 %. */
export const SCREENS = {
  desk: { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
  enlarged: { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
} as const;
/** The names of the widths. */
export type ScreenName = keyof typeof SCREENS;
/** The two themes. */
export const SCHEMES = ['light', 'dark'] as const;
export type Scheme = (typeof SCHEMES)[number];

/** Starts Chromium. It loads nothing by itself, and its sandbox is off only where it cannot be on. */
export function openBrowser(): Promise<Browser> {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return playwright.launch({
    ...(chromium === null ? {} : { executablePath: chromium }),
    args: [...asRoot, '--disable-gpu', '--disable-background-networking', '--lang=zh-CN'],
  });
}

/** A page with what went wrong on it. */
export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the policy refused, errors of scripts, and what was written as an error. */
  readonly faults: string[];
  /** Resolves once every request has been answered, and what came of it is on the screen. */
  settled(): Promise<void>;
}

/** The answers of refused calls are no faults: a page asks, and shows what the API says. */
const isRefusal = (text: string, url: string) =>
  /^Failed to load resource: the server responded with a status of 4\d\d/.test(text) && /\/api\//.test(url);

/** How many frames something may take to come to rest. */
const FRAMES_MAX = 3_000;

/** For how many frames nothing happens on a page that waits for its user, who has to give a reason first. */
const QUIET_FRAMES = 60;

/**
 * Waits until no request is under way and nothing is shown as being loaded, for some frames in a row; or until nothing
 * has been asked for during many.
 */
async function settle(page: Page, underWay: ReadonlySet<Request>): Promise<void> {
  let [atRest, quiet] = [0, 0];
  for (let frame = 0; atRest < 3 && quiet < QUIET_FRAMES; frame += 1) {
    if (frame === FRAMES_MAX) throw new Error('the page does not come to rest');
    const isBusy = await page.evaluate(
      () =>
        new Promise<boolean>((resolve) =>
          requestAnimationFrame(() =>
            resolve(document.querySelector('[aria-busy=true], .skeleton') !== null),
          ),
        ),
    );
    quiet = underWay.size > 0 ? 0 : quiet + 1;
    atRest = isBusy || underWay.size > 0 ? 0 : atRest + 1;
  }
}

/** Opens an empty page of this width and theme. Its faults are collected from now on. */
export async function openPage(
  browser: Browser,
  { screen = 'desk', scheme = 'light' }: { readonly screen?: ScreenName; readonly scheme?: Scheme } = {},
): Promise<Watched> {
  const context = await browser.newContext({
    ...SCREENS[screen],
    colorScheme: scheme,
    locale: 'zh-CN',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(WAIT_MAX_MS);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() !== 'error' || isRefusal(message.text(), message.location().url)) return;
    faults.push(`${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  const underWay = new Set<Request>();
  page.on('request', (request) => underWay.add(request));
  for (const over of ['requestfinished', 'requestfailed'] as const)
    page.on(over, (request) => underWay.delete(request));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
    );
    Object.assign(globalThis, { largestPaintMs: 0 });
    new PerformanceObserver((list) => {
      for (const { startTime } of list.getEntries()) Object.assign(globalThis, { largestPaintMs: startTime });
    }).observe({ type: 'largest-contentful-paint', buffered: true });
  });
  return { page, context, faults, settled: () => settle(page, underWay) };
}

/** When the largest thing was painted, in milliseconds after the page was asked for. */
async function largestPaintMs(page: Page): Promise<number> {
  return Math.round(
    await page.evaluate(() => (globalThis as unknown as { largestPaintMs: number }).largestPaintMs),
  );
}

/** How long something may take to appear. Only a guard against hanging. */
const WAIT_MAX_MS = 20_000;

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * An experimental rule. A card on the phone has one label of its own, which says its title and leaves out the small
 * print, as WeChat reads it.
 */
const RULES = { 'label-content-name-mismatch': { enabled: false } };

/** What axe finds on the page as it is now, a line each. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(
    async ([values, rules]) => {
      type Found = { id: string; nodes: { html: string; failureSummary?: string }[] };
      const { axe } = globalThis as unknown as {
        axe: { run(root: Document, options: object): Promise<{ violations: Found[] }> };
      };
      const { violations } = await axe.run(document, { runOnly: { type: 'tag', values }, rules });
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(
          ({ html, failureSummary = '' }) =>
            `${id}: ${html.slice(0, 160)} — ${failureSummary.replace(/\s+/g, ' ')}`,
        ),
      );
    },
    [TAGS, RULES] as const,
  );
}

/** How many pixels the page is wider than its window. A table may scroll in its own box, the page may not. */
export function overflowPx(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/**
 * Opens a page three times, and says when its largest part was painted: the time is a figure, and no test judges it.
 * `ready` is what is there once the page is.
 */
export async function expectLargestPaint(browser: Browser, url: string, ready: string): Promise<void> {
  const times: number[] = [];
  for (let load = 0; load < 3; load += 1) {
    const { page, context, settled } = await openPage(browser);
    await page.goto(url);
    await page.waitForSelector(ready);
    await settled();
    times.push(await largestPaintMs(page));
    await context.close();
  }
  process.stdout.write(`LCP ${new URL(url).pathname}: ${times.join(' ')} ms\n`);
  expect(Math.min(...times)).toBeGreaterThan(0);
}

/** Takes a picture of the whole page into the folder that `SCREENSHOTS` names; nothing without it. */
export async function takePicture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** What is wrong with a page as it is now, a line each, after a picture of it was taken. */
export async function problemsOf({ page, faults }: Watched, name: string): Promise<string[]> {
  await takePicture(page, name);
  const [found, wider] = [await barriers(page), await overflowPx(page)];
  const tooWide = wider > 0 ? [`wider than its window by ${wider} px`] : [];
  return [...found, ...faults.splice(0), ...tooWide].map((problem) => `${name}: ${problem}`);
}

/** Holds a page, as it is now, to what every page promises. */
export async function expectSound(watched: Watched, name: string): Promise<void> {
  expect(await problemsOf(watched, name)).toEqual([]);
}
