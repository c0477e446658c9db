/** Packs a built mini-program for the phone, and refuses what the phone or WeChat would not take. */
import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { transform } from 'esbuild';
import { compileTemplate } from './compile.ts';
import { Outside } from './outside.ts';
import { ABSENT_NAMES, PLATFORM_NAMES } from './package.ts';
import { readTemplate } from './template.ts';
import { compileSheet } from './wxss.ts';

/** A packed mini-program. */
export interface Packed {
  /** An expression whose value is a `Package`. */
  readonly script: string;
  /** The style sheet. */
  readonly style: string;
  /** Bytes of the main package, under an empty name, and of each subpackage under its root. */
  readonly bytes: Readonly<Record<string, number>>;
}

type Json = Readonly<Record<string, unknown>>;

const APP_KEYS = [
  ...['pages', 'subpackages', 'subPackages', 'window', 'tabBar', 'darkmode', 'themeLocation'],
  ...['sitemapLocation', 'lazyCodeLoading', 'preloadRule', 'style', 'usingComponents', 'componentFramework'],
  ...['__usePrivacyCheck__', 'requiredBackgroundModes', 'networkTimeout', 'debug', 'permission'],
];
const PAGE_KEYS = [
  ...['usingComponents', 'component', 'navigationBarTitleText', 'navigationBarBackgroundColor'],
  ...['navigationBarTextStyle', 'backgroundColor', 'backgroundTextStyle', 'navigationStyle'],
  ...['enablePullDownRefresh', 'onReachBottomDistance', 'styleIsolation', 'disableScroll'],
];
const PICTURES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
};
/** Beside the code: settings of the developer tools. */
const NOT_PACKED = ['project.config.json', 'project.private.config.json'];

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
const objectsOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isJson) : []);

