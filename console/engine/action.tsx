/** The buttons of actions. A form is loaded when its button is used. */
import { useId, useRef, useState } from 'preact/hooks';
import { Dialog } from './dialog.tsx';
import { useMe } from './hooks.ts';
import { Lost, useLate } from './late.tsx';
import { mayCall } from './may.ts';
import type { Action, Thing, Tone } from './view.ts';

const loadForm = () => import('./actionForm.tsx');

function ActionDialog(props: { readonly action: Action; readonly thing: Thing; readonly close: () => void }) {
  const { own, isLost } = useLate(loadForm);
  if (own !== null) return <own.ActionDialog {...props} />;
  if (!isLost) return null;
  return (
    <Dialog title={props.action.title} close={props.close}>
      <Lost />
    </Dialog>
  );
}

/** The actions that are offered on a thing: to a role that may, and when it can be done. */
export function useOffered(actions: readonly Action[], thing: Thing): readonly Action[] {
  const me = useMe();
  return actions.filter((action) => mayCall(me.role, action.name) && action.when(thing, me));
}

/** How many actions of a row stand beside each other. */
const SHOWN_MAX = 2;

/** What stands under 更多: it closes by itself when something else is chosen. */
function More({
  actions,
  choose,
}: {
  readonly actions: readonly Action[];
  readonly choose: (action: Action) => void;
}) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const pick = (action: Action) => {
    // The focus goes back to 更多 first, so that the dialog gives it back there.
    box.current?.hidePopover();
    choose(action);
  };
  return (
    <>
      <button type="button" class="small plain" popovertarget={id}>
        更多
      </button>
      <div ref={box} id={id} class="more" popover="auto">
        {actions.map((action) => (
          <ActionButton key={action.name} action={action} choose={pick} />
        ))}
      </div>
    </>
  );
}

function ActionButton({
  action,
  choose,
}: {
  readonly action: Action;
  readonly choose: (action: Action) => void;
}) {
  return (
    <button type="button" class={`small ${action.tone}`} onClick={() => choose(action)}>
      {action.title}
    </button>
  );
}

const PLACES: Readonly<Record<Tone, number>> = { bad: 0, plain: 1, main: 2 };

/** The buttons of the actions on a thing. More than two stand under 更多. */
export function Actions({
  actions,
  thing,
  isAll = false,
}: {
  readonly actions: readonly Action[];
  readonly thing: Thing;
  /** Whether all stand beside each other: above a detail. */
  readonly isAll?: boolean;
}) {
  const [open, setOpen] = useState<Action | null>(null);
  const all = useOffered(actions, thing);
  // Above a detail, what is meant stands at the right, and what cannot be undone farthest from it.
  const offered = isAll ? [...all].sort((a, b) => PLACES[a.tone] - PLACES[b.tone]) : all;
  if (offered.length === 0) return null;
  const most = isAll ? offered.length : SHOWN_MAX;
  const rest = offered.slice(most);
  return (
    <span class="actions">
      {offered.slice(0, most).map((action) => (
        <ActionButton key={action.name} action={action} choose={setOpen} />
      ))}
      {rest.length > 0 && <More actions={rest} choose={setOpen} />}
      {open !== null && <ActionDialog action={open} thing={thing} close={() => setOpen(null)} />}
    </span>
  );
}
