/** The doctor's online part: what only the platforms can say. It reads, and changes nothing. */
import * as z from 'zod';
import type { Send } from '../../shared/adapters/http/request.ts';
import { readVariables, type Values } from '../../shared/adapters/process/variables.ts';
import { WechatPayApi } from '../../shared/adapters/wxpay/api.ts';
import { AppError } from '../../shared/errors.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import { type Finding, noted, same, stopping } from '../../shared/ports/finding.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import { DAY_MS, SECOND_MS } from '../../shared/schemas/base.ts';
import { Reader, readActual, reading } from './actual.ts';
import { type Cloud, CloudError, type Pace } from './cloud.ts';
import type { Desired } from './desired.ts';
import { planOf } from './plan.ts';
import type { Stage } from './stageFile.ts';

/** The world as the doctor asks it. */
export interface Outside {
  readonly cloud: Cloud;
  readonly pace: Pace;
  readonly send: Send;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The address of the platform's API. */
  readonly endpoint: string;
  /** The addresses of a host; empty when it has none. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  /** When the certificate that a host shows ends; null when it shows none. */
  readonly certificateEndsAtMs: (host: string) => Promise<number | null>;
}

const SKEW_MS_MAX = 60 * SECOND_MS;
const CERTIFICATE_DAYS_MIN = 30;
const TIMEOUT_MS = 10 * SECOND_MS;
const MACHINE = { en: 'the clock of this machine', zh: '本机的系统时间' };
const CAM = same(
  '访问管理 console.cloud.tencent.com/cam › 用户 › 关联策略; docs/deploy.md, docs/deploy.zh-CN.md',
);
const WHITELIST = same('公众平台 mp.weixin.qq.com › 管理 › 开发管理 › 开发设置 › IP白名单');

/** The address that asks is not on the list of those that may. */
const NOT_LISTED = 40164;
const TokenAnswer = z.object({ access_token: z.string().optional(), errcode: z.int().optional() });

const reasonOf = (caught: unknown) => (caught instanceof Error ? caught.message : String(caught));

async function clockWrong({ send, clock, endpoint }: Outside): Promise<readonly Finding[]> {
  const asked = { method: 'GET', url: endpoint, headers: {}, body: '', timeoutMs: TIMEOUT_MS } as const;
  try {
    const { headers } = await send(asked);
    const skewMs = Math.abs(Date.parse(headers.date ?? '') - clock.now());
    if (!(skewMs > SKEW_MS_MAX)) return [];
    const seconds = Math.round(skewMs / SECOND_MS);
    return [
      stopping(
        {
          en: `The clock here is ${seconds} seconds away from the platform’s. Signatures would be refused.`,
          zh: `本机时间与平台相差 ${seconds} 秒，签名会被拒绝。`,
        },
        MACHINE,
      ),
    ];
  } catch (caught) {
    return [
      stopping(
        {
          en: `The platform does not answer: ${reasonOf(caught)}.`,
          zh: `连不上腾讯云接口：${reasonOf(caught)}。`,
        },
        same(endpoint),
      ),
    ];
  }
}

/** What the deployer's key may not read. A right to write shows only when it is used. */
async function rightsWrong(outside: Outside, stage: Stage, desired: Desired): Promise<readonly Finding[]> {
  const { cloud } = outside;
  const reads: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['scf:ListNamespaces', () => cloud.ask('scf', 'ListNamespaces', {})],
    ['scf:GetAccount', () => cloud.ask('scf', 'GetAccount', {})],
    ['vpc:DescribeSubnets', () => networkWrong(outside, stage)],
    ['cls:DescribeTopics', () => cloud.ask('cls', 'DescribeTopics', {})],
    ['cls:DescribeAlarms', () => cloud.ask('cls', 'DescribeAlarms', {})],
    ...(desired.topics.length === 0
      ? []
      : [['tdmq:DescribeCmqTopics', () => cloud.ask('tdmq', 'DescribeCmqTopics', {})] as const]),
  ];
  const found: Finding[] = [];
  for (const [name, read] of reads) {
    try {
      await read();
    } catch (caught) {
      const code = caught instanceof CloudError ? caught.code || 'no answer' : reasonOf(caught);
      found.push(
        stopping(
          {
            en: `The deployer’s key may not call ${name}: ${code}.`,
            zh: `部署密钥无法调用 ${name}：${code}。`,
          },
          CAM,
        ),
      );
    }
  }
  return found;
}

