/**
 * Somebody who talks: they write, edit, delete, flag, like, appeal, claim and try, and read what others write. What
 * they read must have passed the check, or staff must have let it pass.
 */
import * as z from 'zod';
import type { Ids } from '../../shared/ports/ids.ts';
import { MINUTE_MS, SECOND_MS } from '../../shared/schemas/base.ts';
import { type Answer, Person, type Surrounded } from './person.ts';
import { DROP, GROUP_ID, RULES, THREADS, TRIED } from './talkShop.ts';

/** What everybody who talks, and the judge, know of the texts and files of a run. */
export interface Talk {
  /** Texts that staff are about to let pass, or keep. */
  readonly approved: Set<string>;
  /** What is in each uploaded file, by the number in its key. */
  readonly files: Map<string, string>;
  /** Whether the platform found nothing in a text, or a file was fetched and nothing found. */
  readonly isPassed: (content: string) => boolean;
  /** What somebody read, or was told, against the rules. */
  readonly wrong: string[];
}

/** The surroundings of a talker. */
export interface Talking extends Surrounded {
  readonly talk: Talk;
  readonly ids: Ids;
  /** Names somebody a teacher of the group. */
  readonly teach: (userId: string) => Promise<void>;
  /** The code of WeChat's button for phone numbers. */
  readonly phoneCode: () => string;
  /** Somebody allows one more message about replies. */
  readonly allow: (name: string) => void;
}

const Seen = z.looseObject({
  id: z.string(),
  isMine: z.boolean(),
  body: z.string().nullable(),
  images: z.array(z.object({ url: z.string() })).default([]),
  firstReplies: z
    .array(z.object({ id: z.string(), isMine: z.boolean(), body: z.string().nullable() }))
    .default([]),
});
type Seen = z.infer<typeof Seen>;
const Page = z.object({ items: z.array(Seen) });

/** The number of an uploaded file, from the address at which it is shown. */
export const fileIn = (url: string): string => /upl_[0-9A-Z]{26}/.exec(url)?.[0] ?? url;

/** What the platform, or our own rule, has to find in a text before anybody else reads it. */
const WORDS = [
  '讲得很清楚',
  '讲得很清楚',
  '讲得很清楚',
  '这里存疑',
  '这里违规',
  '加我微信 abcd1234',
] as const;
const FILES = ['一张照片', '一张照片', '照片存疑', '照片违规'] as const;
/** What only staff may let pass. */
export const isDoubtful = (content: string) => /存疑|微信/.test(content);
/** What nobody lets pass. */
export const isRisky = (content: string) => content.includes('违规');

/** Somebody who talks. `live` is the whole visit. */
export class Talker extends Person {
  readonly #given: Talking;
  readonly #isTeacher: boolean;
  readonly #comments: string[] = [];
  readonly #topics: string[] = [];
  /** Comments and topics of others that were seen, with their kind. */
  readonly #seen = new Set<string>();
  #texts = 0;

  constructor(name: string, given: Talking, isTeacher: boolean) {
    super(name, given);
    this.#given = given;
    this.#isTeacher = isTeacher;
  }

  async live(): Promise<void> {
    await this.wait(0, 5 * MINUTE_MS);
    if (!(await this.login())) return;
    const { kernel, teach } = this.#given;
    if (this.#isTeacher) await teach(this.userId);
    const place = { page: 'talk/rules', appVersion: '1.0.0' };
    await this.insist('POST', '/api/me/consents/community', { version: RULES, ...place });
    await this.insist('POST', `/api/groups/${GROUP_ID}/join`, {});
    for (let left = kernel.between(6, 9); left > 0; left -= 1) {
      const wish = kernel.pick([
        () => this.#comment(),
        () => this.#comment(),
        () => this.#topic(),
        () => this.#topic(),
        () => this.#edit(),
        () => this.#remove(),
        () => this.#flag(),
        () => this.#like(),
        () => this.#like(),
        () => this.#appeal(),
        () => this.#claim(),
        () => this.#try(),
      ]);
      await wish();
      await this.#read();
      await this.wait(0, 3 * MINUTE_MS);
    }
  }

  /** Reads everything that others show. */
  async read(): Promise<void> {
    if (this.token !== null) await this.#read();
  }

  #text(): string {
    this.#texts += 1;
    return `${this.#given.kernel.pick(WORDS)} ${this.name} ${this.#texts}`;
  }

