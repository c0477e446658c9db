/** The doctor's offline part: what can be known of a stage without asking anybody. */
import { createPrivateKey, createPublicKey, sign, verify, X509Certificate } from 'node:crypto';
import { certificatePemOf, privateKeyPemOf } from '../../shared/adapters/process/pem.ts';
import {
  readVariable,
  type VariableName,
  variableProblems,
} from '../../shared/adapters/process/variables.ts';
import { templateProblems } from '../../shared/domain/inbox/messageKinds.ts';
import { type Finding, noted, same, stopping } from '../../shared/ports/finding.ts';
import { DAY_MS } from '../../shared/schemas/base.ts';
import { assemble, type Parts } from './assemble.ts';
import { SECRET_NAMES, type Stage } from './stageFile.ts';

const TRIGGERS_MAX = 10;
const CERTIFICATE_DAYS_MIN = 30;
/** Names of this machine, which a function cannot reach. */
const LOOPBACK = /\/\/(?:[^/@]*@)?(localhost|127\.0\.0\.1|\[::1\])(?=[:/]|$)/;

const fileOf = ({ name }: Stage) => same(`stages/${name}.yml`);
const secretsOf = ({ name }: Stage) => ({
  en: `the environment, or .env.${name}`,
  zh: `环境变量，或 .env.${name} 文件`,
});
const placeOf = (stage: Stage, name: VariableName) => {
  const place = SECRET_NAMES.includes(name) ? secretsOf(stage) : fileOf(stage);
  return (where: string) => ({ en: `${where}, then ${place.en}`, zh: `${where}，然后写进${place.zh}` });
};

/** Each variable by itself, and those that have to fit together. */
function variablesWrong({ stage, variables }: Parts): readonly Finding[] {
  const found = variableProblems(variables).map(({ name, problem, where }) =>
    stopping(
      { en: `${name} ${problem}.`, zh: `变量 ${name} 有问题：${inChinese(problem)}。` },
      placeOf(stage, name)(where),
    ),
  );
  if (variables.CONFIG_KEY !== undefined) return found;
  const made = 'openssl rand -base64 32';
  const missing = { en: 'CONFIG_KEY is not set.', zh: '变量 CONFIG_KEY 没有设置。' };
  return [...found, stopping(missing, placeOf(stage, 'CONFIG_KEY')(made))];
}

/** A problem's beginning in Chinese; what exactly is wrong stays in the words of who reads the value. */
function inChinese(problem: string): string {
  return problem
    .replace(/^is not set, and (.+)$/, '没有设置，而需要它：$1')
    .replace(/^is not set$/, '没有设置')
    .replace(/^is wrong: /, '值不正确：');
}

/** Keys that are read, and still do not work. */
function keysWrong({ stage, variables }: Parts): readonly Finding[] {
  const found: Finding[] = [];
  const { WXPAY_PRIVATE_KEY: text, CONFIG_KEY, SECRETS_KEY } = variables;
  const message = Buffer.from('zhike');
  const signs = (pem: string) => {
    const key = createPrivateKey(pem);
    return verify('sha256', message, createPublicKey(key), sign('sha256', message, key));
  };
  try {
    if (text !== undefined && !signs(privateKeyPemOf(text)))
      found.push(
        stopping(
          {
            en: 'WXPAY_PRIVATE_KEY is damaged: what it signs cannot be verified.',
            zh: '商户私钥 WXPAY_PRIVATE_KEY 已损坏：它的签名无法验证。',
          },
          placeOf(
            stage,
            'WXPAY_PRIVATE_KEY',
          )('商户平台 pay.weixin.qq.com › 账户中心 › API安全 › 商户API证书'),
        ),
      );
  } catch {
    // A text that is no key is found by its form.
  }
  if (CONFIG_KEY !== undefined && SECRETS_KEY?.split(',').includes(CONFIG_KEY))
    found.push(
      stopping(
        {
          en: 'CONFIG_KEY and SECRETS_KEY are the same. Whoever may look at a function would have both.',
          zh: 'CONFIG_KEY 和 SECRETS_KEY 相同。能看函数配置的人就会拿到两个密钥。',
        },
        placeOf(stage, 'CONFIG_KEY')('openssl rand -base64 32'),
      ),
    );
  return found;
}

