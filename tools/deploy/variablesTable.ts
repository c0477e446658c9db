/** The table of the product's variables in the two pages about deploying. A new variable needs a line here. */
import { VARIABLES, type VariableName } from '../../shared/adapters/process/variables.ts';
import { SECRET_NAMES } from './stageFile.ts';

/** The language of a page. */
export type Language = 'en' | 'zh';

/** What each variable is, in Chinese. `VARIABLES` says it in English. */
const IN_CHINESE: Readonly<Record<VariableName, string>> = {
  DATABASE_URL: '数据库地址：mysql://<用户>:<密码>@<主机>:<端口>/<库名>，或 cloudbase:<云开发环境>',
  CLOUDBASE_URL: '云开发环境的内网地址；不设则用公网地址',
  DATABASE_CONNECTIONS: '一个进程最多开多少个 MySQL 连接；部署时由函数表决定',
  CACHE_URL: '多个实例共用的 Redis 缓存：redis://<用户>:<密码>@<主机>:<端口>/<库号>；不设则各用各的内存',
  CONFIG_KEY: '32 字节的 base64：打开函数包里加密的配置',
  STAGE: '这套部署的名字，如 production；部署时自动填写',
  SECRETS_KEY: '32 字节的 base64：加密需要加密存储的数据；丢失后这些数据无法恢复；更换时可有多个，见运维手册',
  WECHAT_APPID: '小程序的 AppID',
  WECHAT_SECRET: '小程序的 AppSecret',
  WECHAT_BASE_URL: '微信接口地址',
  WXPAY_MERCHANT_ID: '收款的商户号',
  WXPAY_MERCHANT_SERIAL: '商户 API 证书的序列号',
  WXPAY_PRIVATE_KEY: '商户私钥 apiclient_key.pem：PEM 原文或其 base64',
  WXPAY_API_V3_KEY: 'APIv3 密钥，32 位字母和数字：解密回调',
  WXPAY_PUBLIC_KEY_ID: '微信支付公钥 ID（公钥模式）；多个用逗号分隔，请求时用第一个',
  WXPAY_PUBLIC_KEY: '对应的公钥 pub_key.pem，按 ID 的顺序，多个用逗号分隔：PEM 原文或 base64',
  WXPAY_CERTIFICATES: '启动时使用的平台证书，多个用逗号分隔；不设则等待第一次下载',
  WXPAY_NOTIFY_URL: '微信支付回调地址，以 /api/pay/notify 结尾；不设则由店铺域名得出',
  WXPAY_BASE_URL: '微信支付接口地址',
  WXPAY_FEE_BASIS_POINTS: '微信支付费率，万分之几',
  WXPAY_SHIPPING_UPLOAD: 'on：小程序开通了订单管理，需要上报发货',
  WXPAY_BACKUP_BASE_URL: '微信支付备用地址',
  XPAY_OFFER_ID: '虚拟支付的 OfferID，全为数字；不设则不使用虚拟支付',
  XPAY_APP_KEY: '虚拟支付对应环境的 AppKey',
  XPAY_ENV: '虚拟支付环境：0 现网，1 沙箱',
  XPAY_LIST_ORIGINS: '虚拟支付订单文件的下载来源，多个用逗号分隔',
  PUSH_TOKEN: '消息推送的 Token，3–32 位字母和数字；不设则不接收推送',
  PUSH_AES_KEY: '消息推送的 EncodingAESKey，43 位；不设则只把推送当作提示',
  MEDIA_HOST: '存放课程媒体的存储桶域名：<bucket>.cos.<region>.myqcloud.com',
  BUS: '新事件如何通知消费者：invoke 异步调用函数（默认），cmq、push 经消息队列，none 等待定时扫描',
  INVOKE_ENDPOINT: 'BUS=invoke 调用函数所用的接口地址',
  CMQ_ENDPOINT: '消息队列地址，BUS=cmq 或 push 时需要',
  CMQ_REGION: '消息队列地域的简称，如 gz',
  BUS_PUSH_KEY: '至少 32 位字母和数字：消息队列 HTTP 推送路径中的密钥',
  METRICS_TOKEN: '16–128 位字母、数字、- 和 _：带着它才能读自有主机的 /metrics；函数不用',
  SELLING: '哪条支付通道卖什么、哪些可以打折：JSON，见 docs/MONEY.md',
  TALK: '评论、话题、小组、文章、投放、试学、分享各自开放到哪一步：JSON，见 docs/LEARNING.md 和 docs/SHARES.md',
  SUBSCRIBE_TEMPLATES: '站外消息所用的订阅消息模板：JSON，见 docs/INBOX.md；不设则消息只进收件箱',
  SUBSCRIBE_ANSWERS: '用户允许哪些消息以谁为准：push 微信的加密推送；phone 手机上报，只用于不接收推送的店',
  PACES: '对各平台每秒最多调用几次：JSON，见 docs/RELIABILITY.md',
  STAFF_DAILY_VALUE: '一名员工一天内无需复核可发放的价值：JSON，见 docs/SECURITY.md',
  CORS_ORIGINS: '允许哪些网页来源的浏览器调用，多个用逗号分隔',
  TRUSTED_PROXIES: '前面有几层代理会写 X-Forwarded-For',
  PATH_PREFIX: '平台从请求路径中去掉的前缀（只用于云开发 HTTP 访问服务）',
};

