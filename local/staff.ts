/**
 * The staff of a new shop on a laptop, so that somebody who has only just started it can enter its console. Their
 * passwords and the keys of their authenticator apps are made at the first start, and kept beside the local keys.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemIds } from '../shared/adapters/process/ids.ts';
import { scryptPasswords } from '../shared/adapters/process/passwords.ts';
import { keySecrets } from '../shared/adapters/process/secrets.ts';
import * as identities from '../shared/data/identity/identities.ts';
import { base32, shownCode } from '../shared/domain/identity/secondFactor.ts';
import { AppError } from '../shared/errors.ts';
import { createStaff, giveFactor } from '../shared/flows/identity/appointStaff.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { UserId } from '../shared/schemas/base.ts';
import type { Role } from '../shared/schemas/identity/user.ts';
import { createForCommand, type Place } from './database.ts';
import type { LocalKeys } from './keys.ts';

/** A member of staff, as they log in. */
export interface Member {
  readonly userName: string;
  readonly nickname: string;
  readonly role: Exclude<Role, 'learner'>;
  readonly password: string;
  /** What the authenticator app scans, an `otpauth:` address. */
  readonly app: string;
}

/**
 * Whose logins the start page shows: the staff that were made here, nobody, or the reason why there are none. The
 * documents may be in a database that others use (`elsewhere`), or the shop is older than its staff (`older`).
 */
export type ShownStaff = readonly Member[] | 'off' | 'elsewhere' | 'older';

/** Somebody who is to be appointed, and may be already. */
type Planned = Omit<Member, 'app'> & { readonly app: string | null };

const STAFF = [
  ['chen.jing', '陈静', 'admin'],
  ['li.mingyuan', '李明远', 'finance'],
  ['wang.xiaonan', '王晓楠', 'support'],
  ['zhao.xiaoman', '赵小满', 'editor'],
] as const;

/** 80 bits: they cannot be guessed, and can be typed. */
const PASSWORD_BYTES = 10;

const newPassword = () => shownCode(base32(randomBytes(PASSWORD_BYTES))).toLowerCase();

function plan(): readonly Planned[] {
  return STAFF.map(([userName, nickname, role]) => ({
    ...{ userName, nickname, role, password: newPassword(), app: null },
  }));
}

/** Only the owner may read it, and a start that is cut off leaves no half file. */
function keep(file: string, staff: readonly Planned[]): void {
  writeFileSync(`${file}.new`, JSON.stringify(staff, null, 2), { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}

type AppointPorts = Parameters<typeof giveFactor>[0];

/** The id of a member of staff, who is made unless an earlier start has made them and was cut off then. */
async function idOf(ports: AppointPorts, member: Planned): Promise<UserId> {
  const made = await createStaff(ports, member).catch((caught: unknown) => {
    if (caught instanceof AppError && caught.code === 'user.name_taken') return null;
    throw caught;
  });
  if (made !== null) return made.id;
  const id = identities.nameId(member.userName);
  const identity = await ports.database.tx((tx) => identities.find(tx, id));
  if (identity === null) throw new Error(`${member.userName} is nobody`);
  return identity.userId;
}

/** What the staff of a shop are made with. */
export interface StaffOptions {
  readonly dataDir: string;
  readonly place: Place;
  readonly keys: Pick<LocalKeys, 'secretsKey'>;
  readonly clock: Clock;
}

/**
 * Appoints the staff of a shop at its first start, as `npm run staff` does, and answers them at each start. Where a
 * shop was there before, nobody is appointed: it may be a copy of a real one.
 */
export async function openStaff({ dataDir, place, keys, clock }: StaffOptions): Promise<ShownStaff> {
  const file = join(dataDir, 'staff.json');
  if (!('file' in place) || place.file !== join(dataDir, 'zhike.db')) return 'elsewhere';
  if (!existsSync(file)) {
    if (existsSync(place.file)) return 'older';
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    // Kept before anybody is made, so a start that is cut off is gone on with by the next one.
    keep(file, plan());
  }
  const staff = JSON.parse(readFileSync(file, 'utf8')) as readonly Planned[];
  if (staff.every(isAppointed)) return staff;
  const database = await createForCommand(place);
  const ids = systemIds(clock);
  const secrets = keySecrets(keys.secretsKey);
  const ports = { database, ids, clock, passwords: scryptPasswords(), secrets };
  const members: Member[] = [];
  for (const [at, member] of staff.entries()) {
    const app = member.app ?? (await newApp(ports, member));
    members.push({ ...member, app });
    keep(file, [...members, ...staff.slice(at + 1)]);
  }
  await database.close();
  return members;
}

function isAppointed(planned: Planned): planned is Member {
  return planned.app !== null;
}

async function newApp(ports: AppointPorts, member: Planned): Promise<string> {
  const factor = await giveFactor(ports, { userId: await idOf(ports, member), replaces: true });
  if (factor === null) throw new Error(`${member.userName} got no second factor`);
  return factor.url;
}
