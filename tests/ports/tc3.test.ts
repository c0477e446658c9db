import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as fc from 'fast-check';
import Sign from 'tencentcloud-sdk-nodejs/tencentcloud/common/sign.js';
import { Client } from 'tencentcloud-sdk-nodejs/tencentcloud/services/scf/v20180416/scf_client.js';
import { type Tc3Call, tc3Headers } from '../../shared/adapters/tencent/tc3.ts';
import { timeMs } from '../../shared/schemas/base.ts';

const text = fc.string({ unit: 'binary', maxLength: 60 });
const printable = fc.string({ unit: fc.constantFrom(...'azAZ09-_/+=.~'), minLength: 1, maxLength: 40 });
const call: fc.Arbitrary<Tc3Call> = fc.record({
  service: fc.constantFrom('scf', 'cls', 'tdmq'),
  action: fc.constant('Invoke'),
  version: fc.constant('2018-04-16'),
  region: fc.constant('ap-guangzhou'),
  endpoint: fc.constantFrom('https://scf.tencentcloudapi.com', 'http://127.0.0.1:8080'),
  body: fc.oneof(text, fc.json()).filter((body) => body !== ''),
  at: fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }).map(timeMs),
});
const keys = fc.record({ secretId: printable, secretKey: printable, token: fc.option(printable) });

test('the signature is that of the platform’s own SDK, for any key, time and body', () => {
  fc.assert(
    fc.property(keys, call, (credentials, own) => {
      const { authorization } = tc3Headers(credentials, own);
      const theirs = Sign.sign3({
        method: 'POST',
        url: own.endpoint,
        payload: Buffer.from(own.body),
        timestamp: Math.floor(own.at / 1000),
        service: own.service,
        secretId: credentials.secretId,
        secretKey: credentials.secretKey,
        multipart: false,
        boundary: '',
        headers: { 'Content-Type': 'application/json' },
      });
      expect(authorization).toBe(theirs);
    }),
  );
});

test('the headers are those that the SDK’s client sends for the same call', async () => {
  const heard: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      heard.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.end('{"Response":{"RequestId":"r"}}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { secretId: 'AKIDtest', secretKey: 'SKtest', token: 'temporary/token+' };
  const client = new Client({
    credential: credentials,
    region: 'ap-guangzhou',
    profile: { httpProfile: { endpoint: new URL(endpoint).host, protocol: 'http://' } },
  });
  await client.Invoke({ FunctionName: 'events', InvocationType: 'Event', ClientContext: '{"note":"课程"}' });
  await new Promise((resolve) => server.close(resolve));
  const [{ headers, body } = { headers: {}, body: '' }] = heard;
  // The SDK takes the first word of the address for the service.
  const at = timeMs(Number(headers['x-tc-timestamp']) * 1000);
  const own = { action: 'Invoke', version: '2018-04-16', region: 'ap-guangzhou', endpoint, body, at };
  expect(headers).toMatchObject(tc3Headers(credentials, { service: '127', ...own }));
});
