/**
 * Finds ways out of the shop in what people write: phone numbers, names at other services, links. Staff look at them.
 */
import type { Written } from '../../schemas/review/review.ts';
import type { Trust } from '../../schemas/review/writer.ts';

/** Digits as people spell them to pass a filter. Full-width, circled and raised ones are digits after NFKC. */
const DIGITS: Readonly<Record<string, string>> = {
  ...{
    〇: '0',
    零: '0',
    洞: '0',
    一: '1',
    壹: '1',
    幺: '1',
    妖: '1',
    二: '2',
    贰: '2',
    两: '2',
    三: '3',
    叁: '3',
  },
  ...{
    四: '4',
    肆: '4',
    五: '5',
    伍: '5',
    六: '6',
    陆: '6',
    七: '7',
    柒: '7',
    拐: '7',
    八: '8',
    捌: '8',
    九: '9',
  },
  ...{ 玖: '9', 勾: '9' },
};
const SPELLED = new RegExp(`[${Object.keys(DIGITS).join('')}]`, 'gu');
/** A keycap emoji is a digit and these two. */
const KEYCAP = /[\ufe0f\u20e3]/gu;
/** What people put between the characters of a number or a word. */
const BETWEEN = '[\\s\\-‐-―_.·•・*~,，。、|/\\\\()\\[\\]{}+=^`"\'\\p{So}]{0,3}';

const joined = (letters: string) => [...letters].join(BETWEEN);
const digits = (min: number, max: number) => `(?:${BETWEEN}\\d){${min},${max}}`;

const PHONES = [
  /** A mobile number of mainland China. */
  new RegExp(`(?<!\\d)(?:(?:00)?86${BETWEEN})?1${BETWEEN}[3-9]${digits(9, 9)}(?!${BETWEEN}\\d)`, 'u'),
  /** A service number. */
  new RegExp(`(?<!\\d)[48]00${digits(7, 7)}(?!\\d)`, 'u'),
  /** A landline with its area. */
  /(?<!\d)0[1-9]\d{1,2}[\s\-)]{0,2}[2-9]\d{6,7}(?!\d)/u,
  /** A number with its country. */
  new RegExp(`\\+\\d{1,3}${digits(7, 12)}`, 'u'),
];

/** The names of other services, as they are written and as they are disguised. */
const LATIN = [
  ...['wx', 'vx', 'weixin', 'wechat', 'qq', 'telegram', 'whatsapp'].map(joined),
  `v${BETWEEN}信`,
];
const SERVICE =
  `(?:[微薇威徽维唯葳崴]${BETWEEN}[信心芯✉]|(?<![a-z])(?:${LATIN.join('|')})(?![a-z])` +
  '|扣扣|企鹅号|纸飞机|抖音号|小红书号|钉钉号|快手号)(?:群|号码|号|账号|id)?';

const NAMES = [
  /** Anything behind a colon, or what does its work. */
  new RegExp(`${SERVICE}\\s{0,3}(?:[:=是为➡→]|(?<=号|id))\\s{0,3}[a-z0-9][a-z0-9_\\-]{4,19}`, 'u'),
  /** Letters with a digit among them. */
  new RegExp(`${SERVICE}\\s{0,3}(?=[a-z_\\-]{0,19}\\d)[a-z0-9][a-z0-9_\\-]{4,19}(?![a-z0-9])`, 'u'),
  /** A number. */
  new RegExp(`${SERVICE}${BETWEEN}[1-9]${digits(4, 11)}`, 'u'),
];

/** What a course may be about. */
const SUBJECT = '支付|小程序|登录|登陆|公众|开放|读书|开发|接口|生态|功能';
/** Somebody asks to be added or found there. */
const ADD_ME = new RegExp(
  `(?:加|➕|扫|搜|\\+)(?:我|个|下|一下|老师|客服|楼主|本人|你)?的?\\s{0,3}(?:${SERVICE}|[v薇])(?!${SUBJECT}|[a-z])`,
  'u',
);

