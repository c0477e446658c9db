/** Shows parts as elements of the browser. An element stays with its part, so that it keeps its focus and place. */
import { isChecked, labelled, valueIn } from '../gestures.ts';
import { lengthsOf } from '../lengths.ts';
import type { Part } from '../live.ts';
import type { Phone } from '../phone.ts';
import { textOf } from '../tree.ts';
import { arrange, make, set } from './dom.ts';

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const FITS: Readonly<Record<string, string>> = {
  aspectFit: 'contain',
  aspectFill: 'cover',
  widthFix: 'cover',
  heightFix: 'cover',
  center: 'none',
};
const INPUT_MODES: Readonly<Record<string, string>> = {
  number: 'numeric',
  digit: 'decimal',
  idcard: 'text',
};
const TAGS: Readonly<Record<string, keyof HTMLElementTagNameMap>> = {
  text: 'span',
  image: 'img',
  button: 'button',
  input: 'input',
  textarea: 'textarea',
  checkbox: 'input',
  radio: 'input',
  switch: 'input',
  slider: 'input',
  label: 'label',
  video: 'video',
};
const TYPES: Readonly<Record<string, string>> = {
  checkbox: 'checkbox',
  radio: 'radio',
  switch: 'checkbox',
  slider: 'range',
};
const NEAR_END_PX = 50;

/** The screen of one phone. */
export class Screen {
  readonly #phone: Phone;
  readonly #nodes = new WeakMap<Part, HTMLElement | Text>();
  readonly #parts = new WeakMap<Node, Part>();
  /** Pictures of the phone's own, as addresses. */
  readonly #pictures = new Map<string, string>();
  readonly #fields = new WeakMap<Part, Field>();
  readonly #styles = new WeakMap<Part, string>();

  constructor(phone: Phone) {
    this.#phone = phone;
  }

  /** The part that an element shows, or the nearest around it. */
  partAt(target: EventTarget | null): Part | null {
    for (let node = target instanceof Node ? target : null; node !== null; node = node.parentNode) {
      const part = this.#parts.get(node);
      if (part !== undefined) return part;
    }
    return null;
  }

  /** Listens to what is done to the parts in an element. */
  listen(root: HTMLElement): void {
    const { gestures } = this.#phone;
    root.addEventListener('click', (event) => {
      const part = this.partAt(event.target);
      if (part === null || event.target instanceof HTMLSelectElement) return;
      const label = (event.target as Element).closest('label');
      const isControl = event.target instanceof HTMLInputElement;
      // The label would click its control a second time.
      if (label !== null && !isControl) event.preventDefault();
      gestures.tap(part);
      const labelPart = label === null || isControl ? null : this.partAt(label);
      const target = labelPart === null ? null : labelled(labelPart);
      if (target !== null) (this.#nodes.get(target) as HTMLElement | undefined)?.focus();
    });
    root.addEventListener('keydown', (event) => {
      const { target, key } = event;
      if (!(target instanceof HTMLElement) || event.isComposing) return;
      if (target instanceof HTMLInputElement && key === 'Enter') this.#confirm(target);
      else if (target.dataset.tappable !== undefined && (key === 'Enter' || key === ' ')) {
        event.preventDefault();
        target.click();
      }
    });
    for (const type of ['pointerdown', 'pointerup', 'pointercancel', 'pointerleave'] as const) {
      root.addEventListener(type, (event) => this.#press(event.target, type === 'pointerdown'));
    }
  }

  #confirm(field: HTMLInputElement): void {
    const part = this.partAt(field);
    if (part !== null && part.tag === 'input') this.#phone.gestures.field(part, 'confirm');
  }

  #pressed: [HTMLElement, string[]] | null = null;

  #press(target: EventTarget | null, isDown: boolean): void {
    if (this.#pressed !== null) this.#pressed[0].classList.remove(...this.#pressed[1]);
    this.#pressed = null;
    for (let part = isDown ? this.partAt(target) : null; part !== null; part = part.parent) {
      const names = String(part.drawn.attributes['hover-class'] ?? '')
        .split(/\s+/)
        .filter((name) => name !== '');
      const node = this.#nodes.get(part);
      if (names.length > 0 && node instanceof HTMLElement) {
        node.classList.add(...names);
        this.#pressed = [node, names];
        return;
      }
    }
  }

  /** Shows a part and all in it. Answers its element. */
  show(part: Part): HTMLElement | Text {
    const node = this.#nodes.get(part) ?? this.#made(part);
    if (node instanceof Text) {
      const text = part.drawn.text;
      if (node.data !== text) node.data = text;
      return node;
    }
    this.#dress(part, node);
    const field = this.#fields.get(part);
    if (!['input', 'textarea', 'img', 'video'].includes(node.localName)) {
      const within = part.children.map((child) => this.show(child));
      arrange(node, field === undefined || field === node ? within : [...within, field]);
    }
    if (part.tag === 'swiper') this.#turn(part, node);
    return node;
  }

  #made(part: Part): HTMLElement | Text {
    const node =
      part.tag === '#text' ? document.createTextNode('') : document.createElement(TAGS[part.tag] ?? 'div');
    this.#nodes.set(part, node);
    this.#parts.set(node, part);
    if (node instanceof Text) return node;
    if (node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement) this.#fields.set(part, node);
    if (part.tag === 'picker') this.#fields.set(part, pickerField(part));
    if (TYPES[part.tag] !== undefined) set(node, 'type', TYPES[part.tag]);
    if (part.tag === 'switch') set(node, 'role', 'switch');
    if (part.tag === 'button') set(node, 'type', 'button');
    this.#follow(part, node);
    return node;
  }

