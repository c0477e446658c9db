import { makeId } from '../../client/id.ts';
import { isFit, PICTURE_BYTES_MAX, pictureType } from '../../miniprogram/model/picture.ts';
import { talkRoutes } from '../../miniprogram/model/routes.ts';
import { type Person, type Shop, startShop } from './support/shop.ts';

let shop: Shop;
let made = 0;
let people = 0;

beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

/** Somebody who is logged in, and an open group in which they teach, unless they are to be just a member. */
async function inGroup(as: 'teacher' | 'member' = 'teacher'): Promise<Person & { readonly groupId: string }> {
  people += 1;
  const person = await shop.open(`writer${people}`, { path: talkRoutes.myTopics });
  const { id: userId } = await person.client.getMe();
  made += 1;
  const groupId = makeId('grp', shop.nowMs + made, () => 0.5);
  const teachers = as === 'teacher' ? [userId] : [];
  const texts = { title: '晨读小组', intro: '', coverUrl: null, teachers, assistants: [] };
  const { group } = await shop.staff.createGroup({ id: groupId, kind: 'open', productId: null, ...texts });
  await shop.staff.publishGroup({ id: groupId, expectedVersion: group.version });
  if (as === 'member') await person.client.joinGroup({ id: groupId });
  return Object.assign(person, { groupId });
}

const TITLE = { tag: 'input', name: '标题' };
const BODY = { tag: 'textarea', name: '正文' };

async function fill({ phone }: Person, title: string, body: string): Promise<void> {
  await phone.type(TITLE, title);
  await phone.type(BODY, body);
}

/** Publishes, and agrees to the rules where they are asked for. */
async function publish({ phone }: Person): Promise<void> {
  await phone.tap('发布');
  if (phone.sheet !== null) await phone.choose('同意');
}

const mine = async ({ client }: Person) => (await client.listMyTopics({})).items;