/** The labels of a host. Parts are bounded, so that a text of five thousand characters is judged in a millisecond. */
const LABELS = '[a-z0-9-]{1,63}(?:\\.[a-z0-9-]{1,63}){0,6}';
const MAIL = new RegExp(
  `(?<![a-z0-9._%+-])[a-z0-9._%+-]{1,64}\\s?(?:@|\\(at\\)|\\[at\\])\\s?${LABELS}\\.[a-z]{2,9}`,
  'gu',
);

/** Ends of host names that are no ends of the names of files: `main.py` is no link. */
const ENDS =
  'com|cn|net|org|edu|gov|top|xyz|vip|club|shop|site|online|store|info|biz|ltd|wang|fun|link|live|tech|website|icu|hk|tw|jp|uk|ru|us|eu';
// Chinese stands in texts and not in expressions, because a bundle is ASCII and only texts are escaped in it.
const CHINESE_ENDS = '中国|公司|网络';
const MINI_PROGRAM = '#小程序:';
const LINKS = [
  /[a-z][a-z0-9+.-]{1,20}:\/\/\S{1,500}/gu,
  /www\.[a-z0-9\u4e00-\u9fff-]{1,63}\.[a-z\u4e00-\u9fff]/gu,
  new RegExp(`(?<![a-z0-9-])${LABELS}\\.(?:${ENDS})(?![a-z0-9-])`, 'gu'),
  new RegExp(`[a-z0-9\\u4e00-\\u9fff-]{1,30}\\.(?:${CHINESE_ENDS})`, 'gu'),
  /** A short host with a path, and an address. */
  /(?<![a-z0-9.])[a-z0-9-]{1,20}\.[a-z]{2,6}\/[a-z0-9]/gu,
  /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}[:/]/gu,
  new RegExp(`${MINI_PROGRAM}`, 'gu'),
];
/** Dots as people write them in a host to pass a filter. */
const DOTS = '[。．｡点]|\\(dot\\)|\\[dot\\]|\\[\\.\\]|\\sdot\\s|\\(\\.\\)';
const DOT = new RegExp(
  `(?<=[a-z0-9])\\s?(?:${DOTS})\\s?(?=(?:com|cn|net|org|top|xyz|vip|cc)(?![a-z]))`,
  'gu',
);

/** The text in small letters, with one form of each character and nothing invisible. */
function plain(text: string): string {
  return text.normalize('NFKC').replace(KEYCAP, '').toLowerCase();
}

/** The host of a link or an origin. */
function hostOf(link: string): string {
  const at = link.indexOf('://');
  return (at === -1 ? link : link.slice(at + 3)).split(/[/?#:]/)[0] ?? '';
}

/**
 * Why staff should look at this before others see it: `contact` for a way to reach somebody elsewhere, `link` for a
 * link out of the shop. A link into it, to one of `origins`, is a doubt only with who is new. It may be wrong either
 * way, so it refuses nothing.
 */
export function doubtsOf(
  { title, body }: Pick<Written, 'title' | 'body'>,
  { trust, origins }: { readonly trust: Trust; readonly origins: readonly string[] },
): ('contact' | 'link')[] {
  const text = plain(`${title ?? ''}\n${body}`);
  const withDigits = text.replace(SPELLED, (spelled) => DIGITS[spelled] ?? spelled);
  const isContact =
    text.search(MAIL) !== -1 ||
    ADD_ME.test(text) ||
    [text, withDigits].some((each) => [...PHONES, ...NAMES].some((way) => way.test(each)));
  const ours = new Set(origins.map(hostOf));
  const hosts = text.replace(MAIL, '').replace(DOT, '.');
  const links = LINKS.flatMap((way) => hosts.match(way) ?? []);
  const isLink = links.some((link) => trust === 0 || !ours.has(hostOf(link)));
  return [...(isContact ? ['contact' as const] : []), ...(isLink ? ['link' as const] : [])];
}
