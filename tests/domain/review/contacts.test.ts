import fc from 'fast-check';
import { doubtsOf } from '../../../shared/domain/review/contacts.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

const doubts = (body: string, trust: 0 | 1 = 1) =>
  doubtsOf({ title: null, body }, { trust, origins: ['https://shop.example.cn'] });

describe('what staff should look at', () => {
  test.each([
    '有问题打 13800138000',
    '13800138000',
    '１３８００１３８０００',
    '138 0013 8000',
    '138-0013-8000',
    '1 3 8 0 0 1 3 8 0 0 0',
    '1.3.8.0.0.1.3.8.0.0.0',
    '①③⑧⓪⓪①③⑧⓪⓪⓪',
    '1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣',
    '一三八零零一三八零零零',
    '幺三八〇〇幺三八〇〇〇',
    '138零零138零零零',
    '壹叁捌零零壹叁捌零零零',
    '+86 13800138000',
    '8613800138000',
    '座机 010-62771234',
    '热线 400-810-8888',
    '+1 415 555 2671',
    '加我微信 abc12345',
    '微信号：wxid_8k2m9q',
    '薇信:zhike_2026',
    '威❤信：zhike2026',
    'VX：zhike2026',
    'v x zhike2026',
    'Ｖ Ｘ：zhike2026',
    'wx: zhike-2026',
    'WeChat: zhike2026',
    'weixin=zhike2026',
    '＋v 领资料',
    '加V领资料',
    '加薇领资料',
    '加我vx',
    '搜微信公，扫我微信',
    'QQ 123456789',
    'q q：12345678',
    '扣扣一二三四五六七八',
    '企鹅号 123456789',
    'qq群：123456789',
    '写信给 teacher@example.com',
    'teacher (at) example.com',
  ])('a contact: %s', (body) => {
    expect(doubts(body)).toContain('contact');
  });

  test.each([
    'https://evil.example/x',
    'http://evil.example',
    'weixin://dl/business',
    '看 www.evil.com 的课',
    'evil.com',
    'EVIL．COM',
    'evil。com',
    'evil点com',
    'evil[.]com',
    'evil dot com',
    't.cn/A6xyz',
    'bit.ly/abc',
    '课程.中国',
    'http://1.2.3.4/x',
    '1.2.3.4:8080',
    '#小程序://别家/abc',
    'https://shop.example.cn.evil.com/a',
    'https://evil.com/?u=https://shop.example.cn',
  ])('a link out: %s', (body) => {
    expect(doubts(body)).toContain('link');
  });

  test.each([
    '讲得很清楚，第 3 章的例子尤其好。',
    '2026 年 11 月 22 日开课，2026-11-22 10:30 见',
    '订单号 ORD20261122103000123456',
    '价格从 1,299.00 降到 999.00 元',
    '一二三四五，上山打老虎',
    '第一、二、三、四章各讲了一个例子，第五章是总结',
    '十三、十四、十五、十六、十七课都看完了',
    '微信小程序开发这门课很好',
    '加微信支付的那一节没看懂',
    '添加微信登录功能',
    '老师在圈子里威信很高',
    '他的心细微，信念坚定',
    '用 wx.login 拿到 code',
    '运行 main.py 和 index.js，再看 README.md',
    'node.js 和 socket.io 有什么区别？',
    '3.14159265358979',
    '1.5 倍速看完，版本 1.2.3.4',
    '我考了 98 分，排名 12/345',
    'a.b.c = d.e',
    'π≈3.1415926，e≈2.7182818',
    '👍👍👍',
  ])('nothing: %s', (body) => {
    expect(doubts(body)).toEqual([]);
  });

  test('a link into the shop is a doubt with who is new, and with nobody else', () => {
    expect(doubts('看 https://shop.example.cn/courses/1', 0)).toEqual(['link']);
    expect(doubts('看 https://shop.example.cn/courses/1', 1)).toEqual([]);
  });

  test('the title is looked at too', () => {
    const written = { title: '13800138000', body: '' };
    expect(doubtsOf(written, { trust: 3, origins: [] })).toEqual(['contact']);
  });

  /** Ways to write each digit, and what may stand between two. */
  const spellings = [...'0123456789'].map((digit, n) => [
    digit,
    String.fromCharCode(0xff10 + n),
    [...'零一二三四五六七八九'][n] ?? digit,
    n === 0 ? '⓪' : String.fromCharCode(0x2460 + n - 1),
    `${digit}\ufe0f\u20e3`,
  ]);
  const between = fc.constantFrom('', '', ' ', '-', '.', '·', '_', '，', '  ', '/');

  test('a mobile number is found however its digits are written and set apart, in any text', () => {
    const number = fc
      .tuple(fc.constantFrom(...'3456789'), fc.array(fc.nat(9), { minLength: 9, maxLength: 9 }))
      .map(([second, rest]) => [1, Number(second), ...rest]);
    const styles = fc.array(fc.tuple(fc.nat(4), between), { minLength: 11, maxLength: 11 });
    const around = fc.constantFrom('', '联系', '电话：', '有事找我，', '\n');
    fc.assert(
      fc.property(number, styles, around, around, (numbers, chosen, before, after) => {
        const written = numbers.map((n, index) => {
          const [style, gap] = chosen[index] ?? [0, ''];
          return `${spellings[n]?.[style] ?? n}${index < 10 ? gap : ''}`;
        });
        expect(doubts(`${before}${written.join('')}${after}`)).toContain('contact');
      }),
      { seed, numRuns: MODEL_RUNS },
    );
  });

  test('a text of Chinese words alone is never one, and a text of any kind is judged in time', () => {
    const words = fc.array(
      fc.constantFrom(
        '课程',
        '老师',
        '讲得',
        '清楚',
        '第三章',
        '例子',
        '很好',
        '，',
        '。',
        '推荐',
        '复习',
        '一遍',
      ),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(words, (some) => {
        expect(doubts(some.join(''))).toEqual([]);
      }),
      { seed, numRuns: MODEL_RUNS },
    );
    const nasty = fc.array(fc.constantFrom('1', 'v', ' ', '.', '-', 'a', '加', '微', '@', 'com', '一', '/'), {
      maxLength: 5_000,
    });
    fc.assert(
      fc.property(nasty, (some) => {
        doubts(some.join(''));
      }),
      { seed, numRuns: 50 },
    );
  });
});
