import { readdirSync } from 'node:fs';
import { errors } from '../shared/errors.ts';
import { filesBelow, parseSource, ROOT, readSource, type Source } from '../tools/sources.ts';
import { importCircles, type Rule, rules } from './support/tidy.ts';

const folders = [
  ...['functions', 'events', 'shared', 'local', 'client', 'console', 'miniprogram', 'tools', 'tests'],
];
const sources = [...folders.flatMap(filesBelow), 'esbuild.config.ts'].map(readSource);
const codeSources = sources.filter(({ path }) => !path.startsWith('tests/'));

function broken(rule: Rule, own: readonly Source[]): string[] {
  return own.flatMap((source) => rule(source).map((wrong) => `${source.path}:${wrong}`));
}

/** For each rule, files that break it and files that come close but do not. */
const samples: Readonly<
  Record<string, { bad: readonly [string, string][]; good: readonly [string, string][] }>
> = {
  importsWithinReach: {
    bad: [
      ['functions/orders/buy.ts', "import { sell } from './sell.ts';"],
      [
        'functions/admin/orders/buy.ts',
        "import { wechatPay } from '../../../shared/adapters/wxpay/rail.ts';",
      ],
      ['functions/orders/buy.ts', "import { DuplicateId } from '../../shared/ports/database.ts';"],
      ['functions/orders/buy.ts', "import { createHash } from 'node:crypto';"],
      ['shared/domain/orders/order.ts', "import * as z from 'zod';"],
      ['shared/domain/orders/order.ts', "import * as orders from '../../data/orders/orders.ts';"],
      ['shared/flows/payments/settle.ts', "import { run } from '../../runtime/http.ts';"],
      ['shared/runtime/http.ts', "import { placeOrder } from '../domain/orders/order.ts';"],
      ['shared/adapters/cmq/bus.ts', "const flow = import('../../flows/payments/settle.ts');"],
      ['client/transport.ts', "import type { ErrorCode } from '../shared/errors.ts';"],
      ['console/views.ts', "import { errors } from '../shared/errors.ts';"],
      ['console/main.tsx', "import { useState } from 'react';"],
      ['miniprogram/model/cart.ts', "import { createClient } from '../../client/client.ts';"],
      ['miniprogram/wx/client.ts', "import { parse } from '../../local/phone/wxml.ts';"],
      ['local/phone/core.ts', "import { page } from '../../miniprogram/wx/page.ts';"],
      ['local/start.ts', "import { views } from '../console/views.ts';"],
      ['shared/schemas/orders/order.ts', "export { Fen } from '../../errors.ts';"],
    ],
    good: [
      [
        'functions/orders/buy.ts',
        "import type { Ring } from '../../shared/ports/bus.ts';\nimport * as z from 'zod';",
      ],
      ['shared/runtime/authenticate.ts', "import { mayDo } from '../domain/identity/permission.ts';"],
      ['shared/adapters/production.ts', "import { collections } from '../data/collections.ts';"],
      ['local/start.ts', "import { buy } from '../functions/orders/buy.ts';"],
      [
        'console/engine/list.tsx',
        "import { useState } from 'preact/hooks';\nimport { words } from '../../client/words.ts';",
      ],
      ['miniprogram/pages/list/list.ts', "import { priceOf } from '../../model/price.ts';"],
      ['tests/miniprogram/price.test.ts', "import { priceOf } from '../../miniprogram/model/price.ts';"],
    ],
  },
  importsSpelledRight: {
    bad: [
      ['functions/orders/buy.ts', "import { fail } from '../shared/errors';"],
      ['functions/orders/buy.ts', "import { z } from 'zod';"],
      ['functions/orders/buy.ts', "import z from 'zod';"],
    ],
    good: [
      ['functions/orders/buy.ts', "import * as z from 'zod';\nimport { fail } from '../shared/errors.ts';"],
    ],
  },
  domainIsPure: {
    bad: [
      ['shared/domain/orders/order.ts', 'const now = Date.now();'],
      ['shared/domain/orders/order.ts', 'const now = new Date();'],
      ['shared/domain/orders/order.ts', 'const chance = () => Math.random();'],
      ['shared/domain/orders/order.ts', 'const stage = process.env.STAGE;'],
      ['shared/domain/orders/order.ts', 'const price = async () => 1;'],
      ['shared/domain/orders/order.ts', 'setTimeout(() => 1, 1);'],
      ['shared/domain/orders/order.ts', "console.log('priced');"],
      ['shared/domain/orders/order.ts', 'const id = crypto.randomUUID();'],
    ],
    good: [
      [
        'shared/domain/orders/order.ts',
        'const day = (at: number) => new Date(at).getUTCDate() + Math.floor(1.5);',
      ],
      ['shared/flows/payments/settle.ts', 'const now = Date.now();'],
    ],
  },
  environmentOnlyInCompositions: {
    bad: [
      ['functions/orders/buy.ts', 'const stage = process.env.STAGE;'],
      ['shared/adapters/cmq/bus.ts', 'const { env } = process;\nconst key = process.env;'],
    ],
    good: [['local/start.ts', 'const port = process.env.PORT;']],
  },
  functionFileIsOneFunction: {
    bad: [
      ['functions/orders/buy.ts', 'export const sell = 1;'],
      ['functions/orders/buy.ts', 'export const buy = 1;\nexport const LIMIT = 2;'],
      ['functions/orders/buy.ts', `export const buy = 1;${'\n// more'.repeat(60)}`],
      ['events/orderPaid.ts', 'export default 1;'],
    ],
    good: [
      ['functions/admin/orders/buy.ts', `export const buy = 1;${'\n// more'.repeat(59)}\n`],
      [
        'functions/orders/buy.ts',
        `import {\n  fail,\n} from '../../shared/errors.ts';\nexport const buy = 1;${'\n// more'.repeat(58)}\n`,
      ],
    ],
  },
  exportsAreDocumented: {
    bad: [
      ['shared/domain/orders/order.ts', 'export const LIMIT = 2;'],
      ['shared/domain/orders/order.ts', '/* Not a doc comment. */\nexport function limit() {}'],
      ['shared/domain/orders/order.ts', '// Not one either.\nexport interface Limit {}'],
      ['shared/domain/orders/order.ts', '/** Of the line above. */\nconst own = 1;\nexport class Limit {}'],
    ],
    good: [
      [
        'shared/schemas/orders/order.ts',
        '/** Where it stands. */\nexport const State = 1;\nexport type State = number;',
      ],
      ['tests/support/clock.ts', 'export const clock = 1;'],
    ],
  },
  commentsAreNarrow: {
    bad: [
      ['shared/domain/orders/order.ts', `/** ${'a'.repeat(114)} */\nconst one = 1;`],
      ['shared/domain/orders/order.ts', `/**\n * One.\n * ${'a'.repeat(118)}\n */\nconst one = 1;`],
      ['tests/support/clock.ts', `const one = 1; // ${'a'.repeat(103)}`],
      ['client/client.ts', `// ${'a'.repeat(118)}`],
    ],
    good: [
      ['shared/domain/orders/order.ts', `/** ${'a'.repeat(113)} */\nconst one = '${'a'.repeat(120)}';`],
      ['client/client.ts', `// ${'a'.repeat(117)}`],
    ],
  },
  functionsAreShort: {
    bad: [
      ['shared/domain/orders/order.ts', `function price() {${'\n  one();'.repeat(69)}\n}`],
      ['shared/domain/orders/order.ts', `class Price { of() {${'\n  one();'.repeat(69)}\n} }`],
    ],
    good: [
      ['shared/domain/orders/order.ts', `function price() {${'\n  one();'.repeat(68)}\n}`],
      ['local/demo.ts', `const steps = () => [${'\n  () => {\n    one();\n  },'.repeat(30)}\n];`],
    ],
  },
  noLeftovers: {
    bad: [
      ['shared/domain/orders/order.ts', `// ${'TO'}DO: round`],
      ['shared/domain/orders/order.ts', `// ${'@ts'}-ignore`],
    ],
    good: [['shared/domain/orders/order.ts', '// Todos are fine, in Spanish. HACKY is a word.']],
  },
  noWorkplace: {
    bad: [
      ['README.ts', `// see /${'work'}/shared/design`],
      ['README.ts', `// as ${'issue'} #12 says`],
    ],
    good: [['README.ts', '// a network of issues, and the work of many']],
  },
  noBarrels: {
    bad: [
      ['shared/domain/all.ts', "export * from './order.ts';"],
      ['shared/domain/all.ts', "export { placeOrder } from './order.ts';"],
    ],
    good: [['shared/domain/orders/order.ts', 'const own = 1;\nexport { own };']],
  },
  noVagueNames: {
    bad: [
      ['shared/utils/money.ts', ''],
      ['shared/domain/orderUtils.ts', ''],
      ['shared/flows/helpers.ts', ''],
      ['shared/common.ts', ''],
      ['shared/flows/OrderManager.ts', ''],
      ['shared/data/orderService.ts', ''],
    ],
    good: [
      ['shared/flows/serveOrder.ts', ''],
      ['shared/domain/commonality.ts', ''],
    ],
  },
  filesStandInAreas: {
    bad: [
      ['functions/buy.ts', ''],
      ['functions/admin/buy.ts', ''],
      ['functions/shopping/buy.ts', ''],
      ['shared/domain/orders/inner/order.ts', ''],
      ['shared/flows/shopping/buy.ts', ''],
    ],
    good: [
      ['functions/admin/orders/buy.ts', ''],
      ['shared/domain/calendar.ts', ''],
      ['shared/adapters/wxpay/rail.ts', ''],
    ],
  },
  testsKeepNoTime: {
    bad: [
      ['tests/ports/bus.test.ts', 'await new Promise((resolve) => setTimeout(resolve, 60));'],
      ['tests/support/world.ts', 'setInterval(() => 1, 1_000);'],
      ['tests/ports/bus.test.ts', "import { setTimeout as sleep } from 'node:timers/promises';"],
      ['tests/security/stack.ts', 'const from = performance.now();'],
      ['tests/security/stack.ts', 'const from = process.hrtime.bigint();'],
      ['tests/e2e/journey.test.ts', "test('ends', async () => { expect(1).toBe(1); }, 90_000);"],
      ['tests/e2e/journey.test.ts', "test.each([1])('%i', async () => { expect(1).toBe(1); }, 90_000);"],
    ],
    good: [
      ['tests/ports/bus.test.ts', "const timer = jest.spyOn(globalThis, 'setTimeout');"],
      ['tests/support/clock.ts', 'await new Promise(setImmediate);'],
      ['tests/load/measure.ts', 'const from = performance.now();'],
      ['tests/simulation/run.ts', 'const from = performance.now();'],
      ['shared/runtime/node.ts', 'setTimeout(() => 1, 1);'],
    ],
  },
  stateIsOnInstances: {
    bad: [
      ['miniprogram/pages/detail/detail.ts', 'let shown = null;'],
      ['miniprogram/buy/cart/cart.ts', 'const kept = new Map();'],
      ['miniprogram/buy/cart/cart.ts', 'const model = { q: "" };\nconst on = { type() { model.q = "a"; } };'],
      [
        'miniprogram/parts/sheet/sheet.ts',
        'const opened = [];\nfunction open() { opened[0] += 1; delete opened[1]; }',
      ],
    ],
    good: [
      ['miniprogram/wx/session.ts', 'let own = null;'],
      [
        'miniprogram/pages/list/list.ts',
        'const KINDS = ["course"];\nfunction view(own) { own.stop = null; }',
      ],
      [
        'miniprogram/model/price.ts',
        'export function sum() { let all = 0; const seen = new Set(); return all; }',
      ],
    ],
  },
  testsAssert: {
    bad: [
      ['tests/domain/order.test.ts', "test('adds', () => { add(1, 1); });"],
      ['tests/domain/order.test.ts', "test.each([1])('adds %d', async (one) => { await add(one); });"],
      [
        'tests/domain/order.test.ts',
        "function add() { one(); }\ndescribe('it', () => { test('adds', add); });",
      ],
    ],
    good: [
      ['tests/domain/order.test.ts', "test('adds', () => { expect(add(1, 1)).toBe(2); });"],
      [
        'tests/domain/order.test.ts',
        "const holds = () => expect(1).toBe(1);\ntest('adds', () => { holds(); });",
      ],
      [
        'tests/domain/order.test.ts',
        "import { expectBooks } from './a.ts';\ntest('adds', () => expectBooks());",
      ],
    ],
  },
  dataIsSavedOneWay: {
    bad: [
      ['shared/data/orders/orders.ts', 'export function save(tx: Tx, order: Order) {}'],
      ['shared/data/orders/carts.ts', 'export async function put(tx: Tx, before: Cart, after: Cart) {}'],
    ],
    good: [
      ['shared/data/orders/carts.ts', 'export function saveItem(tx: Tx, before: Item, after: Item) {}'],
      ['shared/data/orders/orders.ts', 'export function settledOf(tx: Tx) {}\nfunction put(one: Order) {}'],
      ['shared/domain/orders/cart.ts', 'export function putItem(cart: Cart) {}'],
    ],
  },
  productsAreGiven: {
    bad: [
      ['tests/functions/orders/getCart.test.ts', 'await products.insert(tx, product);'],
      ['tests/functions/orders/getCart.test.ts', 'await tx.insert(products.collection, product);'],
      ['tests/support/given/order.ts', 'await put(world, products.collection, product);'],
    ],
    good: [
      ['tests/support/given/course.ts', 'await put(tx, products.collection, product);'],
      ['tests/functions/orders/getCart.test.ts', 'await products.save(tx, before, after);'],
      ['functions/admin/catalogue/createProduct.ts', 'await products.insert(tx, product);'],
    ],
  },
};

