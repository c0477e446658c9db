/** The videos of a phone without a screen. They are followed as the browser's screen follows its own. */
import type { Part } from './live.ts';
import type { Phone } from './phone.ts';
import { SilentPlayer } from './silentPlayer.ts';
import type { VideoOrder } from './sound.ts';
import { partsOf } from './tree.ts';

interface Film {
  readonly part: Part;
  readonly player: SilentPlayer;
  src: string;
}

/** The videos on all pages that are open. */
export class Films {
  readonly #phone: Phone;
  readonly #lengthOf: (src: string) => number | null;
  readonly #films = new Map<Part, Film>();

  /** `lengthOf` tells how long a file is, in seconds; null when it cannot be played. */
  constructor(phone: Phone, lengthOf: (src: string) => number | null) {
    this.#phone = phone;
    this.#lengthOf = lengthOf;
  }

  /** Does what pages told their videos, loads what is new, and pauses what cannot be seen. */
  follow(): void {
    const { routes, videoOrders } = this.#phone;
    const there = routes.stack.flatMap(({ root }) => [...partsOf(root)].filter(({ tag }) => tag === 'video'));
    for (const [part, { player }] of this.#films) {
      if (there.includes(part)) continue;
      player.pause();
      this.#films.delete(part);
    }
    for (const part of there) this.#load(this.#films.get(part) ?? this.#film(part));
    for (const order of videoOrders.splice(0)) this.#obey(order);
    for (const film of this.#films.values()) {
      const isSeen = routes.isInFront && [...partsOf(routes.front.root)].includes(film.part);
      if (!isSeen) this.pause(film.part);
    }
  }

  /** Plays a video, as a tap on its button does. */
  play(part: Part): void {
    const film = this.#films.get(part);
    if (film === undefined || film.player.isPlaying) return;
    film.player.play();
    if (film.player.isPlaying) this.#tell(film, 'play');
  }

  /** Pauses a video. */
  pause(part: Part): void {
    const film = this.#films.get(part);
    if (film?.player.isPlaying !== true) return;
    film.player.pause();
    this.#tell(film, 'pause');
  }

  /** Moves a video to a second, as a drag of its bar does. */
  seek(part: Part, seconds: number): void {
    this.#films.get(part)?.player.seek(seconds);
  }

  #tell({ part, player }: Film, type: string): void {
    const { seconds: currentTime, length: duration } = player;
    this.#phone.engine.tell(part, type, { currentTime, duration, errMsg: type }, false);
  }

  #film(part: Part): Film {
    const told = (type: string) => this.#tell(film, type);
    const { host } = this.#phone;
    const film: Film = {
      part,
      player: new SilentPlayer({ host, lengthOf: this.#lengthOf, told }),
      src: '',
    };
    this.#films.set(part, film);
    return film;
  }

  #load(film: Film): void {
    const { src = '', autoplay, 'initial-time': startTime = 0 } = film.part.drawn.attributes;
    if (src === film.src) return;
    film.src = String(src);
    film.player.load(film.src, Number(startTime));
    if (autoplay === true) this.play(film.part);
  }

  #obey({ id, what, value }: VideoOrder): void {
    const film = [...this.#films.values()].find(({ part }) => part.drawn.attributes.id === id);
    if (film === undefined) return;
    if (what === 'play') this.play(film.part);
    else if (what === 'pause' || what === 'stop') this.pause(film.part);
    else if (what === 'seek') film.player.seek(value);
    else if (what === 'rate') film.player.rate(value);
  }
}
