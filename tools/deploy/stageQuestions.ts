/** What a new stage is asked for, and the files that the answers become. */
import { randomBytes } from 'node:crypto';
import { stringify } from 'yaml';
import { VARIABLES, type VariableName } from '../../shared/adapters/process/variables.ts';
import { parseStage, SECRET_NAMES } from './stageFile.ts';

/** One question. `wrong` says what is wrong with an answer, or null. An empty answer to an optional one is none. */
export interface Question {
  readonly key: string;
  readonly en: string;
  readonly zh: string;
  readonly where: string;
  readonly isOptional: boolean;
  readonly fallback?: string;
  readonly wrong: (answer: string) => string | null;
}

const shaped = (shape: RegExp, what: string) => (answer: string) => (shape.test(answer) ? null : what);
const given = shaped(/\S/, 'there is nothing / 不能为空');

/** The settings of the stage itself. */
const OWN: readonly Question[] = [
  {
    key: 'region',
    zh: '地域',
    en: 'the region',
    where: '云函数控制台 console.cloud.tencent.com/scf › 左上角地域, such as ap-guangzhou',
    isOptional: false,
    fallback: 'ap-guangzhou',
    wrong: shaped(/^[a-z]{2,4}-[a-z0-9-]+$/, 'no region / 不是地域名'),
  },
  {
    key: 'url',
    zh: '店铺的公网地址（已备案的域名）',
    en: 'the shop’s public address, a domain with an ICP filing',
    where: 'https://<domain>, without a path',
    isOptional: false,
    wrong: shaped(/^https:\/\/[a-z0-9.-]+$/, 'https://<domain>'),
  },
  {
    key: 'certificate',
    zh: '该域名的证书 ID',
    en: 'the id of the domain’s certificate',
    where: 'SSL 证书 console.cloud.tencent.com/ssl › 我的证书 › ID',
    isOptional: false,
    wrong: given,
  },
  {
    key: 'role',
    zh: '函数运行角色名',
    en: 'the name of the role that the functions run as',
    where: '访问管理 console.cloud.tencent.com/cam/role; docs/deploy.md 4',
    isOptional: false,
    wrong: given,
  },
  {
    key: 'vpc.id',
    zh: '私有网络 ID（数据库所在）',
    en: 'the id of the private network, where the database is',
    where: '私有网络 console.cloud.tencent.com/vpc/vpc',
    isOptional: false,
    wrong: shaped(/^vpc-/, 'vpc-…'),
  },
  {
    key: 'vpc.subnet',
    zh: '子网 ID',
    en: 'the id of the subnet',
    where: '私有网络 console.cloud.tencent.com/vpc/subnet',
    isOptional: false,
    wrong: shaped(/^subnet-/, 'subnet-…'),
  },
  {
    key: 'logs.logset',
    zh: '日志集 ID',
    en: 'the id of the logset',
    where: '日志服务 console.cloud.tencent.com/cls/logset',
    isOptional: false,
    wrong: given,
  },
  {
    key: 'notices',
    zh: '告警通知渠道组 ID（多个用逗号分隔，可留空）',
    en: 'ids of notification groups for alarms, with commas between; may be empty',
    where: '日志服务 console.cloud.tencent.com/cls/alarm/notice',
    isOptional: true,
    wrong: given,
  },
];

function readable(name: VariableName): Question['wrong'] {
  return (answer) => {
    try {
      VARIABLES[name].read(answer);
      return null;
    } catch (caught) {
      return caught instanceof Error ? caught.message : String(caught);
    }
  };
}

const requiredOf = (name: VariableName) => !('fallback' in VARIABLES[name]);

/** The variables that have no value by themselves, are no secrets, and do not follow from anything else. */
const ASKED = (Object.keys(VARIABLES) as VariableName[]).filter(
  (name) => requiredOf(name) && !SECRET_NAMES.includes(name) && name !== 'WXPAY_NOTIFY_URL',
);

/** Every question, in order. */
export const QUESTIONS: readonly Question[] = [
  ...OWN,
  ...ASKED.map((name) => ({
    key: `variables.${name}`,
    zh: name,
    en: VARIABLES[name].about,
    where: VARIABLES[name].where,
    isOptional: false,
    wrong: readable(name),
  })),
];

/** The stage file that the answers make. @throws Error when they do not fit together */
export function stageText(name: string, answers: ReadonlyMap<string, string>): string {
  const file: Record<string, unknown> = {};
  for (const [key, answer] of answers) {
    const [head = '', ...rest] = key.split('.');
    const value = key === 'notices' ? answer.split(',').map((id) => id.trim()) : answer;
    if (rest.length === 0) file[head] = value;
    else file[head] = { ...(file[head] as object | undefined), [rest.join('.')]: value };
  }
  const text = `# The stage ${name}. No secrets belong here: they are in the environment, or in .env.${name}.
# 阶段 ${name} 的配置。这里不能放密钥：密钥放在环境变量或 .env.${name} 里。
${stringify(file)}`;
  parseStage(name, text);
  return text;
}

/** The beginning of a secret file: keys that are made, and a line for each that has to be fetched. */
export function secretText(name: string): string {
  const made: readonly VariableName[] = ['CONFIG_KEY', 'SECRETS_KEY'];
  const lines = SECRET_NAMES.flatMap((one) => {
    const value = made.includes(one) ? randomBytes(32).toString('base64') : '';
    const { about, where } = VARIABLES[one];
    return [
      `# ${about}${requiredOf(one) || made.includes(one) ? '' : ' (optional / 可选)'}`,
      `# ${where}`,
      `${one}=${value}`,
      '',
    ];
  });
  return `# The secrets of the stage ${name}. Keep it out of the repository, and keep a copy in a safe place.
# 阶段 ${name} 的密钥。不要放进代码仓库，并另外安全备份一份。

# Who deploys: 访问管理 console.cloud.tencent.com/cam/capi › API密钥管理
TENCENTCLOUD_SECRET_ID=
TENCENTCLOUD_SECRET_KEY=

${lines.join('\n')}`;
}

/** Asks everything, each until it is right. */
export async function askAll(
  ask: (question: string) => Promise<string>,
  tell: (line: string) => void,
): Promise<ReadonlyMap<string, string>> {
  const answers = new Map<string, string>();
  for (const { key, zh, en, where, isOptional, fallback, wrong } of QUESTIONS) {
    for (;;) {
      tell(`\n${zh} / ${en}\n  ${where}`);
      const answer =
        (await ask(fallback === undefined ? '> ' : `[${fallback}] > `)).trim() || (fallback ?? '');
      if (answer === '' && isOptional) break;
      const problem = answer === '' ? 'there is nothing / 不能为空' : wrong(answer);
      if (problem === null) {
        answers.set(key, answer);
        break;
      }
      tell(`  ✗ ${problem}`);
    }
  }
  return answers;
}