describe('a topic on the phone', () => {
  test('is written with pictures, and changed: its words, and a picture less', async () => {
    const person = await inGroup();
    const { phone } = person;
    await phone.away(1, talkRoutes.write(person.groupId));
    await fill(person, '第一周小结', '读完了第一章');
    await phone.tap('添加图片');
    await phone.tap('添加图片');
    await publish(person);
    const [written] = await mine(person);
    expect(written).toMatchObject({ title: '第一周小结', version: 1 });
    expect(written?.images).toHaveLength(2);
    await phone.away(1, talkRoutes.myTopics);
    expect(phone.text).toContain('第一周小结');
    expect(phone.all({ tag: 'image' })).toHaveLength(2);
    await phone.tap('修改话题 第一周小结');
    expect(phone.one(TITLE).drawn.attributes.value).toBe('第一周小结');
    await phone.type(BODY, '也读完了第二章');
    await phone.tap('移除第 1 张图片');
    await publish(person);
    const [changed] = await mine(person);
    expect(changed).toMatchObject({ body: '也读完了第二章', version: 2 });
    expect(changed?.images.map(({ id }) => id)).toEqual([written?.images[1]?.id]);
    await phone.away(1, talkRoutes.myTopics);
    await phone.tap('删除话题 第一周小结');
    await phone.choose('删除');
    expect(phone.text).toContain('还没有写过话题');
  });

  test('a picture whose upload fails is tried again with the same id, and nothing is published meanwhile', async () => {
    const person = await inGroup();
    const { phone } = person;
    await phone.away(1, talkRoutes.write(person.groupId));
    await fill(person, '一张图', '看图');
    const ids: string[] = [];
    person.before = async ({ url, body }) => {
      if (url.endsWith('/api/uploads')) ids.push(JSON.parse(String(body)).id);
      return null;
    };
    // The file arrives, and the answer is lost.
    person.after = async ({ method }) => {
      if (method === 'PUT') throw new Error('lost');
    };
    await phone.tap('添加图片');
    expect(phone.text).toContain('重试');
    await expect(phone.tap('发布')).rejects.toThrow('cannot be used');
    person.after = async () => undefined;
    await phone.tap('重试第 1 张图片');
    await publish(person);
    expect(new Set(ids).size).toBe(1);
    expect(await mine(person)).toMatchObject([{ images: [{ id: ids[0] }] }]);
  });

  test('how many pictures somebody may add is up to the server, and what was typed stays', async () => {
    const person = await inGroup('member');
    const { phone } = person;
    await phone.away(1, talkRoutes.write(person.groupId));
    await fill(person, '我刚来', '第一次发图');
    await phone.tap('添加图片');
    await publish(person);
    expect(phone.text).toContain('图片数量超过了您目前可发的数量');
    await phone.tap('移除第 1 张图片');
    await publish(person);
    expect(await mine(person)).toMatchObject([{ title: '我刚来', images: [] }]);
  });

  test('where a bound phone number is needed, it is asked for, and what was being written is published', async () => {
    const person = await inGroup();
    const { phone } = person;
    person.before = async ({ method, url }) => {
      if (method !== 'POST' || !url.endsWith('/api/topics')) return null;
      if ((await person.client.getMe()).phoneMasked !== null) return null;
      const error = { code: 'phone.required', message: '请先绑定手机号', params: {} };
      return { status: 403, headers: {}, body: JSON.stringify({ requestId: 'req_0000', error }) };
    };
    await phone.away(1, talkRoutes.write(person.groupId));
    await fill(person, '没有手机号', '写好了');
    await phone.tap('发布');
    expect(phone.text).toContain('先绑定手机号');
    await phone.tap('用微信手机号绑定');
    await phone.choose('拒绝');
    expect(await mine(person)).toEqual([]);
    await phone.tap('用微信手机号绑定');
    await phone.choose('允许');
    if (phone.sheet !== null) await phone.choose('同意');
    expect(await mine(person)).toMatchObject([{ title: '没有手机号' }]);
  });

  test('what cannot be changed any more says so', async () => {
    const person = await inGroup();
    await person.phone.away(1, talkRoutes.rewrite('top_01JD0000000000000000000001'));
    expect(person.phone.text).toContain('话题不存在，或已超过可以修改的时间');
    await person.phone.tap('返回');
    expect(person.phone.route).toBe('pages/home/home');
  });

  test('is liked, and the like is taken back', async () => {
    const person = await inGroup();
    const { phone, client } = person;
    await phone.away(1, talkRoutes.write(person.groupId));
    await fill(person, '喜欢这本书', '推荐');
    await publish(person);
    const [topic] = await shop.until(
      () => mine(person),
      ([first]) => first?.isShown === true,
    );
    const id = topic?.id ?? '';
    await phone.away(1, talkRoutes.topic(id));
    await phone.tap('点赞，0 人点赞');
    expect((await client.getTopic({ id })).topic.isLiked).toBe(true);
    await phone.away(1, talkRoutes.topic(id));
    expect(phone.text).toContain('♥');
    await phone.tap({ role: 'button', has: '♥' });
    expect((await client.getTopic({ id })).topic.isLiked).toBe(false);
  });

  test.each(['myTopics', 'write', 'rewrite'] as const)(
    '%s: without a network, and a try later',
    async (page) => {
      const person = await inGroup();
      const path = {
        myTopics: talkRoutes.myTopics,
        write: talkRoutes.write(person.groupId),
        rewrite: talkRoutes.rewrite('top_01JD0000000000000000000001'),
      }[page];
      await person.phone.set({ network: 'off' });
      await person.phone.away(1, path);
      expect(person.phone.text).toContain('网络不通，请检查网络后重试。');
      await person.phone.set({ network: 'good' });
      await person.phone.tap('重试');
      expect(person.phone.text).not.toContain('网络不通');
    },
  );
});

describe('a picture', () => {
  const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0);
  const webp = new TextEncoder().encode('RIFF....WEBP');

  test('is known by what it begins with', () => {
    const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
    expect([jpeg, png, webp, new TextEncoder().encode('GIF89a')].map(pictureType)).toEqual([
      ...['image/jpeg', 'image/png', 'image/webp', null],
    ]);
  });

  test('fits up to 2 MiB, when it is of a type that is taken', () => {
    const large = (bytes: number) => {
      const file = new Uint8Array(bytes);
      file.set(jpeg);
      return file;
    };
    expect([large(PICTURE_BYTES_MAX), large(PICTURE_BYTES_MAX + 1)].map(isFit)).toEqual([true, false]);
    expect([new Uint8Array(0), new TextEncoder().encode('GIF89a')].map(isFit)).toEqual([false, false]);
  });
});
