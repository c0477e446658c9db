/** What the phone stands on: a network, a clock, a memory, and how it is set. */
import type { NetworkType } from './platform.ts';

/** A request as it leaves the phone. */
export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A text, or the bytes of a file. */
  readonly body: string | Uint8Array<ArrayBuffer> | null;
}

/** What comes back. */
export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the phone stands on. */
export interface Host {
  /** Sends a request. It rejects when no answer came. */
  send(request: Sent): Promise<Received>;
  /** Asks the simulators of WeChat, such as `/phone/login`. It rejects with their words. */
  simulate(path: string, body: unknown): Promise<unknown>;
  /** Lets the person choose at most this many pictures; null when they leave it. */
  pictures(count: number): Promise<readonly Uint8Array<ArrayBuffer>[] | null>;
  /** A picture as JPEG of a quality from 0 to 100, no wider than this many px. */
  compress(
    picture: Uint8Array<ArrayBuffer>,
    to: { readonly quality: number; readonly width: number },
  ): Promise<Uint8Array<ArrayBuffer>>;
  /** Milliseconds since 1970. */
  now(): number;
  after(delayMs: number, job: () => void): number;
  cancel(timer: number): void;
  /** `length` random bytes. */
  random(length: number): Uint8Array;
  /** What a person's phone keeps, as JSON by key. */
  memory(who: string): Map<string, string>;
  /** Called when something else is to be seen. */
  changed(): void;
  /** Whether somebody looks at the phone, and can be asked to confirm a payment. */
  readonly isAttended: boolean;
  /** What the mini-program writes to its console. */
  log(...told: readonly unknown[]): void;
}

/** How the next payment ends. A negative number is a code of virtual payment, and nothing is paid. */
export type PaymentOutcome =
  /** The person decides on the sheet. Where nobody looks, it is paid. */
  | 'ask'
  | 'pay'
  | 'cancel'
  | 'fail'
  /** Paid, and the phone says that it failed. */
  | 'told_failed'
  /** Paid, and the phone says nothing. */
  | 'silent'
  | number;

/** How the phone is set. */
export interface Settings {
  /** The person, as the simulators know them. */
  who: string;
  platform: 'android' | 'ios' | 'harmony' | 'windows';
  /** `lost` carries requests out and drops their answers. */
  network: 'good' | 'slow' | 'off' | 'lost';
  payment: PaymentOutcome;
  /** Whether the person agreed to the privacy text before. */
  privacy: 'agreed' | 'ask';
  /** What the person answers when asked for messages. */
  subscribe: 'ask' | 'accept' | 'reject' | 'ban';
  /** The chat of WeChat from which the person opens shares to groups, by its name. */
  chat: string;
  isDark: boolean;
}

/** How a phone is set that nobody touched. */
export const FIRST_SETTINGS: Readonly<Settings> = {
  who: 'xiaoming',
  platform: 'android',
  network: 'good',
  payment: 'ask',
  privacy: 'agreed',
  subscribe: 'accept',
  chat: '读书群',
  isDark: false,
};

/** The network as `wx.getNetworkType` tells it. */
export function networkTypeOf({ network }: Readonly<Settings>): NetworkType {
  if (network === 'off') return 'none';
  return network === 'slow' ? '3g' : 'wifi';
}

/** Something over the page that waits for a choice. */
export interface Sheet {
  readonly kind:
    | 'modal'
    | 'actions'
    | 'payment'
    | 'subscribe'
    | 'privacy'
    | 'number'
    | 'avatar'
    | 'pictures'
    | 'contact';
  readonly title: string;
  readonly text: string;
  /** What a payment costs, as `¥39.00`. */
  readonly amount?: string;
  readonly choices: readonly string[];
  /** Null for leaving it without a choice. */
  readonly chosen: (choice: number | null) => void;
}

/** What was counted, for budgets. */
export interface Counts {
  setData: number;
  setDataBytes: number;
  /** The bytes of the largest one. */
  setDataBytesMax: number;
  /** Those for a page that was behind another one. */
  setDataHidden: number;
  /** Methods and addresses, in order. */
  requests: string[];
}
