import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { type Manifest, readManifest } from '../../tools/manifest.ts';
import { MARKER, serverlessYaml } from '../../tools/serverlessYaml.ts';
import { ROOT } from '../../tools/sources.ts';
import { variablesOf } from '../../tools/unitSecrets.ts';

const Trigger = z.union([
  z.strictObject({
    http: z.strictObject({
      name: z.string(),
      parameters: z.strictObject({
        qualifier: z.literal('$DEFAULT'),
        authType: z.literal('NONE'),
        netConfig: z.strictObject({ enableIntranet: z.boolean(), enableExtranet: z.literal(true) }),
      }),
    }),
  }),
  z.strictObject({
    timer: z.strictObject({
      name: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,59}$/),
      parameters: z.strictObject({
        qualifier: z.literal('$DEFAULT'),
        cronExpression: z.string(),
        // The platform's default is off.
        enable: z.literal(true),
      }),
    }),
  }),
]);

const common = {
  src: z.string(),
  memorySize: z.int().min(128).max(3072).multipleOf(128),
  timeout: z.int().min(1).max(900),
  initTimeout: z.int().min(1).max(65),
  sealed: z.strictObject({
    variables: z.object({ DATABASE_CONNECTIONS: z.int().min(1) }).catchall(z.string()),
  }),
  paths: z.array(z.string().regex(/^\/[a-z/]*(\/\*|\*)?$/)),
  events: z.array(Trigger),
};

/** The platform's limits: 128 … 3072 MB in steps of 128, 1 … 900 s, 50 functions, names of 2 … 60 characters. */
const Deployed = z.strictObject({
  service: z.string(),
  provider: z.strictObject({
    name: z.literal('tencent'),
    stage: z.literal('$' + '{env:STAGE}'),
    region: z.literal('$' + '{env:TENCENT_REGION}'),
    runtime: z.literal('Nodejs20.19'),
    ignoreSysLog: z.literal(true),
    vpcConfig: z.record(z.string(), z.string()),
    retryNum: z.int().min(0).max(2),
    msgTTL: z.int().min(60).max(21_600),
    environment: z.strictObject({ variables: z.record(z.string(), z.string()) }),
    sealed: z.strictObject({ variables: z.record(z.string(), z.string()) }),
  }),
  functions: z.record(
    z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{1,59}$/),
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('event'), handler: z.literal('index.main_handler'), ...common }),
      z.strictObject({
        type: z.literal('web'),
        instanceConcurrencyConfig: z.strictObject({
          dynamicEnabled: z.literal('FALSE'),
          maxConcurrency: z.int().min(1).max(100),
        }),
        reservedConcurrencyMem: z.int().positive().optional(),
        ...common,
      }),
    ]),
  ),
});

const yaml = readFileSync(join(ROOT, 'serverless.yml'), 'utf8');

/** Whether a cron has SCF's seven fields, each with numbers, steps, ranges or lists within bounds. */
function isCron(cron: string): boolean {
  const bounds = [59, 59, 23, 31, 12, 6, 2099];
  const fields = cron.split(' ');
  return (
    fields.length === bounds.length &&
    fields.every((field, index) => {
      if (!/^(\*|\d+(-\d+)?)(\/\d+)?(,\d+(-\d+)?(\/\d+)?)*$/.test(field)) return false;
      return (field.match(/\d+/g) ?? []).every((number) => Number(number) <= (bounds[index] ?? 0));
    })
  );
}

