import type { Attempts } from './attempts.ts';
import type { Bus } from './bus.ts';
import type { Cache } from './cache.ts';
import type { Clock } from './clock.ts';
import type { Database } from './database.ts';
import type { Files } from './files.ts';
import type { Ids } from './ids.ts';
import type { Log } from './log.ts';
import type { Loop } from './loop.ts';
import type { Messages } from './messages.ts';
import type { Passwords } from './passwords.ts';
import type { Push } from './push.ts';
import type { Safety } from './safety.ts';
import type { Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';
import type { Wechat } from './wechat.ts';
import type { WxpayRail } from './wxpay.ts';
import type { XpayRail } from './xpay.ts';

/** The rails, by name. */
export interface Rails {
  readonly wxpay: WxpayRail;
  /** Null for a shop that does not sell in a mini-program. */
  readonly xpay: XpayRail | null;
}

/** All ports. The three composition roots assemble them, and every function gets them. */
export interface Ports {
  readonly database: Database;
  readonly bus: Bus;
  /** Values and counters. Processes may share them, so a value is plain data that JSON can hold. */
  readonly cache: Cache;
  /** What only this process remembers: objects that are changed in place, and what money depends on. */
  readonly memory: Pick<Cache, 'remember' | 'forget'>;
  readonly attempts: Attempts;
  readonly wechat: Wechat;
  /** It is called by background work, in turn: see `paced`. */
  readonly safety: Safety;
  /** It is called by background work, in turn, and never twice for one message: see `paced`. */
  readonly messages: Messages;
  readonly rails: Rails;
  /** Null for a shop that receives no pushes. */
  readonly push: Push | null;
  readonly files: Files;
  readonly clock: Clock;
  /** Resolves after `ms` milliseconds. Only for background work that no caller waits for. */
  readonly pause: (ms: number) => Promise<void>;
  readonly loop: Loop;
  readonly ids: Ids;
  readonly secrets: Secrets;
  readonly passwords: Passwords;
  readonly log: Log;
  readonly settings: Settings;
}