/** Addresses of this machine, where the simulators are, and a store that no instance keeps. */
function addressesWrong({ stage, variables }: Parts): readonly Finding[] {
  const local = Object.entries(variables).filter(([, value]) => LOOPBACK.test(value));
  const found = local.map(([name]) =>
    stopping(
      {
        en: `${name} leads to this machine, where only simulators are.`,
        zh: `变量 ${name} 指向本机，本机上只有模拟器。`,
      },
      placeOf(stage, name as VariableName)(name),
    ),
  );
  const { DATABASE_URL: database, WXPAY_NOTIFY_URL: notify } = variables;
  if (database !== undefined && !/^(mysql:\/\/|cloudbase:)/.test(database))
    found.push(
      stopping(
        {
          en: 'DATABASE_URL is no mysql:// address, and no cloudbase: environment. An instance’s disk is lost, and must hold no orders.',
          zh: 'DATABASE_URL 不是 mysql:// 地址，也不是 cloudbase: 环境。函数实例的磁盘会丢失，不能存放订单。',
        },
        placeOf(stage, 'DATABASE_URL')('console.cloud.tencent.com/cynosdb'),
      ),
    );
  const isOurs = notify === undefined || !URL.canParse(notify) || new URL(notify).origin === stage.url;
  if (!isOurs)
    found.push(
      stopping(
        {
          en: `WXPAY_NOTIFY_URL is not on ${stage.url}, where the shop is.`,
          zh: `WXPAY_NOTIFY_URL 不在店铺的域名 ${stage.url} 上。`,
        },
        fileOf(stage),
      ),
    );
  return found;
}

/** Certificates that end soon, or are the merchant's own. */
function certificatesWrong({ stage, variables }: Parts, nowMs: number): readonly Finding[] {
  const { WXPAY_CERTIFICATES: all, WXPAY_MERCHANT_SERIAL: serial } = variables;
  const where = placeOf(
    stage,
    'WXPAY_CERTIFICATES',
  )('商户平台 pay.weixin.qq.com › 账户中心 › API安全 › 平台证书');
  return (all ?? '').split(',').flatMap((text): readonly Finding[] => {
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(certificatePemOf(text));
    } catch {
      return [];
    }
    const found: Finding[] = [];
    const days = Math.floor((Date.parse(certificate.validTo) - nowMs) / DAY_MS);
    const number = certificate.serialNumber;
    if (days < CERTIFICATE_DAYS_MIN)
      found.push(
        stopping(
          {
            en: `WeChat Pay’s certificate ${number} ends in ${days} days.`,
            zh: `微信支付平台证书 ${number} 还有 ${days} 天到期。`,
          },
          where,
        ),
      );
    if (number === serial)
      found.push(
        stopping(
          {
            en: `WXPAY_CERTIFICATES has the merchant’s own certificate ${number} in it.`,
            zh: `WXPAY_CERTIFICATES 里放的是商户自己的证书 ${number}。`,
          },
          where,
        ),
      );
    return found;
  });
}

/** What the platform's limits forbid. */
function limitsWrong(parts: Parts): readonly Finding[] {
  const { stage } = parts;
  const table = same('tools/units.ts');
  const { units } = assemble({ ...parts, filesOf: () => ({}) });
  return units.flatMap(({ name, triggers }) => {
    const found: Finding[] = [];
    for (const type of ['timer', 'cmq'] as const) {
      const count = triggers.filter((trigger) => trigger.type === type).length;
      if (count > TRIGGERS_MAX)
        found.push(
          stopping(
            {
              en: `${name} would have ${count} triggers of the kind ${type}, and may have ${TRIGGERS_MAX}.`,
              zh: `函数 ${name} 会有 ${count} 个 ${type} 触发器，上限是 ${TRIGGERS_MAX}。`,
            },
            type === 'timer'
              ? table
              : { en: `BUS in ${fileOf(stage).en}`, zh: `${fileOf(stage).zh} 中的 BUS` },
          ),
        );
    }
    return found;
  });
}

