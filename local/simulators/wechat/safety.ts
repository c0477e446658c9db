/**
 * WeChat's check of texts and media, simulated. Planted words decide: a text, or a file, that contains 违规 is risky, and
 * one that contains 存疑 is for a person to look at. A kind may follow, such as 违规色情, and decides the label. Media is
 * really fetched, from the shop's own server alone, and its verdict is pushed later.
 */
import * as z from 'zod';
import type { Send } from '../../../shared/adapters/http/request.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/schemas/base.ts';
import type { Chances } from '../chances.ts';
import type { Schedule } from '../wxpay/notices.ts';
import type { WeixinFault } from './faults.ts';
import type { MessagePush } from './push.ts';

type Words = Readonly<Record<string, unknown>>;

/** What is wrong with something, and its label. */
export interface Judged {
  readonly suggest: 'pass' | 'review' | 'risky';
  readonly label: number;
}

/** The words that are planted, and what each makes of a text. */
export const PLANTED_WORDS = { risky: '违规', review: '存疑' } as const;
/** The kinds that may follow a planted word, with their labels. Without one it is 20006. */
export const PLANTED_LABELS = {
  广告: 10001,
  时政: 20001,
  色情: 20002,
  辱骂: 20003,
  犯罪: 20006,
  欺诈: 20008,
  低俗: 20012,
  版权: 20013,
  其他: 21000,
} as const;
/** People about whom nothing is ever checked, by the name with which they log in, and the code that says why. */
export const PLANTED_PEOPLE = { nobody: 40003, stranger: 43104, away: 61010 } as const;

const CLEAN: Judged = { suggest: 'pass', label: 100 };
const PER_MINUTE_MAX = { text: 4_000, media: 2_000 } as const;
const TEXT_MAX = 2_500;
const FETCH_TIMEOUT_MS = 10 * SECOND_MS;
const FETCHED_BYTES_MAX = 10 * 1024 * 1024;
const SOONEST_MS = 5 * SECOND_MS;
const LATEST_MS = MINUTE_MS;
const LATE_MS = 3 * HOUR_MS;
const TWICE_AFTER_MS = SECOND_MS;
/** The part of a check that failed because the file could not be downloaded. */
const DOWNLOAD_FAILED = -1008;

const Asked = z.object({ version: z.literal(2), openid: z.string() });
const Scene = z.object({ scene: z.int().min(1).max(4) });
const Text = z.object({
  content: z.string().min(1).max(TEXT_MAX),
  nickname: z.string().default(''),
  title: z.string().default(''),
  signature: z.string().default(''),
});
const Media = z.object({ media_url: z.url({ protocol: /^https?$/ }), media_type: z.literal([1, 2]) });

const refusal = (errcode: number, errmsg: string): Words => ({ errcode, errmsg });

/** What the planted words make of a text: the worst of them counts. */
export function judge(text: string): Judged {
  for (const suggest of ['risky', 'review'] as const) {
    const at = text.indexOf(PLANTED_WORDS[suggest]);
    if (at < 0) continue;
    const kind = text.slice(at + PLANTED_WORDS[suggest].length).slice(0, 2);
    const label = Object.entries(PLANTED_LABELS).find(([name]) => name === kind)?.[1] ?? PLANTED_LABELS.犯罪;
    return { suggest, label };
  }
  return CLEAN;
}

/** What the check needs. */
export interface SafetyOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly schedule: Schedule;
  /** The account whose users are checked, with its faults. */
  readonly weixin: { readonly faults: Chances<WeixinFault>; openidOf(name: string): string };
  /** The mini-program's push, whose address says which server is the shop's. */
  readonly push: MessagePush;
  /** Fetches media. */
  readonly fetch: Send;
  /** How many times faster than in reality media is checked. 1 by default. */
  readonly clockFactor?: number;
}

/** Media that was asked about. */
export interface MediaRecord {
  readonly traceId: string;
  readonly openid: string;
  readonly url: string;
  /** What was found; null as long as it was not fetched. */
  found: Judged | null;
}

/** The check. */
export class SafetyCheck {
  /** Texts that were checked, the newest last. */
  readonly texts: { readonly openid: string; readonly content: string; readonly judged: Judged }[] = [];
  readonly media: MediaRecord[] = [];
  /** The most calls in a minute of the clock. May be changed at any time. */
  readonly perMinuteMax: { text: number; media: number } = { ...PER_MINUTE_MAX };
  readonly #options: SafetyOptions;
  readonly #people: ReadonlyMap<string, number>;
  readonly #counted = { text: { minute: -1, calls: 0 }, media: { minute: -1, calls: 0 } };
  #traces = 0;

  constructor(options: SafetyOptions) {
    this.#options = options;
    const people = Object.entries(PLANTED_PEOPLE);
    this.#people = new Map(people.map(([name, code]) => [options.weixin.openidOf(name), code]));
  }

