/** Plays the phone's background sound. */
import type { Player, Sound } from '../sound.ts';

/** A player for the sound of a phone. */
export function soundPlayer(sound: Sound): Player {
  const audio = new Audio();
  audio.addEventListener('timeupdate', () =>
    sound.tell('timeupdate', audio.currentTime, audio.duration || 0),
  );
  audio.addEventListener('ended', () => sound.tell('ended'));
  audio.addEventListener('error', () => sound.tell('error'));
  const play = () => void audio.play().catch(() => sound.tell('error'));
  return {
    load: (src, startTime) => {
      audio.src = src;
      audio.currentTime = startTime;
    },
    play,
    pause: () => audio.pause(),
    stop: () => audio.pause(),
    seek: (seconds) => {
      audio.currentTime = seconds;
    },
    rate: (rate) => {
      audio.playbackRate = rate;
    },
  };
}
