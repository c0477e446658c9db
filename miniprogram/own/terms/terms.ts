/** A text that people agree to. */
import type { LegalKind, LegalTextView } from '../../../client/types.ts';
import { words } from '../../../client/words.ts';
import { deviceDay } from '../../model/deviceTime.ts';
import { type Loaded, unread } from '../../model/loaded.ts';
import { type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { page } from '../../wx/page.ts';
import { cached } from '../../wx/store.ts';

const KEPT_MS = 5 * 60_000;

interface Model {
  readonly text: Loaded<LegalTextView>;
}

/** What the template reads. */
export interface View {
  readonly line: StateLine | null;
  readonly title: string;
  /** Which version it is, and since when. */
  readonly version: string;
  readonly body: string;
}

const isKind = (kind: string): kind is LegalKind => Object.keys(words.legalKind).includes(kind);

/** The text that the address names; the terms when it names none. */
function kindOf(kind: string | undefined): LegalKind {
  return kind !== undefined && isKind(kind) ? kind : 'terms';
}

const own = page({
  model: (): Model => ({ text: unread }),
  view: ({ text }, nowMs): View => {
    const known = text.value;
    return {
      line: stateLineOf(text),
      title: known?.title ?? '',
      version: known === null ? '' : `版本 ${known.version}，${deviceDay(known.publishedAtMs, nowMs)}发布`,
      body: known?.body ?? '',
    };
  },
  load: (self) => {
    const kind = kindOf(self.query.kind);
    return self.read(
      'text',
      cached(`legal:${kind}`, KEPT_MS, () => client.getLegalText({ kind })),
    );
  },
  on: {},
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
