import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import {
  type BuiltUnit,
  buildUnits,
  DRIVER_FILES,
  loadedAtStart,
  strangersIn,
  withoutJsonSchema,
} from '../../esbuild.config.ts';
import { callback } from '../../shared/function.ts';
import { writeCompiled } from '../../tools/codeCache.ts';
import { type Manifest, readManifest } from '../../tools/manifest.ts';
import { ROOT } from '../../tools/sources.ts';
import { firstEventFor } from '../support/firstEvent.ts';
import { Administrator, describeMysql, makeDatabase } from '../support/mysql.ts';
import { unitEnvironment } from '../support/unitEnvironment.ts';

interface Outcome {
  readonly name: string;
  readonly answer?: { readonly statusCode: number; readonly body: string };
  readonly thrown?: string;
  /** The drivers that were loaded by then. */
  readonly drivers: readonly string[];
}

/** Loads each unit and sends it one event; prints the result. It runs outside the project. */
const PROGRAM = `
  const asked = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
  (async () => {
    const outcomes = [];
    const drivers = () => Object.keys(require.cache).filter((file) => !file.endsWith('/index.js'));
    for (const { name, file, event } of asked) {
      const { main_handler } = require(file);
      try {
        const answer = await main_handler(event, { request_id: 'platform-request-1' });
        outcomes.push({ name, answer, drivers: drivers() });
      } catch (caught) {
        outcomes.push({ name, thrown: caught.message, drivers: drivers() });
      }
    }
    process.stdout.write(JSON.stringify(outcomes));
  })();
`;

