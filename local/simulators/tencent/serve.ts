/** The simulated cloud behind a real port of this machine. */
import { createServer, type IncomingMessage } from 'node:http';
import { isForeign } from '../browser.ts';
import type { TencentCloud } from './cloud.ts';
import { REQUEST_BYTES_MAX } from './wire.ts';

/** A served cloud. */
export interface ServedCloud {
  readonly url: string;
  /** Ends at once; open connections are cut. */
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > 2 * REQUEST_BYTES_MAX) throw new Error('the body is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Serves the cloud on a port of this machine, 0 for any free one. No answer is a cut connection. */
export async function serveTencentCloud(cloud: TencentCloud, port: number): Promise<ServedCloud> {
  const server = createServer((request, response) => {
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const answered = async () => {
      const body = await bodyOf(request);
      const { method = '', url: path = '' } = request;
      const answer = isForeign(headers) ? null : cloud.handle({ method, path, headers, body });
      if (answer === null) response.destroy();
      else response.writeHead(answer.status, { ...answer.headers }).end(answer.body);
    };
    answered().catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
