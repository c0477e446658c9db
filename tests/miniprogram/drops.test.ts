import { makeId } from '../../client/id.ts';
import type { DropAudience, DropView } from '../../client/types.ts';
import { type DropState, dropShown } from '../../miniprogram/model/dropView.ts';
import { talkRoutes } from '../../miniprogram/model/routes.ts';
import { type Opening, type Person, type Shop, startShop } from './support/shop.ts';

/** How the phone is opened by a card in a chat: with its ticket. */
const FROM_CHAT = 1044;

let shop: Shop;
let made = 0;
const idOf = (prefix: 'tpl' | 'grp') => {
  made += 1;
  return makeId(prefix, shop.nowMs + made, () => 0.5);
};

beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

/** An open drop of this many coupons. */
async function dropped(audience: DropAudience, count = 2): Promise<string> {
  const { staff, nowMs } = shop;
  const templateId = idOf('tpl');
  await staff.createCouponTemplate({
    ...{ id: templateId, title: '满 50 减 10', scope: { kind: 'all' }, validity: { kind: 'days', days: 7 } },
    ...{ rule: { kind: 'full_reduction', thresholdFen: 5_000, offFen: 1_000 }, perUserMax: 1 },
    ...{ claimFromAtMs: nowMs, claimUntilAtMs: nowMs + 2 * 86_400_000, stock: 10, audience: 'drop' },
    pointsPrice: null,
  });
  await staff.publishCouponTemplate({ templateId, reason: '晨读福利' });
  const id = `drp_${idOf('tpl').slice(4)}`;
  await staff.createDrop({ id, title: '晨读福利', templateId, count, hours: 1, audience });
  await staff.publishDrop({ id, reason: '晨读福利' });
  return id;
}

let people = 0;
const open = (how: Opening): Promise<Person> => {
  people += 1;
  return shop.open(`dropped${people}`, how);
};

describe('a drop on the phone', () => {
  test('from a card in a chat: who never logged in claims with one tap, and finds the coupon', async () => {
    const id = await dropped({ kind: 'wechat_group', openGid: null });
    const { phone, client } = await open({ path: talkRoutes.drop(id), scene: FROM_CHAT });
    for (const words of ['群友专享', '晨读福利', '剩 2 份，共 2 份', '¥10', '满 ¥50 可用'])
      expect(phone.text).toContain(words);
    await phone.tapTwice('领取');
    expect(phone.text).toContain('已领取');
    const { items } = await client.listMyCoupons({});
    expect(items.filter(({ title }) => title === '满 50 减 10')).toHaveLength(1);
    await phone.tap('去使用');
    expect(phone.route).toBe('buy/coupons/coupons');
  });

  test('not from a chat: it says where to open it, and the card from the page leads there', async () => {
    const id = await dropped({ kind: 'wechat_group', openGid: null });
    const { phone } = await open({ path: talkRoutes.drop(id) });
    await phone.tap('领取');
    expect(phone.text).toContain('请在微信群里点开卡片领取');
    expect(phone.share()).toMatchObject({ path: talkRoutes.drop(id), title: '晨读福利', hasTicket: true });
    await phone.away(1, talkRoutes.drop(id), FROM_CHAT);
    await phone.tap('领取');
    expect(phone.text).toContain('已领取');
  });

  test('a key of the login that has ended: it logs in anew, and claims', async () => {
    const id = await dropped({ kind: 'wechat_group', openGid: null });
    const person = await open({ path: talkRoutes.drop(id), scene: FROM_CHAT });
    const { phone } = person;
    let refusals = 0;
    person.before = async ({ url }) => {
      if (!url.endsWith('/claim') || refusals > 0) return null;
      refusals += 1;
      const error = {
        code: 'drop.not_yours',
        message: '该福利只发给指定的群',
        params: { reason: 'proof_unreadable' },
      };
      return { status: 403, headers: {}, body: JSON.stringify({ requestId: 'req_0000', error }) };
    };
    const before = person.codes;
    await phone.tap('领取');
    expect(phone.text).toContain('已领取');
    expect(person.codes - before).toBe(2);
  });

  test('for another chat, for a group of ours, taken by others, over', async () => {
    const other = await dropped({ kind: 'wechat_group', openGid: 'GtzQYAB-zvZ1aLmNcU3kPq' });
    const { phone } = await open({ path: talkRoutes.drop(other), scene: FROM_CHAT });
    await phone.tap('领取');
    expect(phone.text).toContain('这份福利发给另一个微信群');
    const one = await dropped({ kind: 'link' }, 1);
    await phone.away(1, talkRoutes.drop(one));
    const late = await open({ path: talkRoutes.drop(one) });
    await phone.tap('领取');
    expect(phone.text).toContain('已领取');
    await late.phone.tap('领取');
    expect(late.phone.text).toContain('来晚了，已被领完');
    const ended = await dropped({ kind: 'link' });
    await late.phone.away(1, talkRoutes.drop(ended));
    await shop.staff.endDrop({ id: ended, reason: '发错了' });
    await late.phone.tap('领取');
    expect(late.phone.text).toContain('已经结束');
    await late.phone.tap('去首页看看');
    expect(late.phone.route).toBe('pages/home/home');
  });

  test('without a network, one that is not there, and a try later', async () => {
    const id = await dropped({ kind: 'link' });
    const { phone } = await open({ path: '/own/about/about', network: 'off' });
    await phone.away(1, talkRoutes.drop(id));
    expect(phone.text).toContain('网络不通，请检查网络后重试。');
    await phone.set({ network: 'good' });
    await phone.tap('重试');
    expect(phone.text).toContain('见者有份');
    await phone.set({ network: 'lost' });
    await phone.tap('领取');
    await phone.pass(15_000);
    expect(phone.text).toContain('网络不通');
    await phone.set({ network: 'good' });
    await phone.tap('重试');
    expect(phone.text).toContain('已领取');
    await phone.away(1, talkRoutes.drop('drp_01JD0000000000000000000001'));
    expect(phone.text).toContain('该福利不存在');
  });
});

describe('what is shown of a drop', () => {
  const view = (changes: Partial<DropView>): DropView => ({
    ...{ id: 'drp_01JD0000000000000000000001', title: '晨读', audience: 'group', groupId: null, count: 3 },
    ...{ leftCount: 1, endsAtMs: 0, isClaimed: false, whyNot: null },
    coupon: {
      ...{ title: '减 10', rule: { kind: 'fixed', offFen: 1_000 }, scope: { kind: 'all' } },
      validity: { kind: 'days', days: 7 },
    },
    ...changes,
  });

  test.each<[DropState, Partial<DropView>, string]>([
    ['open', {}, ''],
    ['open', { whyNot: 'login_first' }, ''],
    ['claimed', { isClaimed: true }, ''],
    ['claimed', { isClaimed: true }, 'other_chat'],
    ['empty', { whyNot: 'empty' }, ''],
    ['empty', { whyNot: 'empty' }, 'no_proof'],
    ['ended', { whyNot: 'ended' }, ''],
    ['other', { whyNot: 'not_in_group' }, ''],
    ['other', {}, 'proof_old'],
  ])('%s for %j refused %j: it can be claimed, or it says why not', (state, changes, refused) => {
    const shown = dropShown(view(changes), { refused, coupon: null }, 0);
    expect(shown.state).toBe(state);
    expect(shown.said === '').toBe(state === 'open');
  });
});
