/** Starts the console in the page: who is logged in sees the frame, anybody else the sign-in. */
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { safeReturn } from './engine/address.ts';
import { Desk } from './engine/desk.ts';
import { DeskContext, go, useDesk, usePlace, useSession } from './engine/hooks.ts';
import { Lazy, Shell } from './engine/shell.tsx';
import { login, views } from './views.ts';

/** How often it is looked whether half an hour has passed. */
const LOOK_MS = 15_000;

function useIdleEnd() {
  const { sessions } = useDesk();
  useEffect(() => {
    const touch = () => sessions.touch();
    const looking = setInterval(() => sessions.endWhenOver(), LOOK_MS);
    for (const name of ['pointerdown', 'keydown']) addEventListener(name, touch);
    return () => {
      clearInterval(looking);
      for (const name of ['pointerdown', 'keydown']) removeEventListener(name, touch);
    };
  }, [sessions]);
}

function Console() {
  const session = useSession();
  const { path, query } = usePlace();
  const isIn = session?.hasFactor === true;
  useIdleEnd();
  useEffect(() => {
    if (!isIn && path !== '/login') {
      const search = new URLSearchParams(query).toString();
      go('/login', { to: search === '' ? path : `${path}?${search}` }, true);
    }
    if (isIn && path === '/login') {
      const [to = '/', search] = safeReturn(query.to).split('?');
      go(to, Object.fromEntries(new URLSearchParams(search)), true);
    }
  }, [isIn, path]);
  if (!isIn) return <Lazy screen={login} params={{}} />;
  return path === '/login' ? null : <Shell views={views} />;
}

const apiUrl = document.querySelector<HTMLMetaElement>('meta[name="api"]')?.content ?? '';
const desk = new Desk({
  apiUrl,
  storage: sessionStorage,
  now: Date.now,
  random: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
});
const root = document.querySelector('#root');
if (root !== null) {
  render(
    <DeskContext.Provider value={desk}>
      <Console />
    </DeskContext.Provider>,
    root,
  );
}