/** Templates of messages that WeChat would refuse, and answers that nobody would hear. */
function templatesWrong({ stage, variables }: Parts): readonly Finding[] {
  const { SUBSCRIBE_TEMPLATES: text, SUBSCRIBE_ANSWERS: answers, PUSH_TOKEN, PUSH_AES_KEY } = variables;
  if (text === undefined || variableProblems(variables).some(({ name }) => name === 'SUBSCRIBE_TEMPLATES'))
    return [];
  const where = placeOf(
    stage,
    'SUBSCRIBE_TEMPLATES',
  )('公众平台 mp.weixin.qq.com › 功能 › 订阅消息 › 我的模板');
  const found = templateProblems(readVariable('SUBSCRIBE_TEMPLATES', variables)).map((problem) =>
    stopping(
      { en: `SUBSCRIBE_TEMPLATES: ${problem}.`, zh: `订阅消息模板的字段不合微信的限制：${problem}。` },
      where,
    ),
  );
  const isDeaf = answers !== 'phone' && (PUSH_TOKEN === undefined || PUSH_AES_KEY === undefined);
  if (!isDeaf) return found;
  const deaf = {
    en: 'There are SUBSCRIBE_TEMPLATES, and no sealed push tells what people allow: no message would be sent.',
    zh: '设置了订阅消息模板，但没有加密推送告知用户允许了哪些消息：消息不会发出。',
  };
  return [...found, stopping(deaf, placeOf(stage, 'PUSH_AES_KEY')('消息推送，或 SUBSCRIBE_ANSWERS=phone'))];
}

/** Alarms that reach nobody. */
function alarmsForgotten({ stage }: Parts): readonly Finding[] {
  if (stage.notices.length > 0) return [];
  return [
    noted(
      {
        en: 'No notices are set: nobody is told of an alarm, so none is made.',
        zh: '没有设置 notices：不会创建任何告警。',
      },
      {
        en: `日志服务 console.cloud.tencent.com/cls/alarm/notice, then notices in ${fileOf(stage).en}`,
        zh: `日志服务 console.cloud.tencent.com/cls/alarm/notice，然后写进 ${fileOf(stage).zh} 的 notices`,
      },
    ),
  ];
}

/**
 * What CloudBase's quota sells, from what `tests/ports/database/cloudbasePurchase.test.ts` counts. Source of the quota:
 * https://developers.weixin.qq.com/minigame/en/dev/wxcloud/basis/concepts/quota.html.
 */
function quotaOfDocuments({ variables }: Parts): readonly Finding[] {
  if (variables.DATABASE_URL?.startsWith('cloudbase:') !== true) return [];
  return [
    noted(
      {
        en: 'The documents are in CloudBase, whose basic plan allows 50,000 reads and 30,000 writes a day. The timers alone ask 92,000 times a day, and a purchase makes 204 to 211 calls: 109 to 116 reads and 69 writes. A plan with ten times as many is enough for 3,600 purchases a day.',
        zh: '文档存放在云开发数据库，基础版每天限 50,000 次读、30,000 次写。仅定时任务每天就要读 92,000 次，每笔购买要调用 204 到 211 次，其中读 109 到 116 次、写 69 次。额度为其十倍的套餐，每天够 3,600 笔购买。',
      },
      {
        en: 'console.cloud.tencent.com/tcb › the plan and its quota; developers.weixin.qq.com, wxcloud, “Resource Quota”; docs/PRODUCTION.md, “CloudBase”',
        zh: '云开发控制台 console.cloud.tencent.com/tcb › 套餐与配额；developers.weixin.qq.com 云开发“资源配额”；docs/PRODUCTION.md 的 CloudBase 一节',
      },
    ),
  ];
}

/** Everything that can be found without asking anybody. */
export function offlineFindings(parts: Parts, nowMs: number): readonly Finding[] {
  const readable = variablesWrong(parts);
  const more = [
    ...keysWrong(parts),
    ...addressesWrong(parts),
    ...certificatesWrong(parts, nowMs),
    ...templatesWrong(parts),
    ...alarmsForgotten(parts),
    ...quotaOfDocuments(parts),
  ];
  // Nothing can be sealed without a key.
  const hasKey = !readable.some(({ what }) => what.en.startsWith('CONFIG_KEY '));
  return [...readable, ...more, ...(hasKey ? limitsWrong(parts) : [])];
}
