/** A few words for making elements. */

/** An element with attributes and what is in it. `false` leaves an attribute away. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | boolean>> = {},
  ...within: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  element.append(...within);
  return element;
}

/** Gives an element an attribute, or takes it away, where that changes something. */
export function set(element: Element, name: string, value: unknown): void {
  if (value === undefined || value === null || value === false) element.removeAttribute(name);
  else {
    const text = value === true ? '' : String(value);
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}

/** Puts nodes into an element, in this order. What stands right already is not moved, so that it keeps its focus. */
export function arrange(element: Element, nodes: readonly Node[]): void {
  nodes.forEach((node, at) => {
    const there = element.childNodes[at];
    if (there !== node) element.insertBefore(node, there ?? null);
  });
  while (element.childNodes.length > nodes.length) element.lastChild?.remove();
}

/** An element of the page. @throws Error when it is missing */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`#${id} is missing`);
  return found;
}

/** Whether the phone is the screen, and the system is dark. */
export function isScreenDark(): boolean {
  return matchMedia('(max-width: 760px) and (prefers-color-scheme: dark)').matches;
}
