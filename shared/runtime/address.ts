/** Finding the caller's network address. */
import { BlockList, isIP } from 'node:net';

/** IPv4 networks that no caller on the internet can have: private ones, and those that the platform uses internally. */
const INTERNAL = [
  ['0.0.0.0', 8],
  ['9.0.0.0', 8],
  ['10.0.0.0', 8],
  ['11.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const;

/** An IPv4 address as one number of 32 bits. */
function numberOf(address: string): number {
  return address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}

/** Compared as numbers: a `BlockList` makes an object of each address that it is asked about. */
const internal4 = INTERNAL.map(([network, prefix]) => {
  const from = numberOf(network);
  return { from, below: from + 2 ** (32 - prefix) };
});

let made6: BlockList | null = null;

/** The internal IPv6 networks. The list is made for the first such caller. */
function internal6(): BlockList {
  if (made6 !== null) return made6;
  made6 = new BlockList();
  made6.addAddress('::1', 'ipv6');
  made6.addSubnet('fc00::', 7, 'ipv6');
  made6.addSubnet('fe80::', 10, 'ipv6');
  return made6;
}

function isInternal(address: string, family: number): boolean {
  if (family === 6) return internal6().check(address, 'ipv6');
  const number = numberOf(address);
  return internal4.some(({ from, below }) => from <= number && number < below);
}

/** An IPv4 address in its plain form, even when an IPv6 socket reports it. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=[0-9.]+$)/i, '');
}

/**
 * The caller's address. Without trusted proxies it is the peer's own, whatever the headers say. With them it comes
 * from `X-Forwarded-For`, read from the right, where our proxies write: the first address that is not internal. When
 * n proxies have addresses on the internet, n − 1 of these are skipped. Entries further left may be forged by the
 * caller.
 *
 * Example: with one trusted proxy, `6.6.6.6, 203.0.113.7, 10.0.0.3` gives 203.0.113.7.
 */
export function callerAddress(
  peer: string,
  forwardedFor: string | undefined,
  trustedProxies: number,
): string {
  if (trustedProxies === 0 || forwardedFor === undefined) return plain(peer);
  let toPass = trustedProxies - 1;
  for (const entry of forwardedFor.split(',').reverse()) {
    const address = plain(entry.trim());
    const family = isIP(address);
    if (family === 0) break;
    if (isInternal(address, family)) continue;
    if (toPass === 0) return address;
    toPass -= 1;
  }
  return plain(peer);
}
