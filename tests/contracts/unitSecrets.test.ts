import { SECRETS, type Secret, VARIABLE_NAMES } from '../../shared/adapters/process/variables.ts';
import { type Manifest, readManifest } from '../../tools/manifest.ts';
import { isSyntaxNode, nodesOf, parseSource, readSource } from '../../tools/sources.ts';
import { configOf, secretsOf, secretsOfFunctions, variablesOf } from '../../tools/unitSecrets.ts';
import { simulate } from '../simulation/simulate.ts';
import { unitEnvironment } from '../support/unitEnvironment.ts';
import { usedPorts } from '../support/usedPorts.ts';

const shop = unitEnvironment();
let manifest: Manifest;
beforeAll(async () => {
  manifest = await readManifest();
});

const unitNamed = (name: string) => {
  const unit = manifest.units.find((each) => each.name === name);
  if (unit === undefined) throw new Error(`no unit ${name}`);
  return unit;
};

/** The members of an interface in a file of `shared/ports`. */
function membersOf(file: string, name: string): string[] {
  const found = [...nodesOf(readSource(`shared/ports/${file}.ts`).program)].find(
    ({ type, id }) => type === 'TSInterfaceDeclaration' && isSyntaxNode(id) && id.name === name,
  );
  const body = isSyntaxNode(found?.body) && Array.isArray(found.body.body) ? found.body.body : [];
  return body.flatMap((member) =>
    isSyntaxNode(member) && isSyntaxNode(member.key) ? [String(member.key.name)] : [],
  );
}

describe('a unit gets the secrets that its functions use, and no others', () => {
  test('these', () => {
    const held = manifest.units.map((unit) => [unit.name, secretsOf(unit).join(' ')]);
    const everywhere = 'DATABASE_URL SECRETS_KEY';
    const rails = 'WECHAT_SECRET WXPAY_PRIVATE_KEY XPAY_APP_KEY';
    expect(Object.fromEntries(held)).toEqual({
      ops: `CACHE_URL ${everywhere}`,
      events: `BUS_PUSH_KEY CACHE_URL ${everywhere} ${rails}`,
      minute: `CACHE_URL ${everywhere} ${rails}`,
      counts: everywhere,
      nightly: `${everywhere} ${rails}`,
      // It hears of money and moves none, so it has no key that does. A push is about virtual payment, which it asks.
      pay: `CACHE_URL DATABASE_URL PUSH_AES_KEY PUSH_TOKEN SECRETS_KEY WECHAT_SECRET WXPAY_API_V3_KEY XPAY_APP_KEY`,
      api: `CACHE_URL ${everywhere} ${rails}`,
      admin: `CACHE_URL ${everywhere} ${rails}`,
    });
  });

  test.each<[string, readonly Secret[]]>([
    ['payNotify', ['WXPAY_API_V3_KEY']],
    ['wechatPush', ['PUSH_AES_KEY', 'PUSH_TOKEN', 'WECHAT_SECRET', 'XPAY_APP_KEY']],
    ['checkWechatPush', ['PUSH_AES_KEY', 'PUSH_TOKEN']],
    ['login', ['WECHAT_SECRET']],
    ['createOrder', []],
    ['quoteOrder', []],
    ['payOrder', ['WECHAT_SECRET', 'WXPAY_PRIVATE_KEY', 'XPAY_APP_KEY']],
    ['syncGoods', ['WECHAT_SECRET', 'XPAY_APP_KEY']],
    ['publishProduct', []],
  ])('%s', (name, expected) => {
    const own = manifest.functions.filter((entry) => entry.name === name);
    const common: readonly string[] = ['CACHE_URL', 'DATABASE_URL', 'SECRETS_KEY'];
    expect(own).toHaveLength(1);
    expect(secretsOfFunctions(own).filter((secret) => !common.includes(secret))).toEqual(expected);
  });

  test('every secret is held by a unit, except that of a host of our own, and no unit holds all', () => {
    const held = new Set(manifest.units.flatMap((unit) => secretsOf(unit)));
    expect([...held, 'METRICS_TOKEN'].sort()).toEqual([...SECRETS].sort());
    for (const unit of manifest.units) expect(secretsOf(unit).length).toBeLessThan(SECRETS.length);
  });

  test('what is no secret is given to every unit, and the names of the sealed file are those', () => {
    for (const unit of manifest.units) {
      const open = variablesOf(unit).filter((name) => !(SECRETS as readonly string[]).includes(name));
      expect(open).toHaveLength(VARIABLE_NAMES.length - SECRETS.length - 3);
      const sealed = configOf(unit, { ...shop, STAGE: 'test', CONFIG_KEY: 'k', OTHER: 'x' });
      const names: readonly string[] = [...variablesOf(unit), 'DATABASE_CONNECTIONS'];
      expect(Object.keys(sealed).filter((name) => !names.includes(name))).toEqual([]);
      expect(sealed).toMatchObject({
        WXPAY_MERCHANT_ID: '1900000001',
        DATABASE_CONNECTIONS: `${unit.connections}`,
      });
    }
  });

  test('where WeChat Pay’s certificates may be needed, who has one of the keys that fetch them has both', () => {
    const keysOf = (name: string, changed: Readonly<Record<string, string>>) =>
      Object.keys(configOf(unitNamed(name), { ...shop, ...changed })).filter((key) =>
        ['WXPAY_PRIVATE_KEY', 'WXPAY_API_V3_KEY'].includes(key),
      );
    const publicKeys = {};
    const certificates = { WXPAY_PUBLIC_KEY_ID: '', WXPAY_PUBLIC_KEY: '' };
    const changing = { WXPAY_CERTIFICATES: 'pem' };
    expect([keysOf('pay', publicKeys), keysOf('api', publicKeys)]).toEqual([
      ['WXPAY_API_V3_KEY'],
      ['WXPAY_PRIVATE_KEY'],
    ]);
    for (const changed of [certificates, changing]) {
      expect([keysOf('pay', changed).length, keysOf('api', changed).length]).toEqual([2, 2]);
      expect(keysOf('ops', changed)).toEqual([]);
    }
  });
});

