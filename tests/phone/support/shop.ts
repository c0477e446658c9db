import { join } from 'node:path';
import { type DrivenPhone, type DriverOptions, openPhone } from '../../../local/phone/driver.ts';
import type { Received, Sent } from '../../../local/phone/host.ts';
import { type Packed, pack } from '../../../local/phone/pack.ts';

const FOLDER = join(__dirname, '../fixtures/shop');
const COURSES = [
  { id: 'a', title: '理财入门', priceFen: 12_900 },
  { id: 'b', title: '写作', priceFen: 1 },
];

let packed: Promise<Packed> | null = null;

/** The fixture, packed once. */
export function packedShop(): Promise<Packed> {
  packed ??= pack(FOLDER);
  return packed;
}

/** A server that has two courses, and finds them by a word of their titles. */
export async function answer({ url }: Sent): Promise<Received> {
  const words = decodeURIComponent(/words=([^&]*)/.exec(url)?.[1] ?? '');
  const found = COURSES.filter(({ title }) => title.includes(words));
  return { status: 200, headers: {}, body: JSON.stringify(found) };
}

/** The fixture on a phone. */
export async function openShop(options: Partial<DriverOptions> = {}): Promise<DrivenPhone> {
  const { script } = await packedShop();
  return openPhone({ script, send: answer, simulate: async () => ({}), ...options });
}
