/** The editor of a promotion with a time of its own: a campaign, or a flash sale. What is asked differs. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Desk } from '../engine/desk.ts';
import type { Fault } from '../engine/form.ts';
import { go, useDesk, usePlace } from '../engine/hooks.ts';
import type { Field, OperationName } from '../engine/schema.ts';
import { Tag } from '../engine/value.tsx';
import type { Action, ScreenProps, Thing } from '../engine/view.ts';
import { Approval, Beside, EditorPage, type Form, Part, Some, useForm } from './editor.tsx';
import { Preview } from './preview.tsx';
import { CopyLink, Settled, useKeptId, useStored, Waiting } from './promotion.tsx';
import type { Tried } from './promotionDraft.ts';

interface Timed {
  readonly title: string;
  readonly fromAtMs: number;
  readonly untilAtMs: number;
}

/** A promotion as it is stored. */
interface Stored extends Timed {
  readonly id: string;
  readonly state: string;
  readonly version: number;
}

/** What differs between the promotions: `V` is a stored one, and `W` what is written of it. */
export interface Kind<V extends Stored, W extends Timed> {
  readonly title: string;
  readonly path: string;
  readonly prefix: 'cmp' | 'fls';
  readonly type: string;
  readonly facts: readonly string[];
  readonly actions: readonly Action[];
  readonly fields: readonly Field[];
  readonly list: 'listCampaigns' | 'listAllFlashSales';
  readonly creates: OperationName;
  readonly publishes: OperationName;
  /** When somebody else has to agree. */
  readonly over: string;
  /** What a new one begins with. */
  readonly empty: Thing;
  readonly writtenOf: (stored: V) => W;
  readonly faults: (written: W) => readonly Fault[];
  readonly triedOf: (draft: W & { readonly id: string }) => Tried;
  readonly create: (desk: Desk, draft: W & { readonly id: string }) => Promise<unknown>;
  /** Saves over the version that was seen, and returns the one that is stored now. */
  readonly update: (
    desk: Desk,
    draft: W & { readonly id: string; readonly expectedVersion: number },
  ) => Promise<number>;
  /** What is asked besides title and time. */
  readonly parts: (form: Form) => ComponentChildren;
}

/** Saves what is written: over the draft that was seen, or as a new one. */
function useSaving<V extends Stored, W extends Timed>(kind: Kind<V, W>, stored: V | null) {
  const desk = useDesk();
  const kept = useKeptId(kind.prefix);
  const [version, see] = useState(stored?.version ?? 0);
  const save = async (written: W) => {
    if (stored === null) {
      const id = await kept.make((made) => kind.create(desk, { ...written, id: made }));
      return go(`${kind.path}/${id}`, {}, true);
    }
    see(await kind.update(desk, { ...written, id: stored.id, expectedVersion: version }));
  };
  return { save, id: stored?.id ?? kept.id() };
}

function Editor<V extends Stored, W extends Timed>({
  kind,
  stored,
  first,
}: {
  readonly kind: Kind<V, W>;
  readonly stored: V | null;
  readonly first: Thing;
}) {
  // A form's value has the fields that its contract says.
  const form = useForm(kind.fields, first, (value) => kind.faults(value as unknown as W));
  const written = form.value as W | null;
  const { save, id } = useSaving(kind, stored);
  return (
    <EditorPage
      title={stored?.title ?? `新建${kind.title}`}
      state={stored !== null && <Tag words="promotionState" value={stored.state} />}
      actions={kind.actions}
      thing={stored as Thing | null}
      form={form}
      save={(value) => save(value as unknown as W)}
      after={<Approval name={kind.publishes} over={kind.over} />}
      aside={
        <Preview
          tried={written && kind.triedOf({ ...written, id })}
          period={written && [written.fromAtMs, written.untilAtMs]}
        />
      }
    >
      <Part title="活动">
        <Some form={form} names={['title']} />
        <Beside>
          <Some form={form} names={['fromAtMs', 'untilAtMs']} />
        </Beside>
      </Part>
      {kind.parts(form)}
    </EditorPage>
  );
}

/** The screen of one kind: the promotion of the address, or a new one; `from` names one to begin like. */
export function promotionScreen<V extends Stored, W extends Timed>(kind: Kind<V, W>) {
  return function Screen({ params }: ScreenProps) {
    const likeId = usePlace().query.from ?? null;
    const own = params.key ?? null;
    const stored = useStored(kind.list, own ?? likeId);
    // The list of a kind has its items.
    const found = stored.found as V | null;
    if (found === null && (own ?? likeId) !== null) return <Waiting stored={stored} title={kind.title} />;
    if (own === null || found === null) {
      const like = found === null ? kind.empty : kind.writtenOf(found);
      return <Editor kind={kind} key="new" stored={null} first={like as Thing} />;
    }
    const written = kind.writtenOf(found);
    if (found.state === 'draft') {
      return <Editor kind={kind} key={found.id} stored={found} first={written as unknown as Thing} />;
    }
    return (
      <Settled
        {...{ title: found.title, state: found.state, type: kind.type, facts: kind.facts }}
        thing={found as unknown as Thing}
        actions={kind.actions}
        copy={<CopyLink path={`${kind.path}/new`} id={found.id} needs={kind.creates} />}
      >
        <Preview
          tried={kind.triedOf({ ...written, id: found.id })}
          period={[found.fromAtMs, found.untilAtMs]}
        />
      </Settled>
    );
  };
}
