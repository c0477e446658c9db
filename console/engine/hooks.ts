/** The hooks of all screens: the desk, the place, the session, and calls whose newest answer counts. */
import { createContext } from 'preact';
import { useCallback, useContext, useEffect, useMemo, useState } from 'preact/hooks';
import { BASE, hrefOf, type Place, placeOf } from './address.ts';
import { type Desk, type Input, type Output, personAsked, type Trouble, troubleOf } from './desk.ts';
import { Latest } from './latest.ts';
import type { RoleName } from './may.ts';
import { namesOf } from './names.ts';
import type { OperationName } from './schema.ts';
import type { Session } from './session.ts';
import type { Me } from './view.ts';

/** The desk of the tab. `main.tsx` gives it. */
export const DeskContext = createContext<Desk | null>(null);

/** The desk. @throws Error outside of `DeskContext` */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error('no desk');
  return desk;
}

/** Who is logged in; null for nobody. */
export function useSession(): Session | null {
  const { sessions } = useDesk();
  const [session, show] = useState(sessions.current);
  useEffect(() => sessions.watch(() => show(sessions.current)), [sessions]);
  return session;
}

/** The role of who is logged in. */
export function useRole(): RoleName {
  return useDesk().sessions.current?.user.role ?? 'learner';
}

/** Who is logged in, as far as it decides what is offered. */
export function useMe(): Me {
  const { current } = useDesk().sessions;
  return { id: current?.user.id ?? '', role: current?.user.role ?? 'learner' };
}

const MOVED = 'zhike:moved';

/** Goes to a place of the console. `isReplacing` leaves no step to go back to: for filters. */
export function go(path: string, query: Place['query'] = {}, isReplacing = false): void {
  const href = hrefOf(path, query);
  if (isReplacing) history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  dispatchEvent(new Event(MOVED));
}

const here = () => placeOf(location.pathname, location.search);

/** The place in the address bar. */
export function usePlace(): Place {
  const [place, show] = useState(here);
  useEffect(() => {
    const read = () => show(here());
    for (const name of [MOVED, 'popstate']) addEventListener(name, read);
    return () => {
      for (const name of [MOVED, 'popstate']) removeEventListener(name, read);
    };
  }, []);
  return place;
}

const TITLED = 'zhike:titled';

/** Says what the thing is called that is open at this place, for the way here and the title of the tab. */
export function useTitle(title: string | null): void {
  const desk = useDesk();
  const { path } = usePlace();
  useEffect(() => {
    if (title === null || desk.titles.get(path) === title) return;
    desk.titles.set(path, title);
    dispatchEvent(new Event(TITLED));
  }, [desk, path, title]);
}

/** What the things are called that were opened, by their paths. */
export function useTitles(): ReadonlyMap<string, string> {
  const desk = useDesk();
  const [, draw] = useState(0);
  useEffect(() => {
    const again = () => draw((count) => count + 1);
    addEventListener(TITLED, again);
    // What was opened may have said its title before this listened.
    again();
    return () => removeEventListener(TITLED, again);
  }, []);
  return desk.titles;
}

/** What a text is called, by its type and its field; null for one that is its own name, or not known by name. */
export function useName(typeName: string | null, field: string, value: string): string | null {
  const { names } = useDesk();
  const kind = namesOf(typeName, field, value);
  const [name, show] = useState(kind === null ? null : names.of(kind, value));
  useEffect(() => {
    if (kind === null) return;
    const read = () => show(names.of(kind, value));
    read();
    const end = names.watch(read);
    void names.want(kind);
    return end;
  }, [names, kind, value]);
  return kind === null ? null : name;
}

/** Whether a click on a link shall stay in this page: a plain one, on an address of the console. */
export function isOwnClick(event: MouseEvent, href: string): boolean {
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  return isPlain && !event.defaultPrevented && (href === BASE || href.startsWith(`${BASE}/`));
}

/** What a call has come to. `data` stays while it is read again. */
export interface Called<T> {
  readonly data: T | null;
  readonly trouble: Trouble | null;
  readonly isBusy: boolean;
  /** The person for whose data a reason has to be given first; null when the call may be made. */
  readonly needsReasonFor: string | null;
  readonly again: () => void;
}

interface Shown<T> {
  readonly key: string;
  readonly data: T | null;
  readonly trouble: Trouble | null;
  readonly isBusy: boolean;
}

/**
 * Reads. A newer input wins over an older answer. An answer that was there before is shown at once, and read again.
 * Null is for nothing to read yet.
 */
export function useCall<O extends OperationName>(name: O, input: Input<O> | null): Called<Output<O>> {
  const desk = useDesk();
  const latest = useMemo(() => new Latest(), []);
  // Drawn again at each change, because a reason may have been given by then.
  const [change, setChange] = useState(0);
  useEffect(() => desk.watchChanges(() => setChange((count) => count + 1)), [desk]);
  const asked = input === null ? null : reasoned(desk, name, input);
  const key = asked === null ? '' : `${name} ${JSON.stringify(asked.input)}`;
  const first = (): Shown<Output<O>> => ({
    key,
    // Only answers of this operation are kept under its name.
    data: (desk.answers.get(key) ?? null) as Output<O> | null,
    trouble: null,
    isBusy: key !== '',
  });
  const [shown, show] = useState(first);
  const read = useCallback(() => {
    if (asked === null || asked.person !== null) return;
    const isLatest = latest.begin();
    show((before) => (before.key === key ? { ...before, isBusy: true } : first()));
    desk.call(name, asked.input).then(
      (data) => {
        if (!isLatest()) return;
        desk.answers.set(key, data);
        show({ key, data, trouble: null, isBusy: false });
      },
      (thrown: unknown) => {
        if (isLatest()) show((before) => ({ ...before, key, trouble: troubleOf(thrown), isBusy: false }));
      },
    );
  }, [key, asked?.person ?? null]);
  useEffect(read, [read, change]);
  const current = shown.key === key ? shown : first();
  const needsReasonFor = asked?.person ?? null;
  // Nothing is under way while a reason is waited for.
  return { ...current, isBusy: current.isBusy && needsReasonFor === null, needsReasonFor, again: read };
}

/** The input with the reason that was given for the person in it, or the person for whom none was given yet. */
function reasoned<O extends OperationName>(desk: Desk, name: O, input: Input<O>) {
  const userId = personAsked(name, input);
  if (userId === null) return { input, person: null };
  const reason = desk.reasonFor(userId);
  return reason === null ? { input, person: userId } : { input: { ...input, reason }, person: null };
}