describe('the rules of the house', () => {
  test.each(Object.entries(rules))('%s', (_, rule) => {
    expect(broken(rule, sources)).toEqual([]);
  });

  test('no file imports itself by way of others', () => {
    expect(importCircles(codeSources)).toEqual([]);
    const circle = [
      parseSource('shared/runtime/a.ts', "import type { B } from './b.ts';"),
      parseSource('shared/runtime/b.ts', "import { a } from './a.ts';"),
    ];
    expect(importCircles(circle)).toEqual([['shared/runtime/a.ts', 'shared/runtime/b.ts']]);
  });

  test('each error of the catalogue is thrown somewhere', () => {
    const texts = codeSources.filter(
      ({ path }) => path.startsWith('shared/') || path.startsWith('functions/'),
    );
    const thrown = texts.filter(({ path }) => path !== 'shared/errors.ts').map(({ text }) => text);
    const unused = Object.keys(errors).filter((code) => !thrown.some((text) => text.includes(`'${code}'`)));
    expect(unused).toEqual([]);
  });

  test('each error has a code that says noun and trouble, and a sentence in Chinese', () => {
    const wrong = Object.entries(errors).flatMap(([code, { message }]) => [
      ...(/^([a-z]+\.[a-z_]+|internal)$/.test(code)
        ? []
        : [`${code}: a code is noun.what_is_wrong, one word of a-z, a dot, words of a-z joined by _`]),
      ...(/\p{Script=Han}/u.test(message) ? [] : [`${code}: its message is for users, so it is in Chinese`]),
    ]);
    expect(wrong).toEqual([]);
  });

  test('each function is described by a test of its own', () => {
    const described = sources
      .filter(({ path }) => path.startsWith('tests/functions/'))
      .flatMap(({ text }) => [...text.matchAll(/\bdescribeFunction\(\s*(\w+)/g)].map(([, name]) => name));
    const names = filesBelow('functions').map((path) => path.replace(/^.*\/|\.ts$/g, ''));
    expect(names.filter((name) => !described.includes(name))).toEqual([]);
  });

  test('every folder with code in it is looked at', () => {
    const withCode = readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^(\..*|node_modules|dist)$/.test(entry.name))
      .map(({ name }) => name)
      .filter((name) => filesBelow(name).length > 0);
    expect(withCode.sort()).toEqual([...folders].sort());
  });
});

describe('each rule can fail', () => {
  test.each(Object.entries(rules))('%s', (name, rule) => {
    const { bad, good } = samples[name] ?? { bad: [], good: [] };
    expect(bad.length).toBeGreaterThan(0);
    for (const [path, text] of bad) expect([text, rule(parseSource(path, text))]).not.toEqual([text, []]);
    for (const [path, text] of good) expect([text, rule(parseSource(path, text))]).toEqual([text, []]);
  });
});