describe('what a function uses is read from its syntax', () => {
  /** The secrets of a function with this body, besides those of what runs it. */
  const secretsIn = (body: string) => {
    const [entry] = manifest.functions.filter(({ own }) => own.kind === 'consumer');
    if (entry === undefined) throw new Error('there is no consumer');
    const file = 'functions/orders/own.ts';
    const text = `import { railOf } from '../../shared/flows/payments/railOf.ts';
      const unused = () => ports.wechat.codeToSession('');
      export const own = async (ports) => { ${body} };`;
    const read = (path: string) => (path === file ? parseSource(path, text) : readSource(path));
    const found = secretsOfFunctions([{ ...entry, name: 'own', file }], read);
    const without = secretsOfFunctions([{ ...entry, name: 'none', file }], read);
    return found.filter((secret) => !without.includes(secret)).join(' ');
  };
  const WXPAY = 'WXPAY_PRIVATE_KEY';
  const XPAY = 'WECHAT_SECRET XPAY_APP_KEY';
  const BOTH = 'WECHAT_SECRET WXPAY_PRIVATE_KEY XPAY_APP_KEY';

  test.each([
    ['ports.rails.wxpay.query({})', WXPAY],
    ['await ports.rails.xpay?.query({})', XPAY],
    ['const { wxpay } = ports.rails; wxpay.refund({})', WXPAY],
    ['const { wxpay: rail } = ports.rails; other(rail)', WXPAY],
    ['const { xpay } = ports.rails; const { goods } = xpay; goods.upload({})', XPAY],
    ['const { rails } = ports; rails.wxpay.open({})', WXPAY],
    ['const rail = railOf(ports.rails, name); rail.query({})', BOTH],
    ['const { queryRefund } = railOf(ports.rails, name); queryRefund({})', BOTH],
    ['return railOf(ports.rails, name).request({})', BOTH],
    ['return ports.rails[name].bill([])', BOTH],
    ['for (const rail of [ports.rails.wxpay]) rail.bill([])', WXPAY],
    ['const rail = ports.rails.wxpay; return { rail }', WXPAY],
    ['ports.rails.wxpay.readNotice({}, body)', 'WXPAY_API_V3_KEY'],
    ['const { reportDelivery } = ports.rails.wxpay; reportDelivery({})', 'WECHAT_SECRET'],
    ['const { wechat } = ports; wechat.phoneNumber({})', 'WECHAT_SECRET'],
    ['ports.push.read({}, body)', 'PUSH_AES_KEY PUSH_TOKEN'],
  ])('%s', (body, secrets) => {
    expect(secretsIn(body)).toBe(secrets);
  });

  test.each([
    'return ports.rails.xpay !== null',
    'return ports.rails[name] === null',
    'return ports.rails.wxpay.reportDelivery !== null',
    'return railOf(ports.rails, name).abilities(platform).mayClose',
    'const { abilities } = railOf(ports.rails, name); return abilities(platform)',
    'const rail = railOf(ports.rails, name); return [rail.merchant, rail.name, news.rail]',
    'rows.push(1); return { wxpay: 1, xpay: 2 }',
  ])('nothing: %s', (body) => {
    expect(secretsIn(body)).toBe('');
  });
});

