/** The places that this phone keeps for whoever is logged in, and how fast and how large they want things. */
import { type Place, type Places, withPlace } from '../model/places.ts';
import { session } from './session.ts';

const keyOf = () => `places:${session()?.userId ?? 'guest'}`;

const isPlaces = (found: unknown): found is Places =>
  typeof found === 'object' && found !== null && !Array.isArray(found);

/** All places. */
export function places(): Places {
  const found = wx.getStorageSync(keyOf());
  return isPlaces(found) ? found : {};
}

/** The place in a lesson or product; undefined when it was never opened. */
export function placeIn(id: string): Place | undefined {
  return places()[id];
}

/** Keeps a place. `at` and `of` are those of `Place`. */
export function keepPlace(id: string, at: number, of: number): void {
  wx.setStorageSync(keyOf(), withPlace(places(), id, { at, of, atMs: Date.now() }));
}

/** A number that somebody chose on this phone, such as a speed; `otherwise` when they chose none. */
export function chosen(what: 'speed' | 'letters', otherwise: number): number {
  const found = wx.getStorageSync(`study.${what}`);
  return typeof found === 'number' ? found : otherwise;
}

/** Keeps what somebody chose. */
export function choose(what: 'speed' | 'letters', value: number): void {
  wx.setStorageSync(`study.${what}`, value);
}
