/** How the phone is set, as it stands in the page's address: `/app?who=xiaoming&platform=ios&dark=1&path=…`. */
import { FIRST_SETTINGS, type PaymentOutcome, type Settings } from '../host.ts';

const CHOICES = {
  platform: ['android', 'ios', 'harmony', 'windows'],
  network: ['good', 'slow', 'off', 'lost'],
  privacy: ['agreed', 'ask'],
  subscribe: ['accept', 'ask', 'reject', 'ban'],
} as const;

const PAYMENTS: readonly PaymentOutcome[] = ['ask', 'pay', 'cancel', 'fail', 'told_failed', 'silent'];

function chosen<T extends string>(text: string | null, choices: readonly T[], otherwise: T): T {
  return choices.find((choice) => choice === text) ?? otherwise;
}

function paymentOf(text: string | null): PaymentOutcome {
  if (text !== null && /^-\d{1,6}$/.test(text)) return Number(text);
  return PAYMENTS.find((one) => one === text) ?? FIRST_SETTINGS.payment;
}

/**
 * Reads the settings of an address. What is not there, or wrong, is as on a phone that nobody touched. It is dark where
 * the address says so, and like the system where it says nothing.
 */
export function settingsIn(search: URLSearchParams, isSystemDark = false): Settings {
  const of = (name: string) => search.get(name);
  return {
    who: of('who') || FIRST_SETTINGS.who,
    platform: chosen(of('platform'), CHOICES.platform, FIRST_SETTINGS.platform),
    network: chosen(of('network'), CHOICES.network, FIRST_SETTINGS.network),
    payment: paymentOf(of('payment')),
    privacy: chosen(of('privacy'), CHOICES.privacy, FIRST_SETTINGS.privacy),
    subscribe: chosen(of('subscribe'), CHOICES.subscribe, FIRST_SETTINGS.subscribe),
    chat: of('chat') || FIRST_SETTINGS.chat,
    isDark: of('dark') === null ? isSystemDark : of('dark') === '1',
  };
}

/** The address of a phone that is set so, opened at a page. Only what differs from an untouched one stands in it. */
export function addressOf(
  settings: Readonly<Settings>,
  path: string | null,
  scene: number | null,
  isSystemDark = false,
): string {
  const search = new URLSearchParams({ who: settings.who });
  for (const name of ['platform', 'network', 'payment', 'privacy', 'subscribe', 'chat'] as const) {
    if (settings[name] !== FIRST_SETTINGS[name]) search.set(name, String(settings[name]));
  }
  if (settings.isDark !== isSystemDark) search.set('dark', settings.isDark ? '1' : '0');
  if (path !== null) search.set('path', path);
  if (scene !== null) search.set('scene', String(scene));
  return `?${search}`;
}
