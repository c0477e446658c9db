import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { VARIABLES } from '../../shared/adapters/process/variables.ts';
import { type Manifest, readManifest } from '../../tools/manifest.ts';
import { MARKER, serverlessYaml } from '../../tools/serverlessYaml.ts';
import { ROOT } from '../../tools/sources.ts';

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
  z.strictObject({
    cmq: z.strictObject({
      name: z.string(),
      parameters: z.strictObject({
        qualifier: z.literal('$DEFAULT'),
        name: z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/),
        enable: z.literal(true),
      }),
    }),
  }),
]);

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
  }),
  functions: z.record(
    z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{1,59}$/),
    z.strictObject({
      src: z.string(),
      handler: z.literal('index.main_handler'),
      memorySize: z.int().min(128).max(3072).multipleOf(128),
      timeout: z.int().min(1).max(900),
      events: z.array(Trigger).min(1),
    }),
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

  test('names every setting that production reads, and holds no value of one', () => {
    const { variables } = deployed.provider.environment;
    expect(Object.keys(variables)).toEqual(Object.keys(VARIABLES));
    for (const [name, value] of Object.entries(variables)) expect(value).toBe(`\${env:${name}}`);
    for (const name of Object.keys(variables)) expect(name).not.toMatch(/^(SCF|QCLOUD|TENCENTCLOUD)_/);
  });

  test('the head holds no secret: every value of it is a name or one of a few words', () => {
    const head = yaml.slice(0, yaml.indexOf(MARKER));
    const values = head.split('\n').flatMap((line) => /^\s*\w+: (.+)$/.exec(line)?.[1] ?? []);
    const words = ['zhike', 'tencent', 'Nodejs20.19', 'true', '2', '3600'];
    expect(values.filter((value) => !/^\$\{env:[A-Z0-9_]+\}$/.test(value) && !words.includes(value))).toEqual(
      [],
    );
  });

  test('each unit is started by what its functions say', () => {
    for (const { name, functions } of manifest.units) {
      const events = deployed.functions[name]?.events ?? [];
      const kinds = events.map((event) => Object.keys(event).join());
      const own = functions[0]?.own;
      if (own?.kind === 'timer') {
        expect(events).toEqual([
          {
            timer: expect.objectContaining({
              parameters: expect.objectContaining({ cronExpression: own.contract.cron }),
            }),
          },
        ]);
      } else {
        expect(kinds).toEqual(own?.kind === 'http' || own?.kind === 'callback' ? ['http'] : ['cmq', 'http']);
      }
    }
  });

  test('each schedule has seven fields, and its budget ends before the platform does', () => {
    for (const { name, own } of manifest.functions) {
      if (own.kind !== 'timer') continue;
      expect([name, isCron(own.contract.cron)]).toEqual([name, true]);
      expect((deployed.functions[name]?.timeout ?? 0) * 1000).toBeGreaterThan(own.contract.budgetMs);
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
