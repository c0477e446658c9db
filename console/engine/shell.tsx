/** The frame around every screen: the menu by role, the way here, and who is logged in. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { DetailPage } from './detail.tsx';
import { FactorAsker } from './factor.tsx';
import { useDesk, usePlace, useRole, useSession, useTitles } from './hooks.ts';
import { isForScreen } from './keys.ts';
import { Lost, useLate } from './late.tsx';
import { Link } from './link.tsx';
import { ListPage } from './list.tsx';
import { shortId } from './meaning.ts';
import { type Found, isOffered, menuOf, viewAt } from './menu.ts';
import { Empty, Skeleton } from './notice.tsx';
import { wordOf } from './schema.ts';
import { type Action, type Screen, type ScreenProps, titleOf, type View } from './view.ts';

/** Loads a screen when it is opened. */
export function Lazy({
  screen,
  params,
}: {
  readonly screen: Screen;
  readonly params: ScreenProps['params'];
}) {
  const { own, isLost } = useLate(screen.load);
  if (isLost) return <Lost />;
  return own === null ? <Skeleton lines={8} /> : <own.Screen params={params} />;
}

const loadForm = () => import('./actionForm.tsx');

function FormPage({ action }: { readonly action: Action }) {
  const { own, isLost } = useLate(loadForm);
  if (isLost) return <Lost />;
  return own === null ? <Skeleton lines={8} /> : <own.FormPageBody action={action} />;
}

function ViewBody({ found }: { readonly found: Found }) {
  const { view, params } = found;
  const keyed = params.key ?? '';
  if (view.kind === 'list') return <ListPage key={view.path} list={view} keyed={keyed} />;
  if (view.kind === 'detail') return <DetailPage key={keyed} detail={view} keyed={keyed} />;
  if (view.kind === 'form') return <FormPage key={view.path} action={view.action} />;
  return <Lazy screen={view} params={params} />;
}

/** What a place on the way here is called: a thing by its title, or by its id until that is known. */
function crumbOf({ view, params }: Found, title: string | undefined): string {
  return title ?? (view.path?.endsWith('/:key') === true ? shortId(params.key ?? '') : titleOf(view));
}

/** The way here: the group, and every place above this one. */
function Crumbs({ views, found }: { readonly views: readonly View[]; readonly found: Found }) {
  const { path: here } = usePlace();
  const titles = useTitles();
  const parts = here.split('/').slice(1);
  const above = parts
    .map((_, at) => `/${parts.slice(0, at).join('/')}`)
    .slice(1)
    .flatMap((path) => {
      const place = viewAt(views, path);
      return place === null ? [] : [{ path, title: crumbOf(place, titles.get(path)) }];
    });
  const { group } = found.view;
  return (
    <nav class="crumbs" aria-label="位置">
      <ol>
        {group !== (above[0]?.title ?? titleOf(found.view)) && <li>{group}</li>}
        {above.map(({ path, title }) => (
          <li key={path}>
            <Link to={path}>{title}</Link>
          </li>
        ))}
        <li aria-current="page">{crumbOf(found, titles.get(here))}</li>
      </ol>
    </nav>
  );
}

function Menu({ views, path }: { readonly views: readonly View[]; readonly path: string }) {
  const role = useRole();
  const isHere = (own: string) => own === path || (own !== '/' && path.startsWith(`${own}/`));
  return (
    <ul>
      {menuOf(views, role).map(({ group, views: own }) => (
        <li key={group}>
          {own.length > 1 || own[0]?.path !== '/' ? <span class="group">{group}</span> : null}
          <ul>
            {own.map((view) => (
              <li key={view.path}>
                <Link
                  to={view.path ?? '/'}
                  {...(isHere(view.path ?? '') && { 'aria-current': 'page' as const })}
                >
                  {titleOf(view)}
                </Link>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

function Person() {
  const desk = useDesk();
  const session = useSession();
  if (session === null) return null;
  const leave = () => {
    // Whether or not the server hears of it, this tab is logged out.
    desk.call('logout', {}).catch(() => null);
    desk.sessions.end();
  };
  return (
    <div class="person">
      <span>
        {session.user.nickname}
        <small>{wordOf('role', session.user.role)}</small>
      </span>
      <button type="button" class="small plain" onClick={leave}>
        退出
      </button>
    </div>
  );
}

/** Moves the focus to the heading of the screen that was opened, and names it in the title. */
function useArrival(path: string, title: string) {
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${title} · 知课后台`;
  }, [title]);
  useEffect(() => {
    if (!isFirst.current) document.querySelector<HTMLElement>('#main')?.focus({ preventScroll: false });
    isFirst.current = false;
  }, [path]);
}

/** `/` goes to the search of the screen, or else to its first filter. */
function useSearchKey() {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || !isForScreen(event)) return;
      const field =
        document.querySelector<HTMLElement>('main search input') ??
        document.querySelector<HTMLElement>('main .filters input[type=text]') ??
        document.querySelector<HTMLElement>('main .filters :is(input, select)');
      if (field === null) return;
      event.preventDefault();
      field.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

/** The frame, with the view of the address in it. */
export function Shell({ views }: { readonly views: readonly View[] }) {
  const { path } = usePlace();
  const role = useRole();
  const [isOpen, setOpen] = useState(false);
  const found = viewAt(views, path);
  useEffect(() => setOpen(false), [path]);
  const onKeyDown = ({ key }: KeyboardEvent) => {
    if (key === 'Escape') setOpen(false);
  };
  const isAllowed = found !== null && isOffered(role, found.view);
  const titles = useTitles();
  useArrival(path, found === null ? '没有这个页面' : (titles.get(path) ?? titleOf(found.view)));
  useSearchKey();
  return (
    <div class="shell">
      <a class="skip" href="#main">
        跳到内容
      </a>
      <header class="bar">
        <Link to="/" class="brand">
          知课后台
        </Link>
        <button
          type="button"
          class="menu-button"
          aria-expanded={isOpen}
          aria-controls="menu"
          onClick={() => setOpen(!isOpen)}
        >
          菜单
        </button>
      </header>
      <nav id="menu" class={isOpen ? 'open' : ''} aria-label="菜单" onKeyDown={onKeyDown}>
        <Menu views={views} path={path} />
        <Person />
      </nav>
      <main id="main" tabIndex={-1}>
        {found !== null && path !== '/' && <Crumbs views={views} found={found} />}
        {found === null && <Nowhere says="没有这个页面。" />}
        {found !== null && !isAllowed && <Nowhere says="您的角色不能打开这个页面。" />}
        {found !== null && isAllowed && <ViewBody found={found} />}
      </main>
      <FactorAsker />
    </div>
  );
}

function Nowhere({ says }: { readonly says: string }) {
  return (
    <section class="box">
      <Empty says={says}>
        <Link to="/" class="button">
          回到今日
        </Link>
      </Empty>
    </section>
  );
}
