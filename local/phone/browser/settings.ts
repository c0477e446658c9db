/** The settings beside the phone. */
import type { PaymentOutcome, Settings } from '../host.ts';
import type { Phone } from '../phone.ts';
import { addressOf, settingsIn } from './address.ts';
import { arrange, byId, isScreenDark, make, set } from './dom.ts';

/** How a share is opened: from a person, from a group, and from a group with a ticket. */
const SCENES = { person: 1007, group: 1008, ticket: 1044 } as const;

function field(id: string): HTMLInputElement | HTMLSelectElement {
  return byId(id) as HTMLInputElement | HTMLSelectElement;
}

/** The settings beside the phone. */
export class SettingsPanel {
  readonly #phone: Phone;

  constructor(phone: Phone) {
    this.#phone = phone;
    // On a small screen the phone is the screen.
    if (matchMedia('(max-width: 760px)').matches) byId('panel').removeAttribute('open');
    for (const name of ['platform', 'network', 'privacy', 'subscribe', 'payment', 'dark', 'who', 'chat']) {
      field(name).addEventListener('change', () => this.#changed(name));
    }
    this.#on('pull', () => phone.pullDown());
    this.#on('leave', () => (phone.routes.isInFront ? phone.leave() : phone.enter()));
    this.#on('forget', () => {
      phone.host.memory(phone.settings.who).clear();
      window.location.reload();
    });
    this.#on('open-share', () => this.#openShare(SCENES.person));
    this.#on('open-in-chat', () => this.#openShare(phone.shared?.hasTicket ? SCENES.ticket : SCENES.group));
  }

  #openShare(scene: number): void {
    const { shared, settings } = this.#phone;
    if (shared === null) return;
    const who = field('share-who').value.trim() || 'xiaohong';
    window.location.assign(addressOf({ ...settings, who }, shared.path, scene, isScreenDark()));
  }

  #on(id: string, work: () => void): void {
    byId(id).addEventListener('click', () => {
      work();
      this.#phone.host.changed();
    });
  }

  #changed(name: string): void {
    const { settings } = this.#phone;
    const search = new URLSearchParams(window.location.search);
    const { value } = field(name);
    if (name === 'dark') search.set('dark', (field('dark') as HTMLInputElement).checked ? '1' : '0');
    else search.set(name, value);
    const next: Settings = settingsIn(search, isScreenDark());
    const address = addressOf(next, search.get('path'), null, isScreenDark());
    // Another person, system or consent is another phone.
    if (name === 'who' || name === 'privacy') window.location.assign(address);
    else {
      window.history.replaceState(null, '', address);
      const payment: PaymentOutcome = name === 'payment' ? next.payment : settings.payment;
      this.#phone.set({ ...next, payment });
    }
  }

  /** Shows how the phone is set, and what it counted. */
  show(): void {
    const { settings, engine, shared, routes } = this.#phone;
    for (const name of ['who', 'platform', 'network', 'privacy', 'subscribe', 'payment', 'chat'] as const) {
      const own = field(name);
      if (own.value !== String(settings[name]) && document.activeElement !== own)
        own.value = String(settings[name]);
    }
    (field('dark') as HTMLInputElement).checked = settings.isDark;
    byId('leave').textContent = routes.isInFront ? '切到后台' : '回到前台';
    for (const id of ['open-share', 'open-in-chat'])
      (byId(id) as HTMLButtonElement).disabled = shared === null;
    byId('shared').textContent = shared === null ? '还没有转发。' : `${shared.title} ${shared.path}`;
    const { setData, setDataBytes, requests } = engine.counts;
    byId('counts').textContent =
      `请求 ${requests.length} 次，setData ${setData} 次 ${(setDataBytes / 1024).toFixed(1)} kB`;
    const faults = engine.faults.map(({ message }) => make('li', {}, message));
    set(byId('faults'), 'hidden', faults.length === 0);
    arrange(byId('fault-list'), faults);
    document.documentElement.classList.toggle('is-dark', settings.isDark);
  }
}
