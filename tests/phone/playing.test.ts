import fc from 'fast-check';
import { SilentPlayer } from '../../local/phone/silentPlayer.ts';
import { seed } from '../support/seeded.ts';
import { openShop } from './support/shop.ts';

const FILM = { tag: 'video', name: '影片' };
const openFilm = (lengthOf: (src: string) => number | null = () => 20) =>
  openShop({ path: '/pages/film/film', lengthOf });
type Phone = Awaited<ReturnType<typeof openFilm>>;
type Own = { readonly [name: string]: (...given: unknown[]) => void };

/** Calls a function of the page in front, and waits. */
async function call(phone: Phone, name: string, ...given: unknown[]): Promise<void> {
  const self = phone.page.instance.self as Own;
  phone.phone.engine.run(() => self[name]?.(...given));
  await phone.idle();
}
const shows = ({ page }: Phone) => page.instance.data;

test('a video begins where it is told to, goes on with the time, and ends', async () => {
  const phone = await openFilm();
  await phone.pass(5_000);
  expect(shows(phone)).toMatchObject({ told: '', at: '' });
  await phone.play(FILM);
  await phone.pass(5_000);
  expect(shows(phone)).toMatchObject({ told: 'play', at: '12/20' });
  await phone.pause(FILM);
  await phone.pass(5_000);
  expect(shows(phone)).toMatchObject({ told: 'play pause', at: '12/20' });
  await phone.seek(FILM, 18);
  await phone.play(FILM);
  await phone.pass(5_000);
  expect(shows(phone)).toMatchObject({ told: 'play pause play ended', at: '20/20' });
});

test('another file is loaded from its own second, and starts by itself when it is to', async () => {
  const phone = await openFilm();
  await call(phone, 'turn', 'b.mp4');
  await phone.pass(1_000);
  expect(shows(phone)).toMatchObject({ told: 'play', at: '4/20' });
  await call(phone, 'rate', 2);
  await phone.pass(2_000);
  expect(shows(phone).at).toBe('8/20');
  await call(phone, 'order', 'seek', 15);
  await call(phone, 'order', 'pause');
  expect(shows(phone).told).toBe('play pause');
});

test('a file that cannot be played says so', async () => {
  const phone = await openFilm((src) => (src === 'a.mp4' ? null : 20));
  expect(shows(phone).told).toBe('error');
  await phone.play(FILM);
  expect(shows(phone).told).toBe('error');
  await call(phone, 'turn', 'b.mp4');
  expect(shows(phone).told).toBe('error play');
});

test('a video pauses when it cannot be seen', async () => {
  const phone = await openFilm();
  await phone.play(FILM);
  await phone.pass(1_000);
  await phone.away(5_000);
  expect(shows(phone)).toMatchObject({ told: 'play pause', at: '8/20' });
});

test('a video at a speed that WeChat does not have is refused', async () => {
  const phone = await openFilm();
  await expect(call(phone, 'rate', 0.75)).rejects.toThrow('not at 0.75');
});

test('background sound needs a title, and goes on only where app.json asks for that', async () => {
  const phone = await openFilm();
  await expect(call(phone, 'listen', '')).rejects.toThrow('without a title');
  await call(phone, 'listen', '听');
  await phone.pass(3_000);
  expect(shows(phone)).toMatchObject({ told: 'sound', at: '5/20' });
  await phone.away(5_000);
  expect(phone.phone.sound.paused).toBe(true);
  phone.phone.sound.play();
  await phone.pass(20_000);
  expect(shows(phone).told).toBe('sound sound over');
});

test('a page is told how far it is scrolled', async () => {
  const phone = await openFilm();
  await phone.scroll(120);
  expect(shows(phone).top).toBe(120);
});

test('whatever is done to a player, its second is the sum of what it played and where it was moved', () => {
  const action = fc.oneof(
    fc.record({ do: fc.constant('pass' as const), value: fc.integer({ min: 0, max: 5_000 }) }),
    fc.record({ do: fc.constant('rate' as const), value: fc.constantFrom(0.5, 1, 2) }),
    fc.record({ do: fc.constant('seek' as const), value: fc.integer({ min: 0, max: 40 }) }),
    fc.record({ do: fc.constantFrom('play' as const, 'pause' as const), value: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
      let nowMs = 0;
      const timers = new Map<number, { readonly atMs: number; readonly job: () => void }>();
      let numbers = 0;
      const host = {
        now: () => nowMs,
        after: (delayMs: number, job: () => void) => {
          timers.set(++numbers, { atMs: nowMs + delayMs, job });
          return numbers;
        },
        cancel: (timer: number) => void timers.delete(timer),
      };
      const player = new SilentPlayer({ host, lengthOf: () => 1_000, told: () => undefined });
      player.load('a', 0);
      let [seconds, rate, isPlaying] = [0, 1, false];
      for (const { do: what, value } of actions) {
        if (what === 'rate') {
          rate = value;
          player.rate(rate);
        } else if (what === 'seek') {
          seconds = value;
          player.seek(seconds);
        } else if (what === 'play') player.play();
        else if (what === 'pause') player.pause();
        if (what === 'play' || what === 'pause') isPlaying = what === 'play';
        if (what !== 'pass') continue;
        const untilMs = nowMs + value;
        for (;;) {
          const [due] = [...timers]
            .filter(([, { atMs }]) => atMs <= untilMs)
            .sort(([, a], [, b]) => a.atMs - b.atMs);
          if (due === undefined) break;
          timers.delete(due[0]);
          nowMs = due[1].atMs;
          due[1].job();
        }
        nowMs = untilMs;
        if (isPlaying) seconds += (value / 1_000) * rate;
      }
      expect(player.seconds).toBeCloseTo(seconds, 6);
      expect(player.isPlaying).toBe(isPlaying);
    }),
    { seed },
  );
});
