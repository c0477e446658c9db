import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type DrivenPhone, type DriverOptions, openPhone } from '../../../local/phone/driver.ts';
import { type Packed, pack } from '../../../local/phone/pack.ts';

/** Packs a mini-program of these files. */
export async function packFiles(files: Readonly<Record<string, string>>): Promise<Packed> {
  const folder = await mkdtemp(join(tmpdir(), 'phone-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return await pack(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What a mini-program of one page is made of. */
export interface OnePage {
  readonly wxml: string;
  /** The options of its `Page`, as source. */
  readonly page?: string;
  readonly wxss?: string;
  /** Components by tag: their template, and the options of their `Component` as source. */
  readonly components?: Readonly<Record<string, { readonly wxml: string; readonly options: string }>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** The files of a mini-program of one page, `p/p`, and another, `p/q`. */
export function filesOf({ wxml, page = '{ data: {} }', wxss = '', components = {}, files = {} }: OnePage) {
  const parts = Object.entries(components).flatMap(([tag, { wxml: own, options }]) => [
    [`c/${tag}.wxml`, own],
    [`c/${tag}.js`, `Component(${options});`],
    [`c/${tag}.json`, JSON.stringify({ component: true, usingComponents: used(components) })],
  ]);
  return {
    'app.json': JSON.stringify({ pages: ['p/p', 'p/q'] }),
    'app.js': 'App({});',
    'p/p.wxml': wxml,
    'p/p.js': `Page(${page});`,
    'p/p.wxss': wxss,
    'p/p.json': JSON.stringify({ usingComponents: used(components) }),
    'p/q.wxml': '<view>q</view>',
    'p/q.js': 'Page({ data: {} });',
    ...Object.fromEntries(parts),
    ...files,
  };
}

const used = (components: object) =>
  Object.fromEntries(Object.keys(components).map((tag) => [tag, `/c/${tag}`]));

/** A mini-program of one page on a phone. */
export async function onPhone(page: OnePage, options: Partial<DriverOptions> = {}): Promise<DrivenPhone> {
  const { script } = await packFiles(filesOf(page));
  const nothing = {
    send: async () => ({ status: 200, headers: {}, body: '{}' }),
    simulate: async () => ({}),
  };
  return openPhone({ script, ...nothing, ...options });
}