  /** Listens to what happens to an element by itself. */
  #follow(part: Part, node: HTMLElement): void {
    const { gestures, engine } = this.#phone;
    const field = this.#fields.get(part);
    if (part.tag === 'input' || part.tag === 'textarea') {
      field?.addEventListener('input', () => {
        const typed = gestures.type(part, field.value);
        if (field.value !== typed) field.value = typed;
      });
      field?.addEventListener('focus', () => gestures.field(part, 'focus'));
      field?.addEventListener('blur', () => gestures.field(part, 'blur'));
    } else if (part.tag === 'picker' || part.tag === 'slider') {
      field?.addEventListener('change', () => gestures.choose(part, field.value));
    } else if (part.tag === 'scroll-view') this.#followScroll(part, node);
    else if (part.tag === 'swiper') this.#followTurns(part, node);
    else if (part.tag === 'image') {
      node.addEventListener('error', () => engine.tell(part, 'error', { errMsg: 'image failed' }, false));
      node.addEventListener('load', () => engine.tell(part, 'load', {}, false));
    } else if (node instanceof HTMLVideoElement) {
      for (const type of ['play', 'pause', 'ended', 'timeupdate', 'error', 'waiting']) {
        node.addEventListener(type, () => {
          const { currentTime, duration } = node;
          engine.tell(part, type, { currentTime, duration: duration || 0, errMsg: type }, false);
        });
      }
    }
  }

  #followScroll(part: Part, node: HTMLElement): void {
    let isAtEnd = false;
    node.addEventListener('scroll', () => {
      const left = Math.min(
        ...(part.drawn.attributes['scroll-y'] === true
          ? [node.scrollHeight - node.scrollTop - node.clientHeight]
          : [node.scrollWidth - node.scrollLeft - node.clientWidth]),
      );
      const isNear = left < NEAR_END_PX;
      if (isNear && !isAtEnd) this.#phone.engine.tell(part, 'scrolltolower', {}, false);
      isAtEnd = isNear;
    });
  }

  #followTurns(part: Part, node: HTMLElement): void {
    node.addEventListener('scrollend', () => {
      const current = Math.round(node.scrollLeft / Math.max(1, node.clientWidth));
      if (String(current) === (part.state.value ?? '0')) return;
      part.state.value = String(current);
      this.#phone.engine.tell(part, 'change', { current, source: 'touch' }, false);
      this.#phone.host.changed();
    });
  }

  /** Turns a swiper to its current item, when its template says another one. */
  #turn(part: Part, node: HTMLElement): void {
    const { current = 0 } = part.drawn.attributes;
    if (part.state.value !== undefined) return;
    part.state.value = String(current);
    node.scrollLeft = Number(current) * node.clientWidth;
  }

  /** Gives an element what its part's template says. */
  #dress(part: Part, node: HTMLElement): void {
    const { attributes, on } = part.drawn;
    const scopes = part.owner.scopes.map((scope) => `s-${scope}`);
    const host = part.component === null ? [] : [`host-${part.component.template.scope}`];
    const kind = part.tag === '#slot' ? 'p-slot' : part.component === null ? `p-${part.tag}` : 'p-host';
    const states = ['type', 'size'].map((name) =>
      part.tag === 'button' ? `p-is-${attributes[name] ?? 'default'}` : '',
    );
    const own = [kind, ...scopes, ...host, ...states, String(attributes.class ?? '')];
    if (attributes.plain === true) own.push('p-is-plain');
    const pressed = this.#pressed?.[0] === node ? this.#pressed[1] : [];
    set(node, 'class', [...own, ...pressed].join(' ').replace(/\s+/g, ' ').trim());
    if (part.tag === '#slot' || part.tag === 'page') return;
    set(node, 'id', attributes.id === undefined ? undefined : `id-${attributes.id}`);
    set(node, 'hidden', attributes.hidden === true);
    this.#style(part, node, String(attributes.style ?? ''));
    for (const name in attributes) {
      if (name.startsWith('aria-') && name !== 'aria-role') set(node, name, ariaOf(name, attributes[name]));
    }
    const role = attributes['aria-role'];
    if (role !== undefined) set(node, 'role', role);
    if (on.tap !== undefined && !(node instanceof HTMLButtonElement) && role !== 'dialog') {
      set(node, 'tabindex', '0');
      node.dataset.tappable = '';
    }
    this.#particular(part, node);
  }

  #style(part: Part, node: HTMLElement, style: string): void {
    if (this.#styles.get(part) === style) return;
    this.#styles.set(part, style);
    node.removeAttribute('style');
    for (const declaration of lengthsOf(style).split(/;(?![^(]*\))/)) {
      const colon = declaration.indexOf(':');
      if (colon > 0)
        node.style.setProperty(declaration.slice(0, colon).trim(), declaration.slice(colon + 1).trim());
    }
  }

  /** Where a picture is: in the package, on the phone, or at its own address. */
  #sourceOf(src: string): string {
    const { engine, files } = this.#phone;
    const bytes = files.find(src);
    if (bytes === null) return engine.package.files[src] ?? src;
    const known = this.#pictures.get(src);
    const letters = () => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    const url = known ?? `data:image/jpeg;base64,${btoa(letters())}`;
    this.#pictures.set(src, url);
    return url;
  }

  #particular(part: Part, node: HTMLElement): void {
    const { attributes } = part.drawn;
    const field = this.#fields.get(part);
    if (node instanceof HTMLImageElement) {
      const src = String(attributes.src ?? '');
      set(node, 'loading', attributes['lazy-load'] === true ? 'lazy' : undefined);
      set(node, 'alt', attributes['aria-label'] ?? '');
      set(node, 'src', src === '' ? undefined : this.#sourceOf(src));
      node.style.setProperty('object-fit', FITS[String(attributes.mode)] ?? 'fill');
      node.classList.toggle('p-is-width-fix', attributes.mode === 'widthFix');
    } else if (node instanceof HTMLVideoElement) {
      set(node, 'autoplay', attributes.autoplay === true);
      if (node.getAttribute('src') !== (attributes.src ?? null)) {
        const startTime = Number(attributes['initial-time'] ?? 0);
        if (startTime > 0)
          node.addEventListener('loadedmetadata', () => (node.currentTime = startTime), { once: true });
        set(node, 'src', attributes.src);
      }
      set(node, 'poster', attributes.poster);
      set(node, 'controls', attributes.controls !== false);
    } else if (node instanceof HTMLButtonElement) {
      node.disabled = attributes.disabled === true;
      set(node, 'aria-busy', attributes.loading === true ? 'true' : undefined);
    } else if (field !== undefined) this.#fill(part, field);
  }

  #fill(part: Part, field: Field): void {
    const { attributes } = part.drawn;
    field.disabled = attributes.disabled === true;
    if (field instanceof HTMLInputElement && (field.type === 'checkbox' || field.type === 'radio')) {
      field.checked = isChecked(part);
      return;
    }
    if (part.tag === 'slider') for (const name of ['min', 'max', 'step']) set(field, name, attributes[name]);
    if (part.tag === 'picker') {
      fillPicker(part, field);
      set(field, 'aria-label', attributes['aria-label'] ?? textOf(part));
    } else if (part.tag !== 'slider') {
      set(field, 'placeholder', attributes.placeholder);
      set(field, 'enterkeyhint', attributes['confirm-type']);
      set(field, 'inputmode', INPUT_MODES[String(attributes.type)]);
      const isSecret = attributes.password === true || attributes.type === 'safe-password';
      if (field instanceof HTMLInputElement) set(field, 'type', isSecret ? 'password' : 'text');
      const mayFocus = attributes.focus === true || attributes['auto-focus'] === true;
      if (mayFocus && !field.isConnected) queueMicrotask(() => field.focus());
    }
    if (field.value !== valueIn(part)) field.value = valueIn(part);
  }
}

/** Ids of parts have a word before, so that they are no ids of the frame. */
function ariaOf(name: string, value: unknown): unknown {
  if (name === 'aria-labelledby') return `id-${value}`;
  return typeof value === 'boolean' ? String(value) : value;
}

function pickerField(part: Part): Field {
  const { mode = 'selector' } = part.drawn.attributes;
  return mode === 'selector'
    ? make('select', { class: 'f-over' })
    : make('input', { class: 'f-over', type: String(mode) });
}

function fillPicker({ drawn }: Part, field: Field): void {
  const { range, start, end } = drawn.attributes;
  set(field, 'min', start);
  set(field, 'max', end);
  if (!(field instanceof HTMLSelectElement)) return;
  const words = Array.isArray(range) ? range.map(String) : [];
  if (words.join('\n') === [...field.options].map(({ text }) => text).join('\n')) return;
  arrange(
    field,
    words.map((text, at) => make('option', { value: String(at) }, text)),
  );
}
