/** A proxy before a MySQL server. It shows each packet of statements, and may cut the connection at it. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What becomes of a packet: it passes, or the connection is cut before it, or when it was answered. Or the client is
 * cut, and the packet is on its way to the server until `arrive` lets it get there.
 */
export type Fate = 'pass' | 'cutBefore' | 'cutAfter' | 'delay';

const HEADER_BYTES = 4;
const COM_QUERY = 3;

export class MysqlProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #target: { readonly host: string; readonly port: number };
  /** The statements of each packet so far. */
  readonly packets: string[] = [];
  /** How many connections were opened so far. */
  connections = 0;
  fateOf: (sql: string) => Fate | Promise<Fate> = () => 'pass';
  readonly #delayed: { readonly server: Socket; readonly packet: Buffer }[] = [];

  private constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
    this.#server = createServer((client) => this.#serve(client));
  }

  static async open(target: { readonly host: string; readonly port: number }): Promise<MysqlProxy> {
    const proxy = new MysqlProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Lets the delayed packets get to the server, and waits until it has answered, or has ended their connection. */
  async arrive(): Promise<void> {
    for (const { server, packet } of this.#delayed.splice(0)) {
      if (server.closed || server.destroyed) continue;
      const heard = new Promise((resolve) => server.once('data', resolve).once('close', resolve));
      server.write(packet);
      await heard;
      server.end();
    }
  }

  /** Cuts all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(client: Socket): void {
    this.connections += 1;
    const server = connect(this.#target.port, this.#target.host);
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    }
    let isCut = false;
    server.on('data', (chunk) => {
      if (!isCut) client.write(chunk);
    });
    // A server that hears that the client is gone first finishes what it was sent.
    server.on('end', () => client.destroy());
    client.on('close', () => {
      if (!this.#delayed.some((each) => each.server === server)) server.end();
    });
    let received = Buffer.alloc(0);
    const forward = async (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (!isCut && received.length >= HEADER_BYTES) {
        const length = HEADER_BYTES + received.readUIntLE(0, 3);
        if (received.length < length) return;
        const packet = received.subarray(0, length);
        received = received.subarray(length);
        const fate =
          packet[HEADER_BYTES] === COM_QUERY && packet[3] === 0 ? await this.#look(packet) : 'pass';
        isCut = fate !== 'pass';
        if (fate === 'delay') this.#delayed.push({ server, packet });
        if (fate === 'cutBefore' || fate === 'delay') client.destroy();
        else server.write(packet);
        if (fate === 'cutAfter') server.end();
      }
    };
    let forwarded = Promise.resolve();
    client.on('data', (chunk) => {
      forwarded = forwarded.then(() => forward(chunk));
    });
  }

  async #look(packet: Buffer): Promise<Fate> {
    const sql = packet.subarray(HEADER_BYTES + 1).toString();
    this.packets.push(sql);
    return this.fateOf(sql);
  }
}
