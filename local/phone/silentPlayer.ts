/** Plays without a screen: time passes by the phone's clock, and nothing is heard or seen. */
import type { Host } from './host.ts';
import type { Player } from './sound.ts';

/** What a player without a screen stands on. */
export interface SilentUse {
  readonly host: Pick<Host, 'now' | 'after' | 'cancel'>;
  /** How long a file is, in seconds; null when it cannot be played. */
  readonly lengthOf: (src: string) => number | null;
  /** Told what happens by itself. Times are seconds. */
  readonly told: (happening: 'timeupdate' | 'ended' | 'error', seconds: number, length: number) => void;
}

/** How often the time is told, as phones do. */
const TICK_MS = 250;

/** A player of one file. */
export class SilentPlayer implements Player {
  readonly #use: SilentUse;
  #length: number | null = null;
  #rate = 1;
  /** The second at which it was at a moment. */
  #from = { seconds: 0, atMs: 0 };
  #timer: number | null = null;

  constructor(use: SilentUse) {
    this.#use = use;
  }

  /** Whether it plays. */
  get isPlaying(): boolean {
    return this.#timer !== null;
  }

  /** Where it is, in seconds. */
  get seconds(): number {
    const passedMs = this.isPlaying ? this.#use.host.now() - this.#from.atMs : 0;
    return Math.min(this.#from.seconds + (passedMs / 1_000) * this.#rate, this.#length ?? 0);
  }

  /** How long the file is, in seconds; 0 when it cannot be played. */
  get length(): number {
    return this.#length ?? 0;
  }

  load(src: string, startTime: number): void {
    this.pause();
    this.#length = this.#use.lengthOf(src);
    this.#from = { seconds: startTime, atMs: 0 };
    if (this.#length === null) this.#use.host.after(0, () => this.#use.told('error', startTime, 0));
  }

  play(): void {
    if (this.#length === null || this.isPlaying) return;
    this.#mark(this.seconds);
    this.#timer = this.#use.host.after(TICK_MS, () => this.#tick());
  }

  pause(): void {
    this.#mark(this.seconds);
    if (this.#timer !== null) this.#use.host.cancel(this.#timer);
    this.#timer = null;
  }

  stop(): void {
    this.pause();
  }

  seek(seconds: number): void {
    this.#mark(seconds);
  }

  rate(rate: number): void {
    this.#mark(this.seconds);
    this.#rate = rate;
  }

  #mark(seconds: number): void {
    this.#from = { seconds, atMs: this.#use.host.now() };
  }

  #tick(): void {
    const { seconds, length } = this;
    this.#timer = null;
    this.#mark(seconds);
    const isOver = seconds >= length;
    if (!isOver) this.#timer = this.#use.host.after(TICK_MS, () => this.#tick());
    this.#use.told('timeupdate', seconds, length);
    if (isOver) this.#use.told('ended', seconds, length);
  }
}
