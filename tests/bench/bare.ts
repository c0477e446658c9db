/** The physical limits of the machine, measured in the same run as the product. */
import { createDecipheriv, createHash, createPublicKey, verify } from 'node:crypto';
import { join } from 'node:path';
import Sqlite from 'libsql';

/**
 * The program of a bare `node:http` server that answers the bytes of the file `BYTES` to everything. It ends no
 * connection while another server is measured.
 */
export const BARE_SERVER = `
const bytes = require('node:fs').readFileSync(process.env.BYTES);
const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': bytes.length };
const server = require('node:http').createServer({ keepAliveTimeout: 600_000 }, (_request, response) => {
  response.writeHead(200, headers);
  response.end(bytes);
});
server.listen(0, '127.0.0.1', () => console.log('Bare       http://127.0.0.1:' + server.address().port));
process.once('SIGTERM', () => process.exit(0));
`;

/** Durable commits a second of the bare driver: single inserts, one after the other, with `synchronous=FULL`. */
export function bareCommitsPerSecond(folder: string, round: number, count: number): number {
  const database = new Sqlite(join(folder, `bare-${round}.db`));
  database.exec(
    'pragma journal_mode = wal; pragma synchronous = full; create table doc (id text primary key, v integer, body text)',
  );
  const insert = database.prepare('insert into doc values (?, ?, ?)');
  const body = JSON.stringify({ text: 'x'.repeat(400) });
  const from = performance.now();
  for (let i = 0; i < count; i++) insert.run(`doc-${i}`, 1, body);
  const perSecond = (count * 1000) / (performance.now() - from);
  database.close();
  return perSecond;
}

/** The least cost of a callback: one RSA-2048 verification and one AES-256-GCM decryption. */
export function bareCallbacksPerSecond(
  sample: {
    readonly message: string;
    readonly signature: string;
    readonly publicKeyPem: string;
    readonly apiV3Key: string;
  },
  resource: { readonly ciphertext: string; readonly nonce: string; readonly associated_data: string },
  count: number,
): number {
  const key = createPublicKey(sample.publicKeyPem);
  const from = performance.now();
  for (let i = 0; i < count; i++) {
    if (!verify('sha256', Buffer.from(sample.message), key, Buffer.from(sample.signature, 'base64'))) {
      throw new Error('the sample is not signed');
    }
    const sealed = Buffer.from(resource.ciphertext, 'base64');
    const cipher = createDecipheriv('aes-256-gcm', sample.apiV3Key, resource.nonce);
    cipher.setAuthTag(sealed.subarray(-16));
    cipher.setAAD(Buffer.from(resource.associated_data));
    createHash('sha256')
      .update(cipher.update(sealed.subarray(0, -16)))
      .update(cipher.final());
  }
  return (count * 1000) / (performance.now() - from);
}
