/**
 * Reports what was played. It is kept in storage until the server has taken it, so nothing is lost without a network. A
 * report is sent while something plays, when it pauses or its page is left, and before something else is opened.
 */
import { ZhikeError } from '../../client/transport.ts';
import type { LessonId, ReportedView } from '../../client/types.ts';
import {
  afterAnswer,
  ageMs,
  type CellSet,
  type Heard,
  heardOn,
  type Moment,
  reportOf,
  UNHEARD,
} from '../model/heard.ts';
import { client } from './client.ts';
import { LostAnswer } from './send.ts';
import { session } from './session.ts';

/** What waits to be reported of one lesson. */
interface Waiting {
  readonly cells: CellSet;
  readonly seconds: number;
  /** When that second was played, in milliseconds since 1970. */
  readonly atMs: number;
  /** Whether the end of the text was reached, and the server does not count it yet. */
  readonly isAtEnd: boolean;
}

/** Told what the server answered. */
type Listener = (answer: ReportedView) => void;

/** So many lessons wait at most. The oldest are given up. */
const LESSONS_MAX = 40;
const FIRST_REPORT_MS = 30_000;

const runs = new Map<string, Heard>();
const sending = new Map<string, Promise<void>>();
const nextAtMs = new Map<string, number>();
let listener: Listener | null = null;

const keyOf = () => `heard:${session()?.userId ?? ''}`;
/** Whoever else logs in has played nothing of it. */
const ownOf = (lessonId: string) => `${session()?.userId ?? ''}:${lessonId}`;

type All = Readonly<Record<string, Waiting>>;
const isAll = (found: unknown): found is All => typeof found === 'object' && found !== null;

function all(): All {
  const found = wx.getStorageSync(keyOf());
  return isAll(found) ? found : {};
}

function put(lessonId: string, next: Waiting | null): void {
  const others = Object.entries(all())
    .filter(([id]) => id !== lessonId)
    .sort(([, a], [, b]) => b.atMs - a.atMs)
    .slice(0, LESSONS_MAX - 1);
  wx.setStorageSync(keyOf(), Object.fromEntries(next === null ? others : [...others, [lessonId, next]]));
}

/** Tells one listener what the server answers, until the returned function is called. */
export function onReported(told: Listener): () => void {
  listener = told;
  return () => {
    if (listener === told) listener = null;
  };
}

/** A player of a lesson is here now. What was played is kept, and reported when it is time for that. */
export function hear(lessonId: string, moment: Moment): void {
  if (session() === null) return;
  const own = ownOf(lessonId);
  const before = runs.get(own) ?? { ...UNHEARD, cells: all()[lessonId]?.cells ?? [] };
  const next = heardOn(before, moment);
  runs.set(own, next);
  if (next.cells !== before.cells) {
    const isAtEnd = all()[lessonId]?.isAtEnd === true;
    put(lessonId, { cells: next.cells, seconds: Math.floor(moment.seconds), atMs: moment.nowMs, isAtEnd });
  }
  const dueAtMs = nextAtMs.get(own) ?? moment.nowMs + FIRST_REPORT_MS;
  nextAtMs.set(own, dueAtMs);
  if (moment.nowMs >= dueAtMs) void report(lessonId);
}

/** The end of a text was reached. It is reported until the server counts it. */
export function reachEnd(lessonId: string): Promise<void> {
  if (session() === null) return Promise.resolve();
  put(lessonId, { cells: [], seconds: 0, atMs: Date.now(), isAtEnd: true });
  return report(lessonId);
}

/** Whether something of a lesson waits. */
export function isWaiting(lessonId: string): boolean {
  return all()[lessonId] !== undefined;
}

function taken(lessonId: string, reported: CellSet, answer: ReportedView): void {
  const now = all()[lessonId];
  if (now === undefined) return;
  const cells = afterAnswer(now.cells, reported, answer.leftCells);
  const run = runs.get(ownOf(lessonId));
  if (run !== undefined) runs.set(ownOf(lessonId), { ...run, cells });
  const isAtEnd = now.isAtEnd && !answer.isFinished && answer.progressBp < 10_000;
  put(lessonId, cells.length === 0 && !isAtEnd ? null : { ...now, cells, isAtEnd });
}

/** Whether the server will never take it: the lesson is gone, or somebody else's. */
const isHopeless = (caught: ZhikeError) => caught.retry === 'never';

async function send(lessonId: LessonId, waiting: Waiting): Promise<void> {
  const reported = reportOf(waiting.cells);
  const nowMs = Date.now();
  const run = runs.get(ownOf(lessonId))?.run ?? { toSeconds: waiting.seconds, atMs: waiting.atMs };
  try {
    const answer = await client.reportProgress({
      id: lessonId,
      seen: reported.map(([from, until]): [number, number] => [from, until]),
      positionSeconds: Math.floor(run.toSeconds),
      playedAgoMs: ageMs(run.atMs, nowMs),
      isAtEnd: waiting.isAtEnd,
    });
    nextAtMs.set(ownOf(lessonId), Date.now() + answer.nextReportMs);
    taken(lessonId, reported, answer);
    listener?.(answer);
  } catch (caught) {
    if (!(caught instanceof ZhikeError) && !(caught instanceof LostAnswer)) throw caught;
    nextAtMs.set(ownOf(lessonId), nowMs + FIRST_REPORT_MS);
    if (!(caught instanceof ZhikeError) || !isHopeless(caught)) return;
    runs.delete(ownOf(lessonId));
    put(lessonId, null);
  }
}

/** Reports what waits of a lesson, once at a time. What cannot be sent stays. */
export function report(lessonId: string): Promise<void> {
  const own = ownOf(lessonId);
  const before = sending.get(own);
  if (before !== undefined) return before;
  const waiting = session() === null ? undefined : all()[lessonId];
  if (waiting === undefined) return Promise.resolve();
  const ended = () => void sending.delete(own);
  const sent = send(lessonId, waiting);
  sending.set(own, sent);
  sent.then(ended, ended);
  return sent;
}

/** Reports all that waits, one lesson after the other: before something is opened, and when the app is shown. */
export async function reportAll(): Promise<void> {
  for (const lessonId of Object.keys(all())) await report(lessonId);
}
