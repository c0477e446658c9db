/** Sound in the background, and the videos of pages. What plays them is the screen's; without one they are silent. */
import type { BackgroundAudio, VideoContext } from './platform.ts';

/** What makes the noise. Times are seconds. */
export interface Player {
  load(src: string, startTime: number): void;
  play(): void;
  pause(): void;
  stop(): void;
  seek(seconds: number): void;
  rate(rate: number): void;
}

type Happening = 'play' | 'pause' | 'stop' | 'ended' | 'timeupdate' | 'error';

/** The one sound of the phone that goes on in the background. */
export class Sound implements BackgroundAudio {
  title = '';
  epname = '';
  singer = '';
  coverImgUrl = '';
  startTime = 0;
  currentTime = 0;
  duration = 0;
  paused = true;
  player: Player | null = null;
  #src = '';
  #rate = 1;
  readonly #listeners: Partial<Record<Happening, (failure: { errMsg: string }) => void>> = {};
  readonly #strict: (what: string) => never;
  readonly #run: (job: () => unknown) => void;

  constructor(strict: (what: string) => never, run: (job: () => unknown) => void) {
    this.#strict = strict;
    this.#run = run;
  }

  get src(): string {
    return this.#src;
  }

  set src(src: string) {
    if (this.title === '') this.#strict('background sound without a title');
    this.#src = src;
    this.currentTime = this.startTime;
    this.player?.load(src, this.startTime);
    this.player?.rate(this.#rate);
    this.play();
  }

  get playbackRate(): number {
    return this.#rate;
  }

  set playbackRate(rate: number) {
    if (rate < 0.5 || rate > 2) this.#strict(`background sound at ${rate}, and not 0.5 … 2`);
    this.#rate = rate;
    this.player?.rate(rate);
  }

  play(): void {
    this.player?.play();
    this.tell('play');
  }

  pause(): void {
    this.player?.pause();
    this.tell('pause');
  }

  stop(): void {
    this.player?.stop();
    this.tell('stop');
  }

  seek(seconds: number): void {
    this.currentTime = seconds;
    this.player?.seek(seconds);
  }

  onPlay(listener: () => void): void {
    this.#listeners.play = listener;
  }

  onPause(listener: () => void): void {
    this.#listeners.pause = listener;
  }

  onStop(listener: () => void): void {
    this.#listeners.stop = listener;
  }

  onEnded(listener: () => void): void {
    this.#listeners.ended = listener;
  }

  onTimeUpdate(listener: () => void): void {
    this.#listeners.timeupdate = listener;
  }

  onError(listener: (failure: { errMsg: string }) => void): void {
    this.#listeners.error = listener;
  }

  /** What happened to the sound. */
  tell(happening: Happening, currentTime = this.currentTime, duration = this.duration): void {
    this.currentTime = currentTime;
    this.duration = duration;
    if (happening !== 'timeupdate') this.paused = happening !== 'play';
    const listener = this.#listeners[happening];
    if (listener !== undefined) this.#run(() => listener({ errMsg: 'error' }));
  }
}

/** What a page told one of its videos. */
export interface VideoOrder {
  readonly id: string;
  readonly what: 'play' | 'pause' | 'stop' | 'seek' | 'rate' | 'exit';
  readonly value: number;
}

/** Passes on what a page tells its video. */
export function videoOf(id: string, order: (told: VideoOrder) => void): VideoContext {
  const tell = (what: VideoOrder['what'], value = 0) => order({ id, what, value });
  return {
    play: () => tell('play'),
    pause: () => tell('pause'),
    stop: () => tell('stop'),
    seek: (seconds) => tell('seek', seconds),
    playbackRate: (rate) => tell('rate', rate),
    exitFullScreen: () => tell('exit'),
  };
}