test('every port is known to what reads the syntax: a new one has to be looked at', () => {
  const withoutSecret = ['bus', 'memory', 'files', 'clock', 'pause', 'loop', 'ids', 'passwords', 'log'];
  const withSecret = [
    'database',
    'cache',
    'attempts',
    'wechat',
    'safety',
    'messages',
    'rails',
    'push',
    'secrets',
    'settings',
  ];
  expect(membersOf('ports', 'Ports').sort()).toEqual([...withoutSecret, ...withSecret].sort());
  expect(membersOf('ports', 'Rails')).toEqual(['wxpay', 'xpay']);
  expect(membersOf('wechat', 'Wechat')).toEqual(['codeToSession', 'phoneNumber', 'checkSession', 'openChat']);
  expect(membersOf('safety', 'Safety')).toEqual(['checkText', 'checkMedia']);
  expect(membersOf('messages', 'Messages')).toEqual(['send']);
  expect(membersOf('wxpay', 'WxpayRail')).toEqual(['name', 'readNotice', 'reportDelivery']);
});

test('in whole histories with both rails, no function calls what its unit has no secret for', async () => {
  const units = new Map(
    manifest.units.flatMap(({ name: unit, functions, ...row }) => {
      const own = secretsOf({ functions, ...row });
      return functions.map(({ name }) => [name, { unit, own }] as const);
    }),
  );
  const used = new Map<string, Set<Secret>>();
  const wrong = new Set<string>();
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const { broken } = await simulate({
      seed,
      buyers: 6,
      rails: 'mixed',
      profile: 'calm',
      portsFor: (name, ports) => {
        const { unit, own } = units.get(name) ?? { unit: 'none', own: [] };
        return usedPorts(ports, (secret, call) => {
          used.set(unit, (used.get(unit) ?? new Set()).add(secret));
          if (!own.includes(secret)) wrong.add(`${name} in ${unit} calls ${call}`);
        });
      },
    });
    expect(broken).toEqual([]);
  }
  expect([...wrong]).toEqual([]);
  for (const [unit, secrets] of [
    ['pay', ['WXPAY_API_V3_KEY', 'XPAY_APP_KEY', 'PUSH_TOKEN']],
    ['api', ['WXPAY_PRIVATE_KEY', 'XPAY_APP_KEY', 'WECHAT_SECRET', 'SECRETS_KEY', 'CACHE_URL']],
    ['events', ['WXPAY_PRIVATE_KEY', 'XPAY_APP_KEY']],
    ['minute', ['WXPAY_PRIVATE_KEY', 'DATABASE_URL']],
  ] as const) {
    expect([...(used.get(unit) ?? [])]).toEqual(expect.arrayContaining([...secrets]));
  }
});