describe('serverless.yml', () => {
  const deployed = Deployed.parse(parse(yaml));
  const units = Object.entries(deployed.functions);
  let manifest: Manifest;
  beforeAll(async () => {
    manifest = await readManifest();
  });

  test('has one function for each unit, and no more than a namespace holds', () => {
    expect(units.map(([name]) => name)).toEqual(manifest.units.map(({ name }) => name));
    expect(units.length).toBeLessThanOrEqual(50);
    for (const [name, { src }] of units) expect(src).toBe(`dist/${name}`);
  });

  test('a function’s environment holds the stage and the key of the sealed rest, and nothing else', () => {
    const { variables } = deployed.provider.environment;
    expect(variables).toEqual({ STAGE: `\${env:STAGE}`, CONFIG_KEY: `\${env:CONFIG_KEY}` });
    for (const name of Object.keys(variables)) expect(name).not.toMatch(/^(SCF|QCLOUD|TENCENTCLOUD)_/);
  });

  test('names what is sealed for each unit: every setting that is no secret, and its own secrets', () => {
    for (const unit of manifest.units) {
      const { DATABASE_CONNECTIONS, ...own } = deployed.functions[unit.name]?.sealed.variables ?? {};
      expect(DATABASE_CONNECTIONS).toBe(unit.connections);
      const sealed = { ...deployed.provider.sealed.variables, ...own };
      expect(Object.keys(sealed).sort()).toEqual([...variablesOf(unit)].sort());
      for (const [name, value] of Object.entries(sealed)) expect(value).toBe(`\${env:${name}}`);
    }
  });

  test('the head holds no secret: every value of it is a name or one of a few words', () => {
    const head = yaml.slice(0, yaml.indexOf(MARKER));
    const values = head.split('\n').flatMap((line) => /^\s*\w+: (.+)$/.exec(line)?.[1] ?? []);
    const words = ['zhike', 'tencent', 'Nodejs20.19', 'true', '2', '3600'];
    expect(values.filter((value) => !/^\$\{env:[A-Z0-9_]+\}$/.test(value) && !words.includes(value))).toEqual(
      [],
    );
  });

  test('each unit has the size of the table', () => {
    for (const unit of manifest.units) {
      const { name, type, memoryMb, concurrency, reservedInstances, paths } = unit;
      const web = {
        instanceConcurrencyConfig: { dynamicEnabled: 'FALSE', maxConcurrency: concurrency },
        ...(reservedInstances === null ? {} : { reservedConcurrencyMem: reservedInstances * memoryMb }),
      };
      expect(deployed.functions[name]).toEqual({
        src: `dist/${name}`,
        sealed: expect.anything(),
        type,
        ...(type === 'web' ? web : { handler: 'index.main_handler' }),
        memorySize: memoryMb,
        timeout: unit.timeoutSeconds,
        initTimeout: unit.initTimeoutSeconds,
        paths,
        events: expect.anything(),
      });
    }
    expect(deployed.functions.pay).toMatchObject({
      reservedConcurrencyMem: 2560,
      paths: ['/api/pay/*', '/api/wechat/*'],
    });
  });

  test('each timer has one trigger, of its name, at the unit that holds it; no other function has any', () => {
    const found = units.flatMap(([unit, { events }]) =>
      events.flatMap((event) =>
        'timer' in event ? { unit, name: event.timer.name, cron: event.timer.parameters.cronExpression } : [],
      ),
    );
    const wanted = manifest.units.flatMap(({ name: unit, functions }) =>
      functions.flatMap(({ name, own }) =>
        own.kind === 'timer' ? { unit, name, cron: own.contract.cron } : [],
      ),
    );
    expect(found).toEqual(wanted);
    expect(wanted.length).toBeGreaterThan(10);
  });

  test('whoever knows the address of a unit may call those of the API and the broker’s, and no others', () => {
    const open = units
      .filter(([, { events }]) => events.some((event) => 'http' in event))
      .map(([name]) => name);
    expect(open).toEqual(['events', 'pay', 'api', 'admin']);
    const paths = units.flatMap(([name, unit]) => (unit.paths.length > 0 ? name : []));
    expect(paths).toEqual(open);
  });

  test('each schedule has seven fields', () => {
    for (const { name, own } of manifest.functions) {
      if (own.kind === 'timer') expect([name, isCron(own.contract.cron)]).toEqual([name, true]);
    }
    for (const wrong of ['* * * * *', '0 * * * * *', '60 * * * * * *', '0 0 24 * * * *', 'x * * * * * *']) {
      expect([wrong, isCron(wrong)]).toEqual([wrong, false]);
    }
  });

  test('the part above the marker stays unchanged', () => {
    const other = serverlessYaml(manifest, `# mine\n${MARKER}\nold: true\n`);
    expect(other.startsWith(`# mine\n${MARKER}\nfunctions:\n`)).toBe(true);
    expect(other).not.toContain('old: true');
    expect(() => serverlessYaml(manifest, '# no marker\n')).toThrow('has no line');
  });
});