  /** A call, sometimes twice at the same time, as by a double click. */
  async #click(...asked: Parameters<Person['call']>): Promise<Answer | null> {
    const both = this.#given.kernel.chance(0.3);
    const [first] = await Promise.all([this.insist(...asked), ...(both ? [this.insist(...asked)] : [])]);
    return first;
  }

  async #comment(): Promise<void> {
    const { kernel, ids, promises } = this.#given;
    const topics = [...this.#seen, ...this.#topics].filter((id) => id.startsWith('top_'));
    const threadId = kernel.pick([...THREADS, ...topics.map((id) => `topic:${id}`)]);
    const parents = [...this.#seen].filter((id) => id.startsWith('cmt_'));
    const isReply = parents.length > 0 && kernel.chance(0.4);
    const parentId = isReply ? kernel.pick(parents) : null;
    const id = ids.make('cmt');
    const said = { id, threadId, parentId, body: this.#text(), stars: null };
    const answer = await this.#click('POST', '/api/comments', said);
    if (answer?.status !== 200) return;
    this.#comments.push(id);
    promises.wrote(this.userId, 'comments', id);
  }

  async #topic(): Promise<void> {
    const { ids, promises } = this.#given;
    const id = ids.make('top');
    const images = this.#isTeacher ? await this.#pictures() : [];
    const said = { id, groupId: GROUP_ID, kind: 'talk', title: '今天读到这里', body: this.#text(), images };
    const answer = await this.#click('POST', '/api/topics', said);
    if (answer?.status !== 200) return;
    this.#topics.push(id);
    promises.wrote(this.userId, 'topics', id);
  }

  /** Uploads up to two pictures. */
  async #pictures(): Promise<string[]> {
    const { kernel, ids, talk } = this.#given;
    const images: string[] = [];
    for (let left = kernel.between(0, 2); left > 0; left -= 1) {
      const id = ids.make('upl');
      const content = `${kernel.pick(FILES)} ${id}`;
      const bytes = pictureOf(content).length;
      const answer = await this.insist('POST', '/api/uploads', { id, contentType: 'image/png', bytes });
      if (answer?.status !== 200) continue;
      // One in five never arrives at the storage.
      if (kernel.chance(0.8)) talk.files.set(id, content);
      images.push(id);
    }
    return images;
  }

  async #edit(): Promise<void> {
    const { kernel } = this.#given;
    const topicId = this.#topics.at(-1);
    const commentId = this.#comments.at(-1);
    if (topicId !== undefined && kernel.chance(0.5)) {
      const words = { title: '改过的', body: this.#text(), images: [] };
      await this.#click('PATCH', `/api/topics/${topicId}`, words);
    } else if (commentId !== undefined) {
      await this.#click('PATCH', `/api/comments/${commentId}`, { body: this.#text(), stars: null });
    }
  }

  async #remove(): Promise<void> {
    const { kernel } = this.#given;
    if (!kernel.chance(0.4)) return;
    const [kind, own] = kernel.chance(0.5) ? ['comments', this.#comments] : ['topics', this.#topics];
    const id = own.pop();
    if (id !== undefined) await this.#click('DELETE', `/api/${kind}/${id}`);
  }

  async #flag(): Promise<void> {
    const id = this.#someOthers();
    if (id === null) return;
    const target = `${id.startsWith('cmt_') ? 'comment' : 'topic'}:${id}`;
    await this.#click('POST', '/api/flags', { target, reason: 'abusive' });
  }

  async #like(): Promise<void> {
    const { kernel, promises } = this.#given;
    const target = this.#someOthers();
    if (target === null) return;
    const isOn = kernel.chance(0.7);
    const answer = await this.#click(
      isOn ? 'PUT' : 'DELETE',
      `/api/marks/like/${target}`,
      isOn ? {} : undefined,
    );
    promises.liked(this.userId, target, answer?.status === 200 ? isOn : null);
  }

  async #appeal(): Promise<void> {
    const { kernel } = this.#given;
    const own = [...this.#comments.map((id) => `comment:${id}`), ...this.#topics.map((id) => `topic:${id}`)];
    if (own.length > 0)
      await this.#click('POST', '/api/appeals', { target: kernel.pick(own), words: '请再看看' });
  }

  async #claim(): Promise<void> {
    const answer = await this.#click('POST', `/api/drops/${DROP.id}/claim`, { proof: null });
    if (answer?.status === 200) this.#given.promises.dropClaimed(this.userId);
  }

  async #try(): Promise<void> {
    await this.insist('POST', '/api/me/phone/bind', { code: this.#given.phoneCode() });
    const answer = await this.#click('POST', `/api/products/${TRIED}/trial`, {});
    if (answer?.status === 200) this.#given.promises.tried(this.userId, TRIED);
  }

  async #read(): Promise<void> {
    const { kernel, allow } = this.#given;
    if (kernel.chance(0.5)) for (let times = 3; times > 0; times -= 1) allow(this.name);
    const topics = [...this.#seen, ...this.#topics].filter((id) => id.startsWith('top_')).slice(0, 3);
    const paths = [
      ...[...THREADS, ...topics.map((id) => `topic:${id}`)].map((id) => `/api/comments?threadId=${id}`),
      `/api/groups/${GROUP_ID}/topics`,
    ];
    for (const path of paths) {
      const answer = await this.call('GET', path);
      if (answer?.status !== 200) continue;
      for (const item of Page.parse(answer.data).items) {
        this.#see(item);
        for (const reply of item.firstReplies) this.#see({ ...item, ...reply, images: [], firstReplies: [] });
      }
    }
    await kernel.step(this.process, 'reads', SECOND_MS);
  }

  #see({ id, isMine, body, images }: Seen): void {
    const { talk } = this.#given;
    if (isMine || body === null) return;
    this.#seen.add(id);
    const isApproved = talk.approved.has(body);
    for (const content of [
      body,
      ...images.map(({ url }) => talk.files.get(fileIn(url)) ?? `no file ${url}`),
    ]) {
      const mayPass = isApproved || (!isDoubtful(content) && talk.isPassed(content));
      if (isRisky(content) || !mayPass) talk.wrong.push(`${this.name} reads ${id}: ${content}`);
    }
  }

  #someOthers(): string | null {
    return this.#seen.size === 0 ? null : this.#given.kernel.pick([...this.#seen]);
  }
}

/** A picture that contains these words. */
export function pictureOf(content: string): Buffer {
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from(content)]);
}
