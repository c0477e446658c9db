/** A simulated CloudBase environment behind a port of this machine. */
import { createServer, type IncomingMessage } from 'node:http';
import type { CloudbaseSimulator } from './cloudbase.ts';

/** A document of four megabytes, escaped twice, and what stands around it. */
const BODY_BYTES_MAX = 64 * 1024 * 1024;
/** Longer than clients keep idle connections. */
const KEEP_ALIVE_MS = 65_000;

/** A served environment. */
export interface ServedCloudbase {
  /** What `CLOUDBASE_URL` is set to. */
  readonly url: string;
  /** Ends at once: open connections are cut. */
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Error('the body is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Serves it on this machine. 0 is any free port. */
export async function serveCloudbase(simulator: CloudbaseSimulator, port: number): Promise<ServedCloudbase> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const answer = async () => {
      const { method = 'GET', url: path = '/' } = request;
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      const answered = simulator.handle({ method, path, headers, body: await bodyOf(request) });
      if (answered === null) return response.destroy();
      response.writeHead(answered.status, { ...answered.headers, 'content-length': answered.body.length });
      return response.end(answered.body);
    };
    answer().catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${bound}/admin`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
