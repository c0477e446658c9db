import { createCipheriv } from 'node:crypto';
import { type WechatPushConfig, wechatPush } from '../../shared/adapters/wechat/push.ts';
import {
  aesKeyOf,
  isSignature,
  openPush,
  pushSignature,
  sealPush,
} from '../../shared/adapters/wechat/seal.ts';
import { readXml, writeXml } from '../../shared/adapters/wechat/xml.ts';
import { codeOf } from '../../shared/errors.ts';
import vectors from '../fixtures/wechat.vectors.json';
import { virtualClock } from '../support/clock.ts';
import { seededIds } from '../support/ids.ts';
import { seeded } from '../support/seeded.ts';

const { message_push: official } = vectors;
const { token, encodingAESKey, appid } = official;
const key = aesKeyOf(encodingAESKey);

function pushOf(changes: Partial<WechatPushConfig> = {}) {
  const clock = virtualClock();
  const ids = seededIds(clock, seeded(1));
  return wechatPush({ appid, tokens: [token], encodingAesKeys: [encodingAESKey], clock, ids, ...changes });
}

const plain = () => pushOf({ encodingAesKeys: [] });

function failure(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (caught) {
    return codeOf(caught) ?? String(caught);
  }
}

/** A sealed push, as WeChat makes it. */
function sealed(text: string, changes: { appid?: string; sealed?: string; format?: 'xml' } = {}) {
  const salt = '0123456789abcdef';
  const Encrypt = changes.sealed ?? sealPush(key, { text, appid: changes.appid ?? appid, salt });
  const query = {
    timestamp: '1714112445',
    nonce: '415670741',
    openid: 'o1',
    encrypt_type: 'aes',
    msg_signature: pushSignature(token, '1714112445', '415670741', Encrypt),
  };
  const words = { ToUserName: 'gh_97417a04a28d', Encrypt };
  const body = Buffer.from(changes.format === 'xml' ? writeXml(words) : JSON.stringify(words));
  return { query, body };
}

describe('the check of our address', () => {
  test('is answered with what it asked', () => {
    const { echostr } = official.urlVerify;
    expect(pushOf().check(official.urlVerify)).toBe(echostr);
    expect(plain().check(official.urlVerify)).toBe(echostr);
  });

  test.each(['signature', 'timestamp', 'nonce'] as const)('notice.signature_invalid: another %s', (field) => {
    const query = { ...official.urlVerify, [field]: `${official.urlVerify[field].slice(0, -1)}x` };
    expect(failure(() => pushOf().check(query))).toBe('notice.signature_invalid');
    const { [field]: _, ...without } = official.urlVerify;
    expect(failure(() => pushOf().check(without))).toBe('notice.signature_invalid');
  });
});

