/** What a person does to parts, and what these do then: ticks, groups, forms, labels. */
import type { Engine } from './engine.ts';
import { FILLED_NAMES } from './filled.ts';
import type { Part } from './live.ts';
import { partsOf } from './tree.ts';

/** The typed or given value of a part. */
export function valueIn({ state, drawn }: Part): string {
  return state.value ?? String(drawn.attributes.value ?? '');
}

/** Whether a box is ticked or a switch is on. */
export function isChecked({ state, drawn }: Part): boolean {
  return state.checked ?? drawn.attributes.checked === true;
}

/** Whether a part cannot be used. */
export function isDisabled({ drawn }: Part): boolean {
  return drawn.attributes.disabled === true || drawn.attributes.loading === true;
}

/** The nearest part around with one of these tags, itself included. */
export function around(part: Part, tags: readonly string[]): Part | null {
  for (let at: Part | null = part; at !== null; at = at.parent) if (tags.includes(at.tag)) return at;
  return null;
}

function rootOf(part: Part): Part {
  return part.parent === null ? part : rootOf(part.parent);
}

/** What a label is for: what its `for` names, or the first control in it. */
export function labelled(label: Part): Part | null {
  const { for: id } = label.drawn.attributes;
  const among = id === undefined ? label : rootOf(label);
  for (const part of partsOf(among)) {
    if (id === undefined ? FILLED_NAMES.includes(part.tag) : part.drawn.attributes.id === id) return part;
  }
  return null;
}

const BOXES = { checkbox: 'checkbox-group', radio: 'radio-group' } as const;

function groupOf(box: Part): Part | null {
  return box.tag === 'checkbox' || box.tag === 'radio' ? around(box, [BOXES[box.tag]]) : null;
}

function tickedIn(group: Part): string[] {
  return [...partsOf(group)]
    .filter((part) => (part.tag === 'checkbox' || part.tag === 'radio') && isChecked(part))
    .map(valueIn);
}

/** The values of a form by the names of its fields. */
export function valuesOf(form: Part): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const part of partsOf(form)) {
    const { name } = part.drawn.attributes;
    if (typeof name !== 'string' || name === '') continue;
    if (part.tag === 'switch') values[name] = isChecked(part);
    else if (part.tag === 'checkbox-group') values[name] = tickedIn(part);
    else if (part.tag === 'radio-group') values[name] = tickedIn(part)[0] ?? '';
    else values[name] = part.tag === 'slider' ? Number(valueIn(part)) : valueIn(part);
  }
  return values;
}

const TEXT_LENGTH_MAX = 140;

/** What a keyboard lets through. */
function typedInto({ drawn }: Part, text: string): string {
  const { type, maxlength = TEXT_LENGTH_MAX } = drawn.attributes;
  const wanted =
    type === 'number' ? text.replace(/\D/g, '') : type === 'digit' ? text.replace(/[^\d.]/g, '') : text;
  const most = Number(maxlength);
  return most < 0 ? wanted : wanted.slice(0, most);
}

/** What a person does to parts. `opened` is called for a tapped button with an `open-type`. */
export class Gestures {
  readonly #engine: Engine;
  readonly #opened: (button: Part, type: string) => void;
  #isTapping = false;
  #tappedAtMs = Number.NEGATIVE_INFINITY;

  constructor(engine: Engine, opened: (button: Part, type: string) => void) {
    this.#engine = engine;
    this.#opened = opened;
  }

  /** Whether the handlers of a tap run right now. */
  get isTapping(): boolean {
    return this.#isTapping;
  }

  /** How long ago the last tap was. */
  get sinceTapMs(): number {
    return this.#engine.host.now() - this.#tappedAtMs;
  }

  /** Runs what a person does by a tap. */
  byTap(work: () => void): void {
    this.#tappedAtMs = this.#engine.host.now();
    this.#isTapping = true;
    try {
      work();
    } finally {
      this.#isTapping = false;
      this.#engine.host.changed();
    }
  }

  /** Taps a part. A control that cannot be used does nothing. */
  tap(part: Part): void {
    const nearest = around(part, ['button', 'label', ...FILLED_NAMES]);
    const control = nearest?.tag === 'label' ? labelled(nearest) : nearest;
    if (nearest !== null && (isDisabled(nearest) || (control !== null && isDisabled(control)))) return;
    this.byTap(() => {
      this.#engine.tell(part, 'tap', { x: 0, y: 0 }, true);
      if (control !== null) this.#use(control);
    });
  }

  #use(control: Part): void {
    const { 'form-type': formType, 'open-type': openType } = control.drawn.attributes;
    if (control.tag === 'switch') {
      control.state.checked = !isChecked(control);
      this.#engine.tell(control, 'change', { value: control.state.checked }, false);
    } else if (control.tag === 'checkbox' || control.tag === 'radio') this.#tick(control);
    else if (control.tag === 'button') {
      const form = around(control, ['form']);
      if (form !== null && formType === 'submit') this.submit(form);
      if (form !== null && formType === 'reset') this.#reset(form);
      if (typeof openType === 'string') this.#opened(control, openType);
    }
  }

  #tick(box: Part): void {
    const group = groupOf(box);
    if (box.tag === 'radio') {
      if (isChecked(box)) return;
      for (const other of partsOf(group ?? box)) if (other.tag === 'radio') other.state.checked = false;
    }
    box.state.checked = !isChecked(box);
    if (group === null) return;
    const ticked = tickedIn(group);
    const value = box.tag === 'radio' ? (ticked[0] ?? '') : ticked;
    this.#engine.tell(group, 'change', { value }, false);
  }

  /** Submits a form. */
  submit(form: Part): void {
    this.#engine.tell(form, 'submit', { value: valuesOf(form) }, false);
  }

  #reset(form: Part): void {
    for (const part of partsOf(form)) {
      delete part.state.value;
      delete part.state.checked;
    }
    this.#engine.tell(form, 'reset', {}, false);
  }

  /** Makes what is in a field something else, as typing does. Answers what the keyboard let through. */
  type(field: Part, text: string): string {
    if (isDisabled(field)) return valueIn(field);
    const value = typedInto(field, text);
    field.state.value = value;
    this.#engine.tell(field, 'input', { value, cursor: value.length }, false);
    return value;
  }

  /** Puts the cursor into a field, takes it away, or presses the key that ends typing. */
  field(field: Part, type: 'focus' | 'blur' | 'confirm'): void {
    if (!isDisabled(field)) this.#engine.tell(field, type, { value: valueIn(field), height: 0 }, false);
  }

  /** Chooses a value of a picker or slider. A picker's is an index, a date or a time as text. */
  choose(part: Part, value: string): void {
    if (isDisabled(part)) return;
    part.state.value = value;
    const detail = { value: part.tag === 'slider' ? Number(value) : value };
    this.byTap(() => this.#engine.tell(part, 'change', detail, false));
  }
}
