import { createServer } from 'node:net';

/** Outgoing connections take their ports above this one by themselves. */
const BELOW = 32_768;
const LEAST = 20_000;

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/**
 * A port for a program that is killed and started again on the same one. Nothing listens there now, and no outgoing
 * connection takes it while the program is dead.
 */
export async function keptPort(random: () => number): Promise<number> {
  for (;;) {
    const port = LEAST + Math.floor(random() * (BELOW - LEAST));
    if (await isFree(port)) return port;
  }
}
