import { jsonLog, redact } from '../../shared/adapters/process/log.ts';
import { virtualClock } from '../support/clock.ts';

function open() {
  const written: string[] = [];
  const flushes: (() => void)[] = [];
  const log = jsonLog({
    clock: virtualClock(),
    write: (text) => written.push(text),
    schedule: (flush) => flushes.push(flush),
  });
  const flush = () => {
    for (const run of flushes.splice(0)) run();
    return written.join('');
  };
  return { log, flush, written };
}

const CANARIES = {
  token: 'qL3v9Zk2mXw8Rt5yUo1pAs7dFg4hJk6lZx0cVb_-nM2',
  openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
  phone: '13812345678',
  sessionKey: 'HyVFkGl5F5OQWJZZaNzBBg==',
  secret: 'd9f8c7b6a5e4d3c2b1a09f8e7d6c5b4a',
};

test('one line of JSON for each record, with time and level, those of one moment in one write', () => {
  const { log, flush, written } = open();
  log.write('info', { function: 'login', ms: 3 });
  log.write('error', { function: 'login', text: 'two\nlines' });
  const lines = flush().trimEnd().split('\n');
  expect(written).toHaveLength(1);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { at: '2026-11-23T06:00:00.000Z', level: 'info', function: 'login', ms: 3 },
    { at: '2026-11-23T06:00:00.000Z', level: 'error', function: 'login', text: 'two\nlines' },
  ]);
});

test('a record that is logged after a flush is in the next write', () => {
  const { log, flush, written } = open();
  log.write('info', { one: 1 });
  flush();
  log.write('info', { two: 2 });
  flush();
  expect(written).toHaveLength(2);
});

test.each(Object.entries(CANARIES))(
  'a %s is redacted under its own key, whatever it looks like',
  (key, value) => {
    const { log, flush } = open();
    log.write('info', { [key]: value, deep: [{ [key.toUpperCase()]: 'short' }] });
    const text = flush();
    expect(text).not.toContain(value);
    expect(text).not.toContain('short');
  },
);

test.each([
  ['a bearer token', `Authorization: Bearer ${CANARIES.token}`, CANARIES.token],
  ['a token on its own', `no session ${CANARIES.token} found`, CANARIES.token],
  ['an openid', `payer ${CANARIES.openid} differs`, CANARIES.openid],
  ['an identity', `identities/wx:${CANARIES.openid} exists`, CANARIES.openid],
  ['a phone number', `tel:${CANARIES.phone}`, CANARIES.phone],
  ['a phone number with country code', `+86 138-1234-5678`, '1234-5678'],
  ['a session key', `{"session_key":"${CANARIES.sessionKey}"}`, CANARIES.sessionKey],
  ['a session key on its own', CANARIES.sessionKey, CANARIES.sessionKey],
  [
    'an app secret in a URL',
    `https://x/jscode2session?appid=wx1&secret=${CANARIES.secret}&js_code=abc`,
    CANARIES.secret,
  ],
  ['a login code in a URL', 'https://x/jscode2session?js_code=0a3Bcanary&x=1', '0a3Bcanary'],
  ['a password in a text of JSON', '{"password":"hunter2hunter2"}', 'hunter2'],
  ['a private key', `-----BEGIN PRIVATE KEY-----\nMIIcanary\n-----END PRIVATE KEY-----`, 'MIIcanary'],
  ['half a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIcanary', 'MIIcanary'],
])('%s is redacted in a text under any key, and in a stack', (_, text, canary) => {
  const { log, flush } = open();
  log.write('error', { detail: text, stack: new Error(text).stack, list: [text], deep: { detail: text } });
  expect(flush()).not.toContain(canary);
});

test('ids, times, amounts and codes are not redacted', () => {
  const record = {
    requestId: 'req_01JD0000000000000000000000',
    userId: 'usr_01JD0000000000000000000001',
    orderId: 'ord_01JD0000000000000000000000',
    eventId: 'order.paid:ord_01JD0000000000000000000000',
    atMs: 1_795_413_600_000,
    text: '1795413600000 fen 123456789012',
    code: 'order.not_found',
    transactionId: '4200001234202611231234567890',
  };
  const { log, flush } = open();
  log.write('info', record);
  expect(JSON.parse(flush())).toMatchObject(record);
});

test('never throws: circles, bigints, and lines without end', () => {
  const { log, flush } = open();
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  log.write('info', circle);
  log.write('info', { big: 1n });
  log.write('info', { requestId: 'req_12345678', text: 'x '.repeat(50_000) });
  const lines = flush().trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
  expect(lines[2]?.length).toBeLessThan(17_000);
  expect(JSON.parse(lines[2] ?? '').requestId).toBe('req_12345678');
});

test('a cut line is redacted too', () => {
  const { log, flush } = open();
  log.write('info', { text: `${CANARIES.openid} `.repeat(5000) });
  expect(flush()).not.toContain(CANARIES.openid);
});

test('a secret that the cut goes through is not shown in part, also where redacting has made the text short', () => {
  for (const secret of [CANARIES.token, CANARIES.openid, CANARIES.sessionKey, CANARIES.phone]) {
    for (let before = 0; before <= secret.length; before += 1) {
      const { log, flush } = open();
      log.write('info', { text: `${'。'.repeat(before)}${`${secret}。`.repeat(1_000)}` });
      expect(flush()).not.toContain(secret.slice(0, 6));
    }
  }
});

test('a text is cut before it is searched: what is behind a line is not looked at', () => {
  const searched: number[] = [];
  const replace = jest.spyOn(String.prototype, 'replace').mockImplementation(function (this: string) {
    searched.push(this.length);
    return String(this);
  });
  const { log, flush } = open();
  log.write('info', { text: ' '.repeat(1_000_000) });
  replace.mockRestore();
  expect(searched.length).toBeGreaterThan(5);
  expect(Math.max(...searched)).toBeLessThan(17_000);
  expect(flush().length).toBeLessThan(17_000);
});

test('redacting twice changes nothing more', () => {
  const once = redact(`Bearer ${CANARIES.token} ${CANARIES.phone}`);
  expect(redact(once)).toBe(once);
});