describe('deployed units', () => {
  let outdir: string;
  let manifest: Manifest;
  let built: readonly BuiltUnit[];
  let outcomes: readonly Outcome[];

  beforeAll(async () => {
    // Outside the project, so that no node_modules folder can be found.
    outdir = mkdtempSync(join(tmpdir(), 'zhike-units-'));
    manifest = await readManifest();
    built = await buildUnits(manifest.units, outdir);
    const asked = built.map(({ name, file }, index) => {
      const unit = manifest.units[index];
      if (unit?.name !== name) throw new Error(`unit ${name} was built out of turn`);
      return { name, file, event: firstEventFor(unit) };
    });
    const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', PROGRAM], {
      cwd: outdir,
      env: {},
      input: JSON.stringify(asked),
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    outcomes = JSON.parse(stdout);
  });
  afterAll(() => rmSync(outdir, { recursive: true }));

  test('each loads by itself, without configuration and without node_modules', () => {
    expect(outcomes.map(({ name }) => name)).toEqual(manifest.units.map(({ name }) => name));
  });

  test('one that cannot start answers a request with a catalogued error', () => {
    const answers = outcomes.flatMap(({ name, answer }) => (answer === undefined ? [] : { name, ...answer }));
    expect(answers.map(({ name }) => name)).toEqual(['pay', 'api', 'admin']);
    for (const { name, statusCode, body } of answers) {
      const kind = manifest.units.find((unit) => unit.name === name)?.functions[0]?.own.kind;
      const told = kind === 'callback' ? { code: 'FAIL' } : { error: { code: 'internal' } };
      expect([statusCode, JSON.parse(body)]).toMatchObject([500, told]);
    }
  });

  test('one that cannot start fails an event and a schedule, so that the platform tries again', () => {
    const thrown = outcomes.filter(({ answer }) => answer === undefined);
    expect(thrown.map(({ name }) => name)).toEqual(['ops', 'events', 'minute', 'counts', 'nightly']);
    for (const { name, thrown: message } of thrown) {
      if (name !== 'ops') expect(message).toMatch(/^[A-Z_0-9]+ is not set/);
    }
  });

  test('none is larger than its bound, which shows what is in it by mistake', () => {
    const largest: Readonly<Record<string, number>> = {
      ops: 330_000,
      events: 590_000,
      minute: 590_000,
      counts: 450_000,
      nightly: 630_000,
      pay: 510_000,
      api: 850_000,
      admin: 840_000,
    };
    expect(built.filter(({ name, bytes }) => bytes > (largest[name] ?? 0))).toEqual([]);
  });

  test('the drivers stand beside each bundle, which names them and does not load them by itself', () => {
    expect(outcomes.filter(({ drivers }) => drivers.length > 0)).toEqual([]);
    expect(DRIVER_FILES).toEqual([
      ...['mysql2.js', 'ioredis.js'],
      ...['cloudbase-database.js', 'cloudbase-signature-nodejs.js'],
    ]);
    for (const { file, bundle } of built) {
      for (const driver of DRIVER_FILES) {
        expect([file, readFileSync(bundle, 'utf8').includes(`("./${driver}")`)]).toEqual([file, true]);
        expect(existsSync(join(dirname(file), driver))).toBe(true);
      }
    }
  });

  test('beside the bundle of a web function, and of no other, stands what the platform starts', () => {
    for (const { name, file } of built) {
      const bootstrap = join(dirname(file), 'scf_bootstrap');
      const isWeb = manifest.units.find((unit) => unit.name === name)?.type === 'web';
      expect([name, existsSync(bootstrap), existsSync(join(dirname(file), 'web.js'))]).toEqual([
        name,
        isWeb,
        isWeb,
      ]);
      if (!isWeb) continue;
      expect(statSync(bootstrap).mode & 0o777).toBe(0o755);
      const [shebang, command, ...rest] = readFileSync(bootstrap, 'utf8').split('\n');
      expect([shebang, rest]).toEqual(['#!/bin/bash', ['']]);
      expect(command).toMatch(/^exec \/var\/lang\/node20\/bin\/node .*web\.js" 9000$/);
    }
  });

  test('a web function that lacks a setting does not start, and names it', () => {
    const file = built.find(({ name }) => name === 'pay')?.file ?? '';
    const web = join(dirname(file), 'web.js');
    const { status, stdout, stderr } = spawnSync(process.execPath, [web, '0'], { env: {}, encoding: 'utf8' });
    expect([status, stdout, stderr]).toEqual([
      1,
      '',
      expect.stringMatching(/"cannotStart":"[A-Z_0-9]+ is not set/),
    ]);
    expect(stderr.split('\n')).toHaveLength(2);
  });

  test('the compiled code of a bundle is taken by the Node that built it; another compiles as always', () => {
    const asks = `const { Script } = require('node:vm');
      const taken = [];
      const vm = require('node:vm');
      vm.Script = class extends Script {
        constructor(...given) {
          super(...given);
          taken.push(this.cachedDataRejected === false);
        }
      };
      for (const file of JSON.parse(process.argv[1])) require(file);
      console.log(JSON.stringify(taken));
      process.exit(0);`;
    const files = JSON.stringify(built.map(({ file }) => file));
    const taken = (...flags: string[]) =>
      JSON.parse(
        spawnSync(process.execPath, [...flags, '-e', asks, files], { env: {}, encoding: 'utf8' }).stdout,
      );
    expect(taken()).toEqual(built.map(() => true));
    expect(taken('--optimize-for-size')).toEqual(built.map(() => false));
  });

  test('the compiled code has at most 600 kB, and is the same for the same bundle', async () => {
    const sizes = built.map(({ bundle }) => statSync(join(dirname(bundle), 'unit.cache')).size);
    expect(sizes.filter((bytes) => bytes > 600_000)).toEqual([]);
    const [one] = built;
    const again = mkdtempSync(join(tmpdir(), 'zhike-units-'));
    copyFileSync(one?.bundle ?? '', join(again, 'unit.js'));
    await writeCompiled(again);
    for (const name of ['index.js', 'unit.cache']) {
      const first = readFileSync(join(dirname(one?.file ?? ''), name));
      expect([name, readFileSync(join(again, name)).equals(first)]).toEqual([name, true]);
    }
    rmSync(again, { recursive: true });
  });

  test('a bundle that is not ASCII is refused, because its loader would misread it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'zhike-units-'));
    writeFileSync(join(folder, 'unit.js'), 'exports.main_handler = () => /不存在/;');
    await expect(writeCompiled(folder)).rejects.toThrow('not ASCII');
    rmSync(folder, { recursive: true });
  });

  test('the bundles of one build have the same name, which no other build has', async () => {
    const nameIn = (file: string) => /build:"([^"]*)"/.exec(readFileSync(file, 'utf8'))?.[1];
    // What runs commands has no cache, and so no name.
    const named = built.filter(({ name }) => name !== 'ops');
    const names = new Set(named.map(({ bundle }) => nameIn(bundle)));
    expect([...names]).toEqual([expect.stringMatching(/^[0-9a-f]{11}$/)]);
    const elsewhere = mkdtempSync(join(tmpdir(), 'zhike-units-'));
    const [other] = await buildUnits(manifest.units.slice(1, 2), elsewhere);
    expect(names).not.toContain(nameIn(other?.bundle ?? ''));
    rmSync(elsewhere, { recursive: true });
  });

  describeMysql('with a MySQL server', () => {
    test('the unit that runs commands lays a database out, without node_modules', async () => {
      const administrator = await Administrator.connect();
      const made = await makeDatabase(administrator);
      const calls = `require('./index.js').main_handler({ command: 'migrate', args: [] })
        .then(({ lines }) => { console.log(lines.join()); process.exit(); })`;
      const cwd = dirname(built.find(({ name }) => name === 'ops')?.file ?? '');
      const env = { DATABASE_URL: made.url };
      const { stdout, stderr } = spawnSync(process.execPath, ['-e', calls], { cwd, env, encoding: 'utf8' });
      await made.drop();
      administrator.close();
      expect([stdout, stderr]).toEqual([expect.stringMatching(/^\d+ collections, every document/), '']);
    });
  });

  test('MySQL’s driver speaks without node_modules', () => {
    const url = process.env.TEST_MYSQL_URL ?? 'mysql://root@127.0.0.1:1/test';
    const asks = `import('./mysql2.js').then(({ createConnection }) => {
      const connection = createConnection({ uri: '${url}', charset: 'UTF8MB4_GENERAL_CI' });
      connection.on('error', () => {});
      connection.query("SELECT '课'", (error, rows) => {
        console.log(error ? error.code : Object.values(rows[0])[0]);
        connection.destroy();
      });
    })`;
    const cwd = dirname(built[0]?.file ?? '');
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', asks], { cwd, env: {}, encoding: 'utf8' });
    const said = process.env.TEST_MYSQL_URL === undefined ? 'ECONNREFUSED' : '课';
    expect([stdout, stderr]).toEqual([`${said}\n`, '']);
  });

  test('Redis’ driver speaks without node_modules', () => {
    const url = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:1';
    const asks = `import('./ioredis.js').then(async ({ Redis }) => {
      const redis = new Redis('${url}', { lazyConnect: true, retryStrategy: () => null });
      redis.on('error', ({ code }) => console.log(code));
      await redis.connect().then(async () => console.log(await redis.echo('课')), () => {});
      redis.disconnect();
    })`;
    const cwd = dirname(built[0]?.file ?? '');
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', asks], { cwd, env: {}, encoding: 'utf8' });
    const said = process.env.TEST_REDIS_URL === undefined ? 'ECONNREFUSED' : '课';
    expect([stdout, stderr]).toEqual([`${said}\n`, '']);
  });

  test('loads a function at its first call, with the modules that only it needs, and no other', async () => {
    const unit = manifest.units.find(({ type }) => type === 'web');
    const [member] = unit?.functions ?? [];
    if (unit === undefined || member === undefined) throw new Error('there is no unit');
    const folder = mkdtempSync(join(tmpdir(), 'zhike-units-'));
    const functions = ['one', 'two'].map((name) => {
      const file = join(folder, `${name}.ts`);
      const route = `POST /api/${name}` as const;
      writeFileSync(
        join(folder, `${name}Schema.ts`),
        `console.log('${name}’s schema');\nexport const schema = 1;`,
      );
      writeFileSync(
        file,
        `import { schema } from './${name}Schema.ts';
        console.log('${name}');
        export const ${name} = {
          kind: 'callback',
          contract: { route: '${route}', errors: [], bodyBytesMax: schema },
          run: async () => ({ status: 200, body: '', contentType: 'text/plain' }),
        };`,
      );
      const own = callback(
        { route, caller: '', errors: [], bodyBytesMax: 1, reads: {}, takes: [], answers: [] },
        async () => ({ status: 200, body: '', contentType: 'text/plain' }),
      );
      return { ...member, name, file: relative(ROOT, file), own };
    });
    const [laidOut] = await buildUnits([{ ...unit, functions, consumers: [] }], join(folder, 'dist'));
    const asks = `
      const { main_handler } = require('${laidOut?.file}');
      const event = { httpMethod: 'POST', path: '/api/two', headers: {}, queryString: {}, body: '' };
      (async () => {
        console.log('imported');
        const { statusCode } = await main_handler({ ...event, path: '/api/three' }, {});
        console.log(statusCode);
        await main_handler(event, {});
        await main_handler(event, {});
      })();
    `;
    const env = unitEnvironment();
    const { stdout } = spawnSync(process.execPath, ['-e', asks], { cwd: folder, env, encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    const said = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
    expect(said).toEqual(['imported', '404', 'two’s schema', 'two']);
  });

  test('a schema in a bundle knows its own bounds, although the conversion to JSON Schema is left out', async () => {
    const asks = `import * as z from 'zod';
      const said = [z.string().min(2).max(3).minLength, z.string().max(3).overwrite((is) => is).maxLength];
      said.push(z.int().max(7).maxValue, z.number().multipleOf(5).isInt, z.string().nullable().safeParse(1).success);
      try { z.string().toJSONSchema(); } catch ({ message }) { said.push(message); }
      console.log(JSON.stringify(said));`;
    const { outputFiles } = await build({
      stdin: { contents: asks, resolveDir: ROOT },
      plugins: [withoutJsonSchema],
      ...{ bundle: true, platform: 'node', minify: true, write: false },
    });
    const { stdout } = spawnSync(process.execPath, ['-'], {
      input: outputFiles?.[0]?.text ?? '',
      encoding: 'utf8',
    });
    const leftOut = 'JSON Schema is left out of deployed units';
    expect(JSON.parse(stdout)).toEqual([2, 3, 7, true, false, leftOut]);
  });

  test('a function that is loaded with its unit would stop the build', () => {
    const imports = (path: string, kind: 'import-statement' | 'dynamic-import') => ({ path, kind });
    const inputs = {
      'unit:unit:a': {
        bytes: 1,
        imports: [imports('functions/late.ts', 'dynamic-import'), imports('b.ts', 'import-statement')],
      },
      'b.ts': { bytes: 1, imports: [imports('functions/early.ts', 'import-statement')] },
    };
    expect([...loadedAtStart({ inputs }, 'unit:unit:a')]).toEqual([
      'unit:unit:a',
      'b.ts',
      'functions/early.ts',
    ]);
  });

  test('a simulator in a unit would stop the build', async () => {
    const unit = manifest.units.find(({ type }) => type === 'web');
    const [member] = unit?.functions ?? [];
    if (unit === undefined || member === undefined) throw new Error('there is no unit');
    const infected = {
      ...unit,
      functions: [{ ...member, name: 'createLocalBus', file: 'local/bus.local.ts' }],
    };
    const elsewhere = mkdtempSync(join(tmpdir(), 'zhike-units-'));
    await expect(buildUnits([infected], elsewhere)).rejects.toThrow(
      'not in a deployed unit: local/bus.local.ts',
    );
    rmSync(elsewhere, { recursive: true });
    expect(strangersIn({ inputs: { 'tests/support/world.ts': { bytes: 1, imports: [] } } })).toHaveLength(1);
    expect(strangersIn({ inputs: { 'shared/localTime.ts': { bytes: 1, imports: [] } } })).toEqual([]);
  });
});
