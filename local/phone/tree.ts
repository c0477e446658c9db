/** What is on the screen: parts that stay the same things while their templates are drawn again. */
import type { Drawn } from './drawing.ts';
import type { Instance, Part } from './live.ts';

/** What makes and ends components while parts come and go. */
export interface Hands {
  /** The component that a tag names in a template; null for a part of the platform. */
  made(part: Part): Instance | null;
  /** Gives the component of a part what its attributes say now. */
  given(part: Part): void;
  /** What its component draws. */
  drawnBy(component: Instance): readonly Drawn[];
  gone(component: Instance): void;
}

/** A part that nothing is in yet. */
export function newPart(drawn: Drawn, owner: Instance, parent: Part | null): Part {
  const { tag, key } = drawn;
  return { tag, key, owner, parent, drawn, children: [], component: null, state: {} };
}

/** Every part below `part` and itself, in the order of the screen. */
export function* partsOf(part: Part): Generator<Part> {
  yield part;
  for (const child of part.children) yield* partsOf(child);
}

/** Takes a part and all below it off the screen. */
export function remove(part: Part, hands: Hands): void {
  for (const child of part.children) remove(child, hands);
  if (part.component !== null) hands.gone(part.component);
}

/** A value that a template gives anew takes the place of what was typed; the same one again leaves it. */
function keepState(part: Part, drawn: Drawn): void {
  const { value, checked } = drawn.attributes;
  if (value !== part.drawn.attributes.value) delete part.state.value;
  if (checked !== part.drawn.attributes.checked) delete part.state.checked;
}

/** Makes the children of a part what was drawn. `owner` is whose template drew them. */
export function place(part: Part, drawn: readonly Drawn[], owner: Instance, hands: Hands): void {
  const before = new Map(part.children.map((child) => [child.key, child]));
  part.children = drawn.map((one) => {
    const old = before.get(one.key);
    const isSame = old?.tag === one.tag && old.owner === owner;
    const child = isSame ? old : newPart(one, owner, part);
    if (isSame) {
      before.delete(one.key);
      keepState(child, one);
      child.drawn = one;
      if (child.component !== null) hands.given(child);
    } else child.component = hands.made(child);
    fill(child, hands);
    return child;
  });
  for (const gone of before.values()) remove(gone, hands);
}

/** Makes what is in a part what its template, its component or the place for given things says. */
export function fill(part: Part, hands: Hands): void {
  if (part.component !== null) place(part, hands.drawnBy(part.component), part.component, hands);
  else if (part.tag === '#slot') fillSlot(part, hands);
  else place(part, part.drawn.children, part.owner, hands);
}

/** What is given to a component stands in its slot, and belongs to who gave it. */
function fillSlot(slot: Part, hands: Hands): void {
  const host = slot.owner.part;
  if (host === null) return;
  const given = host.drawn.children.filter(
    ({ attributes }) => String(attributes.slot ?? '') === slot.drawn.text,
  );
  place(slot, given, host.owner, hands);
}

/** The words that a part shows, its children's in order. */
export function textOf(part: Part): string {
  if (part.drawn.attributes.hidden === true) return '';
  if (part.tag === '#text') return part.drawn.text.replace(/\s+/g, ' ').trim();
  return part.children
    .map(textOf)
    .filter((text) => text !== '')
    .join(' ');
}