/** What stands in the way in the account: foreign things, other types and runtimes, quotas. */
async function accountWrong(outside: Outside, stage: Stage, desired: Desired): Promise<readonly Finding[]> {
  const { cloud, pace } = outside;
  const actual = await readActual(new Reader(cloud, pace, desired), desired);
  const { refusals } = planOf(desired, actual, { canaryPercent: null, isPromotion: false });
  const console = same(`console.cloud.tencent.com/scf/list?ns=${desired.namespace}`);
  const found = refusals.map((refusal) =>
    stopping({ en: `${refusal}.`, zh: `账号里的情况不允许部署：${refusal}。` }, console),
  );
  const { AccountUsage, AccountLimit } = await cloud.ask('scf', 'GetAccount', {});
  const [used = 0, most = 0] = [AccountUsage?.NamespacesCount, AccountLimit?.NamespacesCount];
  if (!actual.hasNamespace && used >= most)
    found.push(
      stopping(
        {
          en: `The region has ${used} namespaces, and may have ${most}.`,
          zh: `本地域已有 ${used} 个命名空间，上限 ${most} 个。`,
        },
        {
          en: `${console.en}, or namespace in stages/${stage.name}.yml`,
          zh: `${console.zh}，或 stages/${stage.name}.yml 的 namespace`,
        },
      ),
    );
  return found;
}

/** The private network of the stage file, as the platform knows it. */
async function networkWrong({ cloud, pace }: Outside, { name, vpc }: Stage): Promise<readonly Finding[]> {
  if (vpc === undefined) return [];
  const asked = await reading(pace, () => cloud.ask('vpc', 'DescribeSubnets', { SubnetIds: [vpc.subnet] }));
  const found = asked?.SubnetSet?.[0];
  if (found?.VpcId === vpc.id) return [];
  const where = same(`console.cloud.tencent.com/vpc/subnet; stages/${name}.yml › vpc`);
  const what =
    found === undefined
      ? { en: `There is no subnet ${vpc.subnet} in the region.`, zh: `本地域没有子网 ${vpc.subnet}。` }
      : {
          en: `${vpc.subnet} is in ${found.VpcId}, not in ${vpc.id}.`,
          zh: `子网 ${vpc.subnet} 属于 ${found.VpcId}，不属于 ${vpc.id}。`,
        };
  return [stopping(what, where)];
}

async function domainWrong(outside: Outside, stage: Stage): Promise<readonly Finding[]> {
  const { hostname, protocol } = new URL(stage.url);
  if ((await outside.resolve(hostname)).length === 0)
    return [
      stopping(
        { en: `${hostname} has no address.`, zh: `域名 ${hostname} 没有解析。` },
        same('DNSPod console.cloud.tencent.com/cns › 解析 › CNAME <appid>.<region>.tencentscf.com'),
      ),
    ];
  if (protocol !== 'https:') return [];
  const endsAtMs = await outside.certificateEndsAtMs(hostname);
  const days = endsAtMs === null ? null : Math.floor((endsAtMs - outside.clock.now()) / DAY_MS);
  // Before the first deployment nothing answers there.
  if (days === null || days >= CERTIFICATE_DAYS_MIN) return [];
  return [
    stopping(
      {
        en: `The certificate of ${hostname} ends in ${days} days.`,
        zh: `域名 ${hostname} 的证书还有 ${days} 天到期。`,
      },
      same('SSL 证书 console.cloud.tencent.com/ssl'),
    ),
  ];
}

