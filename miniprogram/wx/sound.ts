/**
 * The sound that goes on when its page is left, or the phone shows something else. There is one on a phone, so its
 * state stands here and not on a page.
 */
import type { BackgroundAudio } from '../../local/phone/platform.ts';
import { hear, report } from './heard.ts';
import { keepPlace } from './places.ts';

/** What is played. */
export interface Track {
  /** The id of the lesson or product. */
  readonly id: string;
  readonly title: string;
  /** The course that it belongs to; its own title when there is none. */
  readonly of: string;
  readonly teacher: string;
  readonly coverUrl: string;
  readonly url: string;
  /** Whether it is a lesson, of which is reported what was played. */
  readonly isLesson: boolean;
}

/** How the sound is. Times are seconds. */
export interface SoundNow {
  readonly id: string;
  readonly url: string;
  readonly isLesson: boolean;
  readonly isPlaying: boolean;
  readonly seconds: number;
  readonly length: number;
}

/** What happened to the sound. */
export type SoundEvent = 'changed' | 'ended' | 'broken';
type Listener = (event: SoundEvent, now: SoundNow) => void;

/** How much may be played again when the phone goes out, in seconds. */
const KEEP_SECONDS = 5;

let player: BackgroundAudio | null = null;
let now: SoundNow | null = null;
let listener: Listener | null = null;
let keptAt = 0;

function keep(): void {
  if (now === null) return;
  keptAt = now.seconds;
  keepPlace(now.id, now.seconds, now.length);
}

function happens(event: SoundEvent, isPlaying: boolean): void {
  if (now === null || player === null) return;
  const seconds = event === 'broken' ? now.seconds : player.currentTime;
  const length = player.duration > 0 ? player.duration : now.length;
  const isStarting = isPlaying && !now.isPlaying;
  const isStopping = !isPlaying && now.isPlaying;
  if (now.isLesson && event !== 'broken' && (isPlaying || isStopping)) {
    hear(now.id, {
      seconds,
      lengthSeconds: length,
      speed: player.playbackRate,
      nowMs: Date.now(),
      isStarting,
    });
  }
  if (now.isLesson && isStopping) void report(now.id);
  now = { ...now, isPlaying, seconds, length };
  if (!isPlaying || Math.abs(now.seconds - keptAt) >= KEEP_SECONDS) keep();
  listener?.(event, now);
}

function thePlayer(): BackgroundAudio {
  if (player !== null) return player;
  player = wx.getBackgroundAudioManager();
  player.onPlay(() => happens('changed', true));
  player.onPause(() => happens('changed', false));
  player.onTimeUpdate(() => happens('changed', now?.isPlaying === true));
  player.onEnded(() => happens('ended', false));
  player.onError(() => happens('broken', false));
  player.onStop(() => {
    keep();
    if (now?.isLesson === true) void report(now.id);
    if (now !== null) listener?.('changed', { ...now, isPlaying: false });
    // After a stop the platform needs the link again, so the sound is over.
    now = null;
  });
  return player;
}

/** Tells one listener what happens from now on, until the returned function is called. */
export function onSound(told: Listener): () => void {
  listener = told;
  return () => {
    if (listener === told) listener = null;
  };
}

/** The sound that plays, or is paused; null for none. */
export function soundNow(): SoundNow | null {
  return now;
}

/** Plays a track from a second on. */
export function playSound(
  { id, title, of, teacher, coverUrl, url, isLesson }: Track,
  seconds: number,
  speed: number,
): void {
  const sound = thePlayer();
  now = { id, url, isLesson, isPlaying: false, seconds, length: now?.id === id ? now.length : 0 };
  keptAt = seconds;
  Object.assign(sound, { title, epname: of, singer: teacher, coverImgUrl: coverUrl, startTime: seconds });
  sound.playbackRate = speed;
  sound.src = url;
}

/** Goes on with the sound, or pauses it. */
export function toggleSound(): void {
  if (now === null) return;
  if (now.isPlaying) thePlayer().pause();
  else thePlayer().play();
}

/** Moves to a second. */
export function seekSound(seconds: number): void {
  if (now === null) return;
  thePlayer().seek(seconds);
  now = { ...now, seconds };
  keep();
}

/** Plays faster or slower. */
export function speedSound(speed: number): void {
  if (now !== null) thePlayer().playbackRate = speed;
}

/** Ends the sound, because a film begins. */
export function stopSound(): void {
  if (now !== null) thePlayer().stop();
}
