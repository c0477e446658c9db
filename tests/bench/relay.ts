/** A relay that holds every piece for some time, like a network. It is a process, so it costs the others nothing. */
import { connect, createServer, type Socket } from 'node:net';

const [port = '', host = '', delayMs = ''] = process.argv.slice(2);

function hold(from: Socket, to: Socket): void {
  from.on('data', (piece) => setTimeout(() => to.write(piece), Number(delayMs)));
  from.on('close', () => setTimeout(() => to.destroy(), Number(delayMs)));
  from.on('error', () => to.destroy());
}

const relay = createServer({ noDelay: true }, (client) => {
  const server = connect({ port: Number(port), host, noDelay: true });
  hold(client, server);
  hold(server, client);
});
relay.listen(0, '127.0.0.1', () => {
  const address = relay.address();
  console.log(`Relay ${typeof address === 'object' && address !== null ? address.port : 0}`);
});
