import { parseEnv } from 'node:util';
import { VARIABLES } from '../../shared/adapters/process/variables.ts';
import { parseStage, SECRET_NAMES } from '../../tools/deploy/stageFile.ts';
import { askAll, QUESTIONS, secretText, stageText } from '../../tools/deploy/stageQuestions.ts';

const answers: Readonly<Record<string, string>> = {
  region: '',
  url: 'https://api.example.com',
  certificate: 'cert-1',
  role: 'zhike',
  'vpc.id': 'vpc-1',
  'vpc.subnet': 'subnet-1',
  'logs.logset': 'logset-1',
  notices: 'notice-1, notice-2',
  'variables.WECHAT_APPID': 'wx0000000000000001',
  'variables.WXPAY_MERCHANT_ID': '1900000001',
  'variables.WXPAY_MERCHANT_SERIAL': '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
  'variables.MEDIA_HOST': 'media-1250000000.cos.ap-guangzhou.myqcloud.com',
};

/** Answers each question by its key, with wrong answers before the right one. */
async function asked(wrong: Readonly<Record<string, readonly string[]>> = {}) {
  const told: string[] = [];
  let at = 0;
  const tries: Record<string, number> = {};
  const given = await askAll(
    async () => {
      const key = QUESTIONS[at]?.key ?? '';
      const before = wrong[key] ?? [];
      const times = tries[key] ?? 0;
      tries[key] = times + 1;
      if (times < before.length) return before[times] ?? '';
      at += 1;
      return answers[key] ?? '';
    },
    (line) => told.push(line),
  );
  return { given, told };
}

describe('a new stage', () => {
  test('is what was answered, and its file can be read', async () => {
    const { given } = await asked();
    expect(parseStage('test', stageText('test', given))).toMatchObject({
      name: 'test',
      namespace: 'zhike-test',
      region: 'ap-guangzhou',
      url: 'https://api.example.com',
      vpc: { id: 'vpc-1', subnet: 'subnet-1' },
      logs: { logset: 'logset-1', days: 30 },
      notices: ['notice-1', 'notice-2'],
      variables: { WECHAT_APPID: 'wx0000000000000001', WXPAY_MERCHANT_ID: '1900000001' },
    });
  });

  test('asks again until an answer is right, and says what is wrong', async () => {
    const { told, given } = await asked({
      url: ['http://api.example.com', ''],
      'variables.WECHAT_APPID': ['wx1'],
    });
    expect(told.filter((line) => line.startsWith('  ✗')).length).toBe(3);
    expect(given.get('url')).toBe('https://api.example.com');
  });

  test('asks for every variable that has no value by itself and is no secret', () => {
    const names = Object.entries(VARIABLES).filter(([name, { ...declared }]) => {
      const isSecret = SECRET_NAMES.some((secret) => secret === name);
      return !('fallback' in declared) && !isSecret && name !== 'WXPAY_NOTIFY_URL';
    });
    const keys = QUESTIONS.map(({ key }) => key);
    expect(names.map(([name]) => `variables.${name}`).filter((key) => !keys.includes(key))).toEqual([]);
    for (const { where, zh, en } of QUESTIONS)
      expect([where, zh, en].filter((text) => text === '')).toEqual([]);
  });

  test('gets a secret file with new keys, and a line for each secret', () => {
    const secrets = parseEnv(secretText('test'));
    for (const name of SECRET_NAMES) expect(secrets).toHaveProperty(name);
    const { CONFIG_KEY = '', SECRETS_KEY = '' } = secrets;
    expect([CONFIG_KEY, SECRETS_KEY].map((key) => Buffer.from(key, 'base64').length)).toEqual([32, 32]);
    expect(CONFIG_KEY).not.toBe(SECRETS_KEY);
    expect(parseEnv(secretText('test')).CONFIG_KEY).not.toBe(CONFIG_KEY);
    expect(secrets.WECHAT_SECRET).toBe('');
  });
});
