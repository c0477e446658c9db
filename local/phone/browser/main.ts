/** The phone in a browser: stands it on the browser's network, clock and memory, and shows it. */
import type { Host } from '../host.ts';
import type { Package } from '../package.ts';
import { Phone } from '../phone.ts';
import { settingsIn } from './address.ts';
import { byId, isScreenDark } from './dom.ts';
import { Frame } from './frame.ts';
import { choosePictures, compressed } from './pictures.ts';
import { SettingsPanel } from './settings.ts';
import { soundPlayer } from './soundPlayer.ts';

declare global {
  /** What `miniprogram.js` leaves. */
  var miniprogram: Package;
}

/** What the phone of a person keeps, in the browser's storage. */
class StoredMemory extends Map<string, string> {
  readonly #prefix: string;

  constructor(who: string) {
    super();
    this.#prefix = `phone:${who}:`;
    for (const [key, json] of Object.entries(localStorage)) {
      if (key.startsWith(this.#prefix)) super.set(key.slice(this.#prefix.length), String(json));
    }
  }

  override set(key: string, json: string): this {
    localStorage.setItem(this.#prefix + key, json);
    return super.set(key, json);
  }

  override delete(key: string): boolean {
    localStorage.removeItem(this.#prefix + key);
    return super.delete(key);
  }

  override clear(): void {
    for (const key of [...this.keys()]) this.delete(key);
  }
}

/** How far the shop's clock is from the machine's, which the phone's is as far. None where nobody answers. */
async function aheadMs(): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  try {
    const response = await fetch('/control/clock', { method: 'POST', headers, body: '{"ms":0}' });
    return ((await response.json()) as { nowMs: number }).nowMs - Date.now();
  } catch {
    return 0;
  }
}

function hostOf(ahead: number, changed: () => void): Host {
  const memories = new Map<string, Map<string, string>>();
  return {
    send: async ({ method, url, headers, body }) => {
      const response = await fetch(url, { method, headers, body });
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: await response.text(),
      };
    },
    simulate: async (path, body) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
      if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
      return response.json();
    },
    pictures: choosePictures,
    compress: compressed,
    now: () => Date.now() + ahead,
    after: (delayMs, job) => window.setTimeout(job, delayMs),
    cancel: (timer) => window.clearTimeout(timer),
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    memory: (who) => {
      const memory = memories.get(who) ?? new StoredMemory(who);
      memories.set(who, memory);
      return memory;
    },
    changed,
    isAttended: true,
    log: (...told) => console.log(...told),
  };
}

async function start(): Promise<void> {
  const search = new URLSearchParams(window.location.search);
  const scene = Number(search.get('scene')) || undefined;
  let isDue = false;
  let show = () => {};
  const changed = () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      show();
    });
  };
  const phone = new Phone(
    globalThis.miniprogram,
    hostOf(await aheadMs(), changed),
    settingsIn(search, isScreenDark()),
    search.get('path'),
    scene,
  );
  const frame = new Frame(phone);
  const panel = new SettingsPanel(phone);
  phone.sound.player = soundPlayer(phone.sound);
  show = () => {
    frame.show();
    panel.show();
    for (const { id, what, value } of phone.videoOrders.splice(0)) {
      const video = byId('pages').querySelector(`video[id="id-${CSS.escape(id)}"]`);
      if (video instanceof HTMLVideoElement) obey(video, what, value);
    }
    for (const path of phone.documents.splice(0))
      window.open(path.replace(/^wxfile:\/\//, ''), '_blank', 'noopener');
  };
  phone.start();
  changed();
}

function obey(video: HTMLVideoElement, what: string, value: number): void {
  if (what === 'play') void video.play();
  else if (what === 'seek') video.currentTime = value;
  else if (what === 'rate') video.playbackRate = value;
  else if (what === 'exit') void document.exitFullscreen();
  else video.pause();
}

void start();
