import { generateKeyPairSync } from 'node:crypto';

const pem = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

/** The environment of a deployed unit with both rails and the push, whose database refuses connections. */
export function unitEnvironment(): Readonly<Record<string, string>> {
  return {
    DATABASE_URL: 'mysql://root@127.0.0.1:1/shop',
    SECRETS_KEY: Buffer.alloc(32, 1).toString('base64'),
    WECHAT_APPID: 'wx0000000000000001',
    WECHAT_SECRET: '0123456789abcdef0123456789abcdef',
    WXPAY_MERCHANT_ID: '1900000001',
    WXPAY_MERCHANT_SERIAL: '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
    WXPAY_PRIVATE_KEY: pem().privateKey,
    WXPAY_API_V3_KEY: 'k'.repeat(32),
    WXPAY_PUBLIC_KEY_ID: 'PUB_KEY_ID_0119000000012026112300000000001',
    WXPAY_PUBLIC_KEY: pem().publicKey,
    WXPAY_NOTIFY_URL: 'https://api.example.com/api/pay/notify',
    XPAY_OFFER_ID: '1450000001',
    XPAY_APP_KEY: 'a'.repeat(32),
    PUSH_TOKEN: 'token',
    PUSH_AES_KEY: 'A'.repeat(43),
    MEDIA_HOST: 'media-1250000000.cos.ap-guangzhou.myqcloud.com',
  };
}
