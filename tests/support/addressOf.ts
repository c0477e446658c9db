import { createHash } from 'node:crypto';

/** A public address for each name. Buyers have separate addresses, because limits count by address. */
export function addressOf(name: string): string {
  const hash = createHash('sha256').update(name).digest();
  return `203.${hash[0]}.${hash[1]}.${hash[2]}`;
}