describe('the plain mode', () => {
  const { body: words, ...query } = official.plainPost;
  const body = Buffer.from(JSON.stringify(words));

  test('reads what WeChat sends, and says that its words may be anybody’s', () => {
    expect(plain().read(query, body)).toMatchObject({ event: 'debug_demo', words, isSealed: false });
    const forged = Buffer.from('{"MsgType":"event","Event":"xpay_goods_deliver_notify"}');
    expect(plain().read(query, forged)).toMatchObject({ isSealed: false });
  });

  test('an event of any name is read, also one without a kind, and a long name is cut', () => {
    for (const [text, event] of [
      ['{"Event":"x"}', 'x'],
      ['{"MsgType":"event","Event":"brand_new"}', 'brand_new'],
      ['{"MsgType":"location"}', 'location'],
      [`{"Event":"${'x'.repeat(100)}"}`, 'x'.repeat(64)],
    ] as const) {
      expect(plain().read(query, Buffer.from(text)).event).toBe(event);
    }
  });

  test('notice.signature_invalid: another signature, or none', () => {
    const signature = official.urlVerify.signature;
    expect(failure(() => plain().read({ ...query, signature }, body))).toBe('notice.signature_invalid');
    expect(failure(() => plain().read({}, body))).toBe('notice.signature_invalid');
  });

  test('notice.signature_invalid: a genuine plain push where the safe mode was agreed on', () => {
    expect(failure(() => pushOf().read(query, body))).toBe('notice.signature_invalid');
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{"MsgType":'],
    ['a list', '[]'],
    ['null', 'null'],
    ['neither a kind nor a name', '{"FromUserName":"x"}'],
    ['a kind that is no text', '{"MsgType":1}'],
    ['no XML', '<xml><MsgType>event</xml>'],
  ])('notice.malformed: %s', (_, text) => {
    expect(failure(() => plain().read(query, Buffer.from(text)))).toBe('notice.malformed');
  });
});

describe('the safe mode', () => {
  const { Encrypt, msg, random16, padBytes, ...query } = official.safePost;
  const body = Buffer.from(JSON.stringify({ ToUserName: 'gh_97417a04a28d', Encrypt }));

  test('opens what WeChat sealed, whose padding no cipher of Node’s takes off', () => {
    expect(pushOf().read(query, body)).toMatchObject({
      event: 'debug_demo',
      isSealed: true,
      words: JSON.parse(msg),
    });
    expect(openPush(key, Encrypt)).toEqual({ text: msg, appid });
    expect(padBytes).toBeGreaterThan(16);
  });

  test('seals byte for byte as WeChat does', () => {
    expect(sealPush(key, { text: msg, appid, salt: random16 })).toBe(Encrypt);
    const reply = official.safeReply;
    expect(sealPush(key, { text: reply.msg, appid, salt: reply.random16 })).toBe(reply.Encrypt);
    expect(pushSignature(token, String(reply.TimeStamp), reply.Nonce, reply.Encrypt)).toBe(
      reply.MsgSignature,
    );
  });

  test('the signature that does not cover the words is not looked at', () => {
    expect(query.signature_do_not_use).toBeDefined();
    expect(failure(() => pushOf().read({ ...query, signature: 'x' }, body))).toBeNull();
    const onlyThat = { ...query, msg_signature: '', signature: query.signature_do_not_use };
    expect(failure(() => pushOf().read(onlyThat, body))).toBe('notice.signature_invalid');
  });

  test.each([0, 1, 15, 16, 17, 31, 32, 33, 1000])('opens what it sealed, of %d bytes', (length) => {
    const text = 'x'.repeat(length);
    expect(openPush(key, sealPush(key, { text, appid, salt: '0123456789abcdef' }))).toEqual({ text, appid });
  });

  test('is answered sealed, in the form in which it came, and for the same app', () => {
    for (const format of ['json', 'xml'] as const) {
      const text = format === 'xml' ? '<xml><MsgType>event</MsgType></xml>' : '{"MsgType":"event"}';
      const { query: asked, body: sent } = sealed(text, format === 'xml' ? { format } : {});
      const { body: answer, contentType } = pushOf().read(asked, sent).reply({ ErrCode: 0, ErrMsg: '好' });
      expect(contentType).toContain(format);
      const words = format === 'xml' ? readXml(answer) : JSON.parse(answer);
      expect(words.Nonce).toBe(asked.nonce);
      const texts = [token, String(words.TimeStamp), asked.nonce, words.Encrypt];
      expect(isSignature(words.MsgSignature, texts)).toBe(true);
      const opened = openPush(key, words.Encrypt);
      expect(opened.appid).toBe(appid);
      expect(format === 'xml' ? readXml(opened.text) : JSON.parse(opened.text)).toEqual(
        format === 'xml' ? { ErrCode: '0', ErrMsg: '好' } : { ErrCode: 0, ErrMsg: '好' },
      );
    }
  });

  test.each([
    ['another signature', { msg_signature: official.safePost.signature_do_not_use }],
    ['no signature', { msg_signature: '' }],
    ['another time', { timestamp: '1714112446' }],
    ['another nonce', { nonce: '415670742' }],
  ])('notice.signature_invalid: %s', (_, changes) => {
    expect(failure(() => pushOf().read({ ...query, ...changes }, body))).toBe('notice.signature_invalid');
  });

  test('notice.signature_invalid: a changed byte, nothing sealed, another token, another app', () => {
    const changed = Buffer.from(JSON.stringify({ Encrypt: `A${Encrypt.slice(1)}` }));
    expect(failure(() => pushOf().read(query, changed))).toBe('notice.signature_invalid');
    expect(failure(() => pushOf().read(query, Buffer.from('{"Encrypt":1}')))).toBe(
      'notice.signature_invalid',
    );
    expect(failure(() => pushOf({ tokens: ['BBBBB'] }).read(query, body))).toBe('notice.signature_invalid');
    const other = sealed('{"MsgType":"event"}', { appid: 'wx0000000000000000' });
    expect(failure(() => pushOf().read(other.query, other.body))).toBe('notice.signature_invalid');
  });

  test('notice.malformed: signed, and not sealed with our key or not in our words', () => {
    const otherKey = Buffer.alloc(32, 7);
    const zeros = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
    for (const each of [
      sealPush(otherKey, { text: '{"MsgType":"event"}', appid, salt: '0123456789abcdef' }),
      'AAAA',
      '',
      Buffer.concat([zeros.update(Buffer.alloc(32)), zeros.final()]).toString('base64'),
    ]) {
      const { query: asked, body: sent } = sealed('', { sealed: each });
      expect(failure(() => pushOf().read(asked, sent))).toBe('notice.malformed');
    }
    const { query: asked, body: sent } = sealed('hello');
    expect(failure(() => pushOf().read(asked, sent))).toBe('notice.malformed');
  });

  test('may come again at any time: there is no window', () => {
    const clock = virtualClock();
    const push = pushOf({ clock });
    clock.advance(365 * 86_400_000);
    expect(push.read(query, body).event).toBe('debug_demo');
  });

  test('while token and key are changed both pairs are taken, and each is answered in its own', () => {
    const other = { token: 'newToken', encodingAesKey: 'B'.repeat(43) };
    const both = pushOf({
      tokens: [other.token, token],
      encodingAesKeys: [other.encodingAesKey, encodingAESKey],
    });
    expect(both.read(query, body).event).toBe('debug_demo');
    const newer = pushOf({ tokens: [other.token], encodingAesKeys: [other.encodingAesKey] });
    const newKey = Buffer.from(`${other.encodingAesKey}=`, 'base64');
    for (const [own, ownToken, port] of [
      [key, token, pushOf()],
      [newKey, other.token, newer],
    ] as const) {
      const text = JSON.stringify({ MsgType: 'event', Event: 'asked' });
      const Encrypt = sealPush(own, { text, appid, salt: '0123456789abcdef' });
      const signed = {
        timestamp: '1',
        nonce: 'n',
        msg_signature: pushSignature(ownToken, '1', 'n', Encrypt),
      };
      const message = both.read(signed, Buffer.from(JSON.stringify({ Encrypt })));
      expect(message.event).toBe('asked');
      const reply = JSON.parse(String(message.reply({ MsgType: 'event', Event: 'answered' }).body));
      const asked = {
        timestamp: String(reply.TimeStamp),
        nonce: reply.Nonce,
        msg_signature: reply.MsgSignature,
      };
      const answer = Buffer.from(JSON.stringify({ Encrypt: reply.Encrypt }));
      expect(port.read(asked, answer).event).toBe('answered');
    }
    expect(failure(() => newer.read(query, body))).toBe('notice.signature_invalid');
  });

  test('a key that is none is refused when the port is made', () => {
    expect(() => pushOf({ encodingAesKeys: ['short'] })).toThrow('43 characters');
  });
});

describe('the XML of WeChat', () => {
  test('has texts, CDATA, elements in elements and elements that repeat', () => {
    expect(
      readXml(`<xml>
        <ToUserName><![CDATA[gh_1 <&> ]]></ToUserName><CreateTime>1714037059</CreateTime><Empty/>
        <GoodsInfo><ProductId><![CDATA[p1]]></ProductId><Quantity>1</Quantity></GoodsInfo>
        <detail>a &amp; b</detail><detail>&lt;</detail>
      </xml>`),
    ).toEqual({
      ToUserName: 'gh_1 <&> ',
      CreateTime: '1714037059',
      Empty: '',
      GoodsInfo: { ProductId: 'p1', Quantity: '1' },
      detail: ['a & b', '<'],
    });
  });

  test('what was written is read again, whatever is in it', () => {
    for (const text of ['', ' ', 'a]]>b', ']]>]]>', '<xml>', '&amp;', '好😀', '\n'])
      expect(readXml(writeXml({ text, n: 7 }))).toEqual({ text, n: '7' });
  });

  test('a name that means something to JavaScript means nothing', () => {
    const words = readXml('<xml><__proto__><isAdmin>1</isAdmin></__proto__></xml>');
    expect(Object.getPrototypeOf(words)).toBe(Object.prototype);
    expect(words.isAdmin).toBeUndefined();
  });

  test.each([
    ['a document type', '<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml><a>&x;</a></xml>'],
    ['an entity of its own', '<xml><a>&x;</a></xml>'],
    ['an entity by number', '<xml><a>&#60;</a></xml>'],
    ['an entity without an end', '<xml><a>a & b</a></xml>'],
    ['an instruction', '<?xml version="1.0"?><xml><a/></xml>'],
    ['a comment', '<xml><!-- --><a/></xml>'],
    ['an attribute', '<xml><a b="c">1</a></xml>'],
    ['elements that cross', '<xml><a><b></a></b></xml>'],
    ['an element without an end', '<xml><a></xml>'],
    ['an end without an element', '<xml></a></xml>'],
    ['an end that is empty', '<xml><a></a/></xml>'],
    ['two documents', '<xml><a/></xml><xml><a/></xml>'],
    ['another root', '<html><a/></html>'],
    ['something behind it', '<xml><a/></xml>!'],
    ['text between elements', '<xml>a<b/></xml>'],
    ['text alone', '<xml>a</xml>'],
    ['CDATA without an end', '<xml><a><![CDATA[b</a></xml>'],
    ['elements too deep', `<xml>${'<a>'.repeat(9)}${'</a>'.repeat(9)}</xml>`],
    ['nothing', ''],
  ])('%s is refused', (_, document) => {
    expect(() => readXml(document)).toThrow();
  });
});
