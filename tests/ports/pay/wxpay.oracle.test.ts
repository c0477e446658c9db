import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { Aes, Formatter, Rsa } from 'wechatpay-axios-plugin';
import { authorization } from '../../../shared/adapters/wxpay/call.ts';
import { openSealed, signedLines, signRsa, verifyRsa } from '../../../shared/adapters/wxpay/crypto.ts';
import vectors from '../../fixtures/wechat.vectors.json';

const { privateKey: pem, publicKey: publicPem } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const privateKey = createPrivateKey(pem);
const publicKey = createPublicKey(publicPem);
const vector = vectors.wechatpay_java_aead;
const sealed = {
  algorithm: 'AEAD_AES_256_GCM',
  ciphertext: vector.ciphertext,
  associated_data: vector.aad,
  nonce: vector.nonce,
} as const;

describe('the published vector of AEAD_AES_256_GCM', () => {
  test('opens to its plaintext', () => {
    expect(openSealed(sealed, [Buffer.from(vector.key)]).toString()).toBe(vector.plaintext);
  });

  test.each([
    ['another associated data', { associated_data: 'bad-associatedData' }],
    ['another nonce', { nonce: 'bad-4a9R25RW' }],
    ['another ciphertext', { ciphertext: Buffer.alloc(128).toString('base64') }],
    ['a ciphertext shorter than its tag', { ciphertext: 'AAAA' }],
  ])('does not open with %s', (_, changed) => {
    expect(() => openSealed({ ...sealed, ...changed }, [Buffer.from(vector.key)])).toThrow();
  });
});

describe('an independent implementation of WeChat Pay', () => {
  const message = signedLines('POST', '/v3/pay/transactions/jsapi', '1700000000', 'nonce', '{"标题":"课程"}');

  test('puts the same lines together', () => {
    expect(message).toBe(
      Formatter.request('POST', '/v3/pay/transactions/jsapi', 1700000000, 'nonce', '{"标题":"课程"}'),
    );
  });

  test('makes the same signature, and each verifies the other', () => {
    const ours = signRsa(message, privateKey);
    expect(ours).toBe(Rsa.sign(message, privateKey));
    expect(Rsa.verify(message, ours, publicKey)).toBe(true);
    expect(verifyRsa(message, Rsa.sign(message, privateKey), publicKey)).toBe(true);
    expect(verifyRsa(`${message} `, ours, publicKey)).toBe(false);
  });

  test('signs an answer that we verify', () => {
    const answer = Formatter.response(1700000000, 'n', '{"prepay_id":"wx1"}');
    expect(verifyRsa('1700000000\nn\n{"prepay_id":"wx1"}\n', Rsa.sign(answer, privateKey), publicKey)).toBe(
      true,
    );
  });

  test('seals what we open', () => {
    const key = Buffer.from('0123456789abcdef0123456789abcdef');
    const ciphertext = Aes.AesGcm.encrypt('{"金额":100}', key, 'abcdefghijkl', 'transaction');
    const opened = openSealed(
      { ...sealed, ciphertext, nonce: 'abcdefghijkl', associated_data: 'transaction' },
      [key],
    );
    expect(opened.toString()).toBe('{"金额":100}');
  });

  test('writes the same authorization, but for the order of its fields', () => {
    const own = authorization(
      { merchantId: '1900000001', merchantSerial: 'AB12', privateKey },
      { method: 'GET', path: '/v3/x?mchid=1', body: '' },
      '1700000000',
      'nonce',
    );
    const signature = Rsa.sign(Formatter.request('GET', '/v3/x?mchid=1', 1700000000, 'nonce'), privateKey);
    const theirs = Formatter.authorization('1900000001', 'nonce', signature, '1700000000', 'AB12');
    const fieldsOf = (text: string) =>
      text
        .slice(text.indexOf(' ') + 1)
        .split(',')
        .sort();
    expect(own.split(' ')[0]).toBe(theirs.split(' ')[0]);
    expect(fieldsOf(own)).toEqual(fieldsOf(theirs));
  });
});
