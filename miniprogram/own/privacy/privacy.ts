/** What the caller agreed to, and where they are logged in. */
import type { LegalKind, SessionView, UserView } from '../../../client/types.ts';
import { words } from '../../../client/words.ts';
import type { SwitchEvent, TapEvent } from '../../../local/phone/platform.ts';
import { deviceTime } from '../../model/deviceTime.ts';
import { type Loaded, type Paged, ready, unread } from '../../model/loaded.ts';
import { routes } from '../../model/routes.ts';
import { moreLineOf, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';
import { dropSession } from '../../wx/session.ts';
import { forgetKept } from '../../wx/store.ts';
import { agreeTo } from '../consents.ts';

/** For everybody: they are agreed to once, and read again. */
const BASIC: readonly LegalKind[] = ['terms', 'privacy'];

/** Asked for one by one. Nothing that is bought depends on them. */
const OPTIONAL: readonly LegalKind[] = ['personalisation', 'marketing', 'analytics', 'sharing'];

const PAGE = 'own/privacy';

interface Model {
  readonly user: Loaded<UserView>;
  readonly sessions: Loaded<Paged<SessionView>>;
  readonly more: Loaded<null>;
  /** What is being changed; empty for nothing. */
  readonly busy: string;
  /** What is wrong with the last change; empty for nothing. */
  readonly wrong: string;
}

/** A text and what the caller agreed to of it. */
export interface ConsentRow {
  readonly kind: LegalKind;
  readonly title: string;
  readonly isGiven: boolean;
  readonly note: string;
  readonly isBusy: boolean;
}

/** A device that is logged in. */
export interface SessionRow {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly isThis: boolean;
  readonly isBusy: boolean;
}

/** What the template reads. */
export interface View {
  readonly line: StateLine | null;
  readonly wrong: string;
  readonly basic: readonly ConsentRow[];
  readonly optional: readonly ConsentRow[];
  readonly sessionsLine: StateLine | null;
  readonly sessions: readonly SessionRow[];
  readonly moreLine: StateLine | null;
  readonly isLeaving: boolean;
}

function rowOf(kind: LegalKind, { user, busy }: Model): ConsentRow {
  const version = user.value?.consents[kind] ?? null;
  return {
    kind,
    title: words.legalKind[kind],
    isGiven: version !== null,
    note: version === null ? '未同意' : `已同意 ${version}`,
    isBusy: busy === kind,
  };
}

function sessionRow(
  { id, device, createdAtMs, lastSeenAtMs, isThis }: SessionView,
  busy: string,
  nowMs: number,
) {
  const seen = `${deviceTime(createdAtMs, nowMs)} 登录`;
  const note = lastSeenAtMs === null ? seen : `${seen}，${deviceTime(lastSeenAtMs, nowMs)} 用过`;
  const title = isThis ? '这台设备' : (device ?? '未知设备');
  return { id, title, note, isThis, isBusy: busy === id };
}

/** Changes one thing at a time, and shows what is wrong with it. */
async function change(self: Self<Model>, busy: string, job: () => Promise<unknown>): Promise<void> {
  if (self.model.busy !== '') return;
  self.set({ busy, wrong: '' });
  try {
    await job();
  } catch (caught) {
    self.set({ wrong: failureOf(caught).message });
  }
  self.set({ busy: '' });
}

const readSessions = (self: Self<Model>) => {
  self.set({ more: unread });
  return self.read('sessions', () => client.listSessions());
};

const readMore = (self: Self<Model>) =>
  self.readNext('sessions', 'more', (cursor) => client.listSessions({ cursor }));

/** Nobody is logged in here any more. */
async function leave(): Promise<void> {
  dropSession();
  forgetKept();
  await wx.switchTab({ url: routes.me });
}

type Kinded = { readonly kind: LegalKind };

const own = page({
  model: (): Model => ({ user: unread, sessions: unread, more: unread, busy: '', wrong: '' }),
  view: (model, nowMs): View => {
    const { user, sessions, more, busy, wrong } = model;
    const list = sessions.value;
    return {
      line: stateLineOf(user),
      wrong,
      basic: BASIC.map((kind) => rowOf(kind, model)),
      optional: OPTIONAL.map((kind) => rowOf(kind, model)),
      sessionsLine: stateLineOf(sessions),
      sessions: (list?.items ?? []).map((one) => sessionRow(one, busy, nowMs)),
      moreLine: more.failure === null && !more.isLoading ? null : moreLineOf(more, true, 0),
      isLeaving: busy === 'leave',
    };
  },
  load: (self) => Promise.all([self.read('user', () => client.getMe()), readSessions(self)]),
  more: readMore,
  on: {
    readMore,
    readSessions,
    read: (_self, event: TapEvent<Kinded>) => go(routes.terms(event.currentTarget.dataset.kind)),
    agree: (self, event: TapEvent<Kinded>) => {
      const { kind } = event.currentTarget.dataset;
      return change(self, kind, async () => self.set({ user: ready(await agreeTo(kind, PAGE)) }));
    },
    toggle: (self, event: SwitchEvent<Kinded>) => {
      const { kind } = event.currentTarget.dataset;
      const isOn = event.detail.value;
      return change(self, kind, async () => {
        const user = isOn
          ? await agreeTo(kind, PAGE)
          : await client.withdrawConsent({ kind, page: PAGE, appVersion: APP_VERSION });
        self.set({ user: ready(user) });
      });
    },
    end: (self, event: TapEvent<{ readonly id: string }>) => {
      const sessionId = event.currentTarget.dataset.id;
      return change(self, sessionId, async () => {
        await client.endSession({ sessionId });
        await readSessions(self);
      });
    },
    logout: (self) =>
      change(self, 'leave', async () => {
        await client.logout();
        await leave();
      }),
    logoutEverywhere: async (self) => {
      const { confirm } = await wx.showModal({
        title: '退出所有设备',
        content: '所有设备上的登录都会失效，包括这一台。',
        confirmText: '全部退出',
      });
      if (!confirm) return;
      await change(self, 'leave', async () => {
        await client.logoutEverywhere();
        await leave();
      });
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