/** The English parts of where values come from. */
const PLACES_IN_CHINESE: readonly (readonly [string, string])[] = [
  ['chosen by who deploys, or ', '自定，或 '],
  ['chosen by who deploys', '自定'],
  ['made once for each stage and kept: ', '每个阶段生成一次并保存：'],
  ['made once and kept: ', '生成一次并保存：'],
  [', made there with the certificate tool', '，用证书工具生成'],
  ['(现网 for live money, 沙箱 for the sandbox)', '（现网或沙箱）'],
  ['the domain that leads to the unit of payments', '店铺域名'],
  ['the address in an answer of query_download_order', 'query_download_order 应答中的地址'],
  ['; the one of the region is nearer', '；所在地域的更近'],
];

const WORDS = {
  en: { head: '| variable | | what it is | where to get it |', needed: 'needed', secret: 'secret' },
  zh: { head: '| 变量 | | 是什么 | 去哪里拿 |', needed: '必填', secret: '密钥' },
} as const;

const inCell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

function placeIn(language: Language, where: string): string {
  if (language === 'en') return where;
  return PLACES_IN_CHINESE.reduce((text, [en, zh]) => text.replace(en, zh), where);
}

/** Whether a value has to be given: there is none by itself, and a deployment does not make one of the rest. */
function isNeeded(name: VariableName): boolean {
  return name === 'CONFIG_KEY' || (!('fallback' in VARIABLES[name]) && name !== 'WXPAY_NOTIFY_URL');
}

/** Every variable, in the order in which they are declared. */
export function variablesTable(language: Language): string {
  const { head, needed, secret } = WORDS[language];
  const rows = (Object.keys(VARIABLES) as VariableName[]).map((name) => {
    const { about, where } = VARIABLES[name];
    const marks = [isNeeded(name) ? needed : '', SECRET_NAMES.includes(name) ? secret : ''];
    const words = language === 'en' ? about : IN_CHINESE[name];
    const cells = [
      `\`${name}\``,
      marks.filter((mark) => mark !== '').join(', '),
      words,
      placeIn(language, where),
    ];
    return `| ${cells.map(inCell).join(' | ')} |`;
  });
  return [head, '| --- | --- | --- | --- |', ...rows].join('\n');
}

const BETWEEN = /(<!-- variables -->\n)[\s\S]*?(<!-- \/variables -->)/;

/** A page with its table up to date. @throws Error when it has no place for one */
export function withVariables(page: string, language: Language): string {
  if (!BETWEEN.test(page)) throw new Error('the page has no <!-- variables --> … <!-- /variables -->');
  return page.replace(
    BETWEEN,
    (_, before: string, after: string) => `${before}\n${variablesTable(language)}\n\n${after}`,
  );
}
