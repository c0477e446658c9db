/** The floor's calls to the outside: it asks WeChat and WeChat Pay, signs, verifies, encrypts and decrypts. */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import type { LocalKeys } from '../../../local/keys.ts';

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
/** An older notice is refused as a replay. */
const NOTICE_SECONDS_MAX = 300;

interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function ask(method: string, url: string, headers: Record<string, string>, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sized = body === '' ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) };
    const sent = request(url, { method, agent, headers: sized, timeout: 3_000 }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (answer.statusCode === 200) resolve({ headers: answer.headers, body: text });
        else reject(new Error(`${url} answered ${answer.statusCode}: ${text}`));
      });
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The parameters with which the mini-program pays. */
export interface PhonePayment {
  readonly rail: 'wxpay';
  readonly timeStamp: string;
  readonly nonceStr: string;
  readonly package: string;
  readonly signType: 'RSA';
  readonly paySign: string;
}

/** A payment in the words of WeChat Pay. */
export interface Traded {
  readonly out_trade_no: string;
  readonly transaction_id: string;
  readonly trade_state: string;
  readonly success_time: string;
  readonly mchid: string;
  readonly amount: { readonly total: number; readonly currency: string };
}

const seconds = (now: number) => String(Math.floor(now / 1_000));
const lines = (...parts: readonly string[]) => `${parts.join('\n')}\n`;

/** The calls to WeChat and WeChat Pay, simulated at `url`, with the laptop's keys. */
export function openOutside(keys: LocalKeys, url: string, notifyUrl: string) {
  const own = keys.simulators;
  const merchantKey = createPrivateKey(own.merchantPrivateKeyPem);
  const platformKey = createPublicKey(own.publicKeyPem);
  const sealingKey = Buffer.from(keys.secretsKey, 'base64');
  const filesKey = Buffer.from(keys.filesKey, 'base64');
  const signed = (text: string) => sign('sha256', Buffer.from(text), merchantKey).toString('base64');

  function refuseUnlessSigned(headers: IncomingHttpHeaders, body: string | Buffer): void {
    const { 'wechatpay-timestamp': at, 'wechatpay-nonce': nonce, 'wechatpay-signature': signature } = headers;
    if (headers['wechatpay-serial'] !== own.publicKeyId) throw new Error('signed with another key');
    if (Math.abs(Date.now() / 1_000 - Number(at)) > NOTICE_SECONDS_MAX)
      throw new Error('signed too long ago');
    const message = Buffer.from(lines(String(at), String(nonce), String(body)));
    if (!verify('sha256', message, platformKey, Buffer.from(String(signature), 'base64')))
      throw new Error('not signed by WeChat Pay');
  }

  return {
    /** The owner of a login code. */
    logIn: async (code: string): Promise<{ readonly openid: string; readonly session_key: string }> => {
      const query = `appid=${own.appid}&secret=${own.appSecret}&js_code=${encodeURIComponent(code)}`;
      const { body } = await ask(
        'GET',
        `${url}/sns/jscode2session?${query}&grant_type=authorization_code`,
        {},
        '',
      );
      return JSON.parse(body);
    },
    /** The text, encrypted with the shop's own key. */
    sealed: (text: string): string => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', sealingKey, nonce);
      return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString(
        'base64',
      );
    },
    /** Opens a payment and verifies the signature of the answer. Answers the payment's id. */
    openPayment: async (asked: Readonly<Record<string, unknown>>): Promise<string> => {
      const path = '/v3/pay/transactions/jsapi';
      const body = JSON.stringify({
        appid: own.appid,
        mchid: own.merchantId,
        notify_url: notifyUrl,
        ...asked,
      });
      const nonce = randomBytes(16).toString('base64url');
      const at = seconds(Date.now());
      const signature = signed(lines('POST', path, at, nonce, body));
      const answer = await ask(
        'POST',
        url + path,
        {
          accept: 'application/json',
          'content-type': 'application/json',
          'user-agent': 'floor/1 (node)',
          'wechatpay-serial': own.publicKeyId,
          authorization: `WECHATPAY2-SHA256-RSA2048 mchid="${own.merchantId}",nonce_str="${nonce}",timestamp="${at}",serial_no="${own.merchantSerial}",signature="${signature}"`,
        },
        body,
      );
      refuseUnlessSigned(answer.headers, answer.body);
      return JSON.parse(answer.body).prepay_id;
    },
    /** The parameters with which the phone pays. */
    phonePayment: (prepayId: string): PhonePayment => {
      const timeStamp = seconds(Date.now());
      const nonceStr = randomBytes(16).toString('base64url');
      const bundle = `prepay_id=${prepayId}`;
      const paySign = signed(lines(own.appid, timeStamp, nonceStr, bundle));
      return { rail: 'wxpay', timeStamp, nonceStr, package: bundle, signType: 'RSA', paySign };
    },
    /** The payment in a genuine notice. */
    readNotice: (headers: IncomingHttpHeaders, body: Buffer): Traded => {
      refuseUnlessSigned(headers, body);
      const { resource } = JSON.parse(body.toString());
      const sealed = Buffer.from(resource.ciphertext, 'base64');
      const cipher = createDecipheriv('aes-256-gcm', own.apiV3Key, resource.nonce);
      cipher.setAuthTag(sealed.subarray(-16)).setAAD(Buffer.from(resource.associated_data));
      return JSON.parse(Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]).toString());
    },
    /** The URL of a file that works until then. */
    signedUrl: (baseUrl: string, key: string, untilAtMs: number): string => {
      const signature = createHmac('sha256', filesKey).update(`${key}\n${untilAtMs}`).digest('base64url');
      return `${baseUrl}/media/${key}?expires=${untilAtMs}&signature=${signature}`;
    },
  };
}