async function filesOf(folder: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(posix.relative(folder, path), await readFile(path));
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

class Packer {
  readonly #files: ReadonlyMap<string, Buffer>;
  readonly #app: Json;
  readonly #roots: readonly string[];
  readonly #pages: readonly string[];
  readonly #components = new Map<string, string>();
  #style = '';

  constructor(files: ReadonlyMap<string, Buffer>) {
    this.#files = files;
    this.#app = this.#json('app.json', APP_KEYS);
    if (isJson(this.#app.usingComponents) && Object.keys(this.#app.usingComponents).length > 0) {
      throw new Outside('app.json', 1, 'usingComponents for every page: its code would load with each');
    }
    const subpackages = objectsOf(this.#app.subpackages ?? this.#app.subPackages);
    this.#roots = subpackages.map(({ root }) => String(root).replace(/\/*$/, '/'));
    this.#pages = [
      ...textsOf(this.#app.pages),
      ...subpackages.flatMap(({ pages }, at) => textsOf(pages).map((page) => `${this.#roots[at]}${page}`)),
    ];
  }

  #text(path: string): string | null {
    return this.#files.get(path)?.toString('utf8') ?? null;
  }

  #json(path: string, keys: readonly string[] | null): Json {
    const text = this.#text(path) ?? '{}';
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (caught) {
      throw new Outside(path, 1, String(caught));
    }
    if (!isJson(json)) throw new Outside(path, 1, 'no object');
    const unknown = Object.keys(json).find((key) => keys?.includes(key) === false);
    if (unknown !== undefined) throw new Outside(path, 1, `${unknown} is not supported`);
    return json;
  }

  /** The subpackage of a file; empty for the main package. */
  #rootOf(path: string): string {
    return this.#roots.find((root) => path.startsWith(root)) ?? '';
  }

  /** A file may take what is in the main package or its own. @throws Outside */
  #mayTake(from: string, path: string): void {
    const root = this.#rootOf(path);
    if (root !== '' && root !== this.#rootOf(from)) {
      throw new Outside(from, 1, `${path} is in another subpackage`);
    }
  }

  #resolve(from: string, path: string): string {
    return path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(from), path);
  }

  #sheet(path: string, scope: string, seen: readonly string[] = []): string {
    const text = this.#text(path);
    if (text === null || seen.includes(path)) return '';
    let imported = '';
    const own = text.replace(/@import\s+["']([^"']+)["']\s*;/g, (_, from: string) => {
      const target = this.#resolve(path, from);
      if (!this.#files.has(target)) throw new Outside(path, 1, `${from} is missing`);
      imported += this.#sheet(target, scope, [...seen, path]);
      return '';
    });
    return imported + compileSheet(path, own, scope);
  }

  #template(path: string, isComponent: boolean): string {
    const json = this.#json(`${path}.json`, PAGE_KEYS);
    if ((json.component === true) !== isComponent) {
      throw new Outside(`${path}.json`, 1, isComponent ? 'component is not true' : 'a page is no component');
    }
    const components = Object.entries(isJson(json.usingComponents) ? json.usingComponents : {}).map(
      ([tag, from]) => [tag, this.#resolve(path, String(from))] as const,
    );
    for (const [, component] of components) {
      this.#mayTake(`${path}.json`, component);
      if (!this.#components.has(component)) {
        this.#components.set(component, '');
        this.#components.set(component, this.#template(component, true));
      }
    }
    const wxml = this.#text(`${path}.wxml`);
    if (wxml === null || !this.#files.has(`${path}.js`)) {
      throw new Outside(`${path}.wxml`, 1, 'the template or the code of this is missing');
    }
    const file = `${path}.wxml`;
    const pieces = readTemplate(
      { file, components: new Set(components.map(([tag]) => tag)), isComponent },
      wxml,
    );
    const scope = path.replaceAll('/', '-');
    this.#style += this.#sheet(`${path}.wxss`, scope);
    const { usingComponents: _, component: __, ...config } = json;
    const fields = { config, components: Object.fromEntries(components), scope };
    return `{draw:${compileTemplate(file, pieces)},${JSON.stringify(fields).slice(1)}`;
  }

  async #module(path: string): Promise<string> {
    const code = this.#text(path) ?? '';
    for (const [, , target = ''] of code.matchAll(/\brequire\(\s*(["'])([^"']+)\1\s*\)/g)) {
      const taken = this.#resolve(path, target);
      if (!this.#files.has(taken)) throw new Outside(path, 1, `${target} is missing`);
      this.#mayTake(path, taken);
    }
    // The compiler knows which names are nobody's but the platform's.
    const marked = Object.fromEntries(ABSENT_NAMES.map((name) => [name, `absent_${name}_`]));
    const options = { define: { ...marked, eval: 'absent_eval_' }, logLevel: 'silent' } as const;
    const found = /\babsent_(\w+)_\b/.exec((await transform(code, options)).code)?.[1];
    if (found !== undefined) {
      const line = code.slice(0, code.search(new RegExp(`\\b${found}\\b`))).split('\n').length;
      throw new Outside(path, line, `${found} does not exist in a mini-program`);
    }
    const names = ['module', 'exports', 'require', ...PLATFORM_NAMES, ...ABSENT_NAMES].join();
    return `function(${names}){(function(){"use strict";\n${code}\n})()}`;
  }

  #config() {
    const { window, tabBar, darkmode, themeLocation } = this.#app;
    const theme = typeof themeLocation === 'string' ? this.#json(themeLocation, ['light', 'dark']) : {};
    const tabs = isJson(tabBar) ? objectsOf(tabBar.list).map(({ pagePath }) => String(pagePath)) : [];
    const [first] = this.#pages;
    if (first === undefined) throw new Outside('app.json', 1, 'no pages');
    const lost = tabs.find((page) => !textsOf(this.#app.pages).includes(page));
    if (lost !== undefined)
      throw new Outside('app.json', 1, `${lost} is a tab, and no page of the main package`);
    if (tabs.length === 1 || tabs.length > 5)
      throw new Outside('app.json', 1, 'a tab bar has two to five tabs');
    return {
      pages: this.#pages,
      window: window ?? {},
      darkmode: darkmode === true,
      mayPlayBehind: textsOf(this.#app.requiredBackgroundModes).includes('audio'),
      tabBar: tabBar ?? null,
      theme: { light: {}, dark: {}, ...theme },
    };
  }

  /** Bytes by package, as they are uploaded. */
  #bytes(): Record<string, number> {
    const bytes: Record<string, number> = { '': 0 };
    for (const [path, { length }] of this.#files) {
      if (NOT_PACKED.includes(path)) continue;
      const root = this.#rootOf(path);
      bytes[root] = (bytes[root] ?? 0) + length;
    }
    return bytes;
  }

  async pack(): Promise<Packed> {
    const config = this.#config();
    this.#style = this.#sheet('app.wxss', 'app');
    const named = (entries: Iterable<readonly [string, string]>) =>
      `{${[...entries].map(([name, source]) => `${JSON.stringify(name)}:${source}`).join(',\n')}}`;
    const pages = this.#pages.map((page) => [page, this.#template(page, false)] as const);
    const modules: [string, string][] = [];
    const pictures: Record<string, string> = {};
    for (const [path, bytes] of this.#files) {
      const type = PICTURES[posix.extname(path)];
      if (type !== undefined) pictures[`/${path}`] = `data:${type};base64,${bytes.toString('base64')}`;
      else if (path.endsWith('.js')) modules.push([path, await this.#module(path)]);
    }
    const script = `{config:${JSON.stringify(config)},pages:${named(pages)},components:${named(this.#components)},modules:${named(modules)},files:${JSON.stringify(pictures)}}`;
    return { script: `(${script})`, style: this.#style, bytes: this.#bytes() };
  }
}

/** Packs the mini-program that is built in `folder`. @throws Outside with the file and line of what is not taken */
export async function pack(folder: string): Promise<Packed> {
  return new Packer(await filesOf(folder)).pack();
}