  /** `POST /wxa/msg_sec_check`. */
  checkText(body: unknown): Words {
    const why = this.#refused('text', body);
    if (why !== null) return why;
    const asked = Text.safeParse(body);
    if (!asked.success) return refusal(47001, 'data format error');
    const { content, nickname, title, signature } = asked.data;
    const judged = judge([content, nickname, title, signature].join('\n'));
    this.texts.push({ openid: Asked.parse(body).openid, content, judged });
    const detail = [partOf(judged), { strategy: 'keyword', errcode: 0 }];
    return { errcode: 0, errmsg: 'ok', detail, trace_id: this.#trace(), result: judged };
  }

  /** `POST /wxa/media_check_async`. */
  checkMedia(body: unknown): Words {
    const why = this.#refused('media', body);
    if (why !== null) return why;
    const asked = Media.safeParse(body);
    if (!asked.success) return refusal(47001, 'data format error');
    const traceId = this.#trace();
    const record = { traceId, openid: Asked.parse(body).openid, url: asked.data.media_url, found: null };
    this.media.push(record);
    this.#judgeLater(record);
    return { errcode: 0, errmsg: 'ok', trace_id: traceId };
  }

  /** Why a call is not answered; null when it is. */
  #refused(kind: 'text' | 'media', body: unknown): Words | null {
    const { clock, weixin } = this.#options;
    const minute = Math.floor(clock.now() / MINUTE_MS);
    const before = this.#counted[kind];
    const calls = (before.minute === minute ? before.calls : 0) + 1;
    this.#counted[kind] = { minute, calls };
    if (calls > this.perMinuteMax[kind] || weixin.faults.happens('quotaReached'))
      return refusal(45009, 'reach max api minute quota limit');
    const asked = Asked.safeParse(body);
    if (!asked.success) return refusal(47001, 'data format error');
    if (!Scene.safeParse(body).success) return refusal(40129, 'invalid scene');
    const { openid } = asked.data;
    const code = /^o[A-Za-z0-9_-]{27}$/.test(openid) ? this.#people.get(openid) : PLANTED_PEOPLE.nobody;
    return code === undefined ? null : refusal(code, 'openid cannot be checked');
  }

  #trace(): string {
    const { clock, random } = this.#options;
    this.#traces += 1;
    const hex = (value: number) => value.toString(16).padStart(8, '0');
    const seconds = Math.floor(clock.now() / SECOND_MS);
    return [seconds, Math.floor(random() * 2 ** 32), this.#traces].map(hex).join('-');
  }

  #later(delayMs: number, job: () => Promise<void>): void {
    const { schedule, clockFactor = 1 } = this.#options;
    schedule(Math.round(delayMs / clockFactor), job);
  }

  #judgeLater(record: MediaRecord): void {
    const { random } = this.#options;
    const { faults } = this.#options.weixin;
    const lateMs = faults.happens('verdictLate') ? random() * LATE_MS : 0;
    this.#later(SOONEST_MS + random() * (LATEST_MS - SOONEST_MS) + lateMs, async () => {
      const isBlind = faults.happens('verdictUnfetched');
      record.found = isBlind ? null : await this.#fetched(record.url);
      if (faults.happens('verdictSilent')) return;
      this.#tell(record, isBlind || record.found !== null);
      if (faults.happens('verdictTwice'))
        this.#later(TWICE_AFTER_MS, async () => this.#tell(record, isBlind || record.found !== null));
    });
  }

  /** Reads the file, and judges it; null when it cannot be fetched, or is elsewhere than at the shop's server. */
  async #fetched(url: string): Promise<Judged | null> {
    const { weixin, fetch, push } = this.#options;
    if (weixin.faults.happens('fetchFailed') || new URL(url).origin !== push.origin) return null;
    const asked = { method: 'GET', url, headers: {}, body: '', timeoutMs: FETCH_TIMEOUT_MS } as const;
    const answer = await fetch({ ...asked, answerBytesMax: FETCHED_BYTES_MAX }).catch(() => null);
    return answer?.status === 200 ? judge(Buffer.from(answer.body).toString('utf8')) : null;
  }

  /** Pushes the verdict. What was not found passes. */
  #tell({ traceId, openid, found }: MediaRecord, isWhole: boolean): void {
    const { weixin, push } = this.#options;
    const judged = found ?? CLEAN;
    const isOther = weixin.faults.happens('verdictOtherShape');
    const shaped = { ...judged, label: isOther ? judged.label : String(judged.label) };
    const part = isWhole ? partOf(shaped) : { ...partOf(shaped), errcode: DOWNLOAD_FAILED };
    const words = {
      ...{ FromUserName: openid, trace_id: traceId, version: 2, result: shaped },
      detail: isOther ? part : [part],
    };
    push.tell({ event: 'wxa_media_check', orderNumber: traceId, words: () => words }, 0);
  }
}

/** What the strategy that found it says. */
function partOf<J extends { readonly suggest: string }>(judged: J): Words {
  return { strategy: 'content_model', errcode: 0, ...judged, prob: 90 };
}