/** One access token. It is the same one that every process has, so asking for it disturbs nobody. */
async function wechatWrong({ send }: Outside, values: Values): Promise<readonly Finding[]> {
  const page = same('公众平台 mp.weixin.qq.com › 管理 › 开发管理 › 开发设置 › AppID, AppSecret');
  const body = { grant_type: 'client_credential', appid: values.WECHAT_APPID, secret: values.WECHAT_SECRET };
  let answer: unknown;
  try {
    const { body: bytes } = await send({
      method: 'POST',
      url: `${values.WECHAT_BASE_URL}/cgi-bin/stable_token`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, force_refresh: false }),
      timeoutMs: TIMEOUT_MS,
    });
    answer = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return [
      stopping({ en: 'WeChat does not answer.', zh: '连不上微信接口。' }, same(values.WECHAT_BASE_URL)),
    ];
  }
  const { data } = TokenAnswer.safeParse(answer);
  if (data?.access_token !== undefined) return [];
  const code = data?.errcode ?? 'no code';
  const what = { en: `WeChat gives no access token: ${code}.`, zh: `微信没有发放 access_token：${code}。` };
  // The list is about who asks: this machine may be missing in it while the functions are not.
  return code === NOT_LISTED ? [noted(what, WHITELIST)] : [stopping(what, page)];
}

/** A question about an order that cannot exist: signed by us, and answered with a signature of WeChat Pay. */
async function wechatPayWrong({ send, clock, ids }: Outside, values: Values): Promise<readonly Finding[]> {
  const { WXPAY_PUBLIC_KEY_ID: keyIds, WXPAY_PUBLIC_KEY: pems, WXPAY_MERCHANT_ID: merchantId } = values;
  const page = same('商户平台 pay.weixin.qq.com › 账户中心 › API安全');
  const api = new WechatPayApi({
    ...{ merchantId, send, clock, ids },
    // What it would log is told as a finding.
    log: { write: () => undefined },
    merchantSerial: values.WXPAY_MERCHANT_SERIAL,
    merchantPrivateKeyPem: values.WXPAY_PRIVATE_KEY,
    apiV3Keys: values.WXPAY_API_V3_KEY,
    publicKeys: (keyIds ?? []).map((id, at) => ({ id, pem: pems?.[at] ?? '' })),
    certificatePems: values.WXPAY_CERTIFICATES ?? [],
    baseUrl: values.WXPAY_BASE_URL,
    backupBaseUrl: null,
  });
  try {
    const path = `/v3/pay/transactions/out-trade-no/zhikedoctor?mchid=${merchantId}`;
    const { refusal } = await api.call({
      endpoint: 'query',
      method: 'GET',
      path,
      body: null,
      success: 200,
    });
    if (refusal === null || refusal.verdict === 'absent') return [];
    const { code } = refusal;
    return [
      stopping(
        { en: `WeChat Pay refuses a signed question: ${code}.`, zh: `微信支付拒绝了签名请求：${code}。` },
        page,
      ),
    ];
  } catch (caught) {
    const code = caught instanceof AppError ? caught.refusal?.code : undefined;
    if (code === undefined)
      return [
        stopping(
          { en: 'WeChat Pay does not answer.', zh: '连不上微信支付接口。' },
          same(values.WXPAY_BASE_URL),
        ),
      ];
    // Then WeChat Pay has understood the question, and it is the signature of the answer that does not fit.
    const isTheirs = code === 'ORDER_NOT_EXIST';
    const what = isTheirs
      ? {
          en: 'WeChat Pay’s signature does not fit WXPAY_PUBLIC_KEY or WXPAY_CERTIFICATES.',
          zh: '微信支付的应答签名与 WXPAY_PUBLIC_KEY 或 WXPAY_CERTIFICATES 不符。',
        }
      : { en: `WeChat Pay refuses a signed question: ${code}.`, zh: `微信支付拒绝了签名请求：${code}。` };
    return [stopping(what, page)];
  }
}

/** Everything that only the platforms can say. The variables are right by themselves, or this is not asked. */
export async function onlineFindings(
  outside: Outside,
  stage: Stage,
  desired: Desired,
  variables: Readonly<Record<string, string>>,
): Promise<readonly Finding[]> {
  const values = readVariables(variables);
  const clock = await clockWrong(outside);
  const rights = await rightsWrong(outside, stage, desired);
  const account = rights.length > 0 ? [] : await accountWrong(outside, stage, desired);
  return [
    ...clock,
    ...rights,
    ...account,
    ...(rights.length > 0 ? [] : await networkWrong(outside, stage)),
    ...(await domainWrong(outside, stage)),
    ...(await wechatWrong(outside, values)),
    ...(await wechatPayWrong(outside, values)),
  ];
}
