/**
 * The subset of XML that WeChat uses: one `<xml>` element whose elements contain text or elements, without
 * attributes. Everything else of XML (document types, own entities, comments, instructions) is refused, so that
 * nothing can be smuggled in.
 */

/** The content of an element: text, elements by name, or an array where a name is repeated. */
export type XmlValue = string | XmlElement | readonly XmlValue[];
/** Elements by name. */
export interface XmlElement {
  readonly [name: string]: XmlValue;
}

const DEPTH_MAX = 8;
const TOKEN = /<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([A-Za-z_][A-Za-z0-9_.-]{0,63})(\/?)>|([^<]+)/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Text outside CDATA, with the five predefined entities replaced. */
function textOf(raw: string): string {
  return raw.replaceAll(/&([^;&]{0,10};?)/g, (_, name: string) => {
    const character = name.endsWith(';') ? ENTITIES[name.slice(0, -1)] : undefined;
    if (character === undefined) throw new Error('an entity that is not known');
    return character;
  });
}

/** An element that is being read. */
class Open {
  readonly name: string;
  readonly #children = new Map<string, XmlValue[]>();
  #text = '';

  constructor(name: string) {
    this.name = name;
  }

  say(text: string): void {
    this.#text += text;
  }

  add(name: string, value: XmlValue): void {
    const before = this.#children.get(name);
    if (before === undefined) this.#children.set(name, [value]);
    else before.push(value);
  }

  close(): XmlValue {
    if (this.#children.size === 0) return this.#text;
    if (this.#text.trim() !== '') throw new Error('text between elements');
    return Object.fromEntries(
      Array.from(this.#children, ([name, values]) => [
        name,
        values.length === 1 ? (values[0] ?? '') : values,
      ]),
    );
  }
}

/** The content of a document's `<xml>`. @throws a plain Error for anything that is not WeChat's XML */
export function readXml(document: string): XmlElement {
  const root = new Open('');
  const open = [root];
  const source = document.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const token = TOKEN.exec(source);
    if (token === null) throw new Error('not the XML of WeChat');
    const [, cdata, slash, name, isEmpty, raw] = token;
    const last = open.at(-1) ?? root;
    if (name === undefined) {
      last.say(cdata ?? textOf(raw ?? ''));
    } else if (slash === '/') {
      open.pop();
      if (last.name !== name || isEmpty !== '') throw new Error('elements that do not match');
      (open.at(-1) ?? root).add(name, last.close());
    } else if (isEmpty === '/') {
      last.add(name, '');
    } else {
      if (open.length > DEPTH_MAX) throw new Error('elements too deep');
      open.push(new Open(name));
    }
  }
  const { xml, ...others } = Object(open.length === 1 ? root.close() : null);
  if (typeof xml !== 'object' || Array.isArray(xml) || Object.keys(others).length > 0)
    throw new Error('not one xml element');
  return xml;
}

/** A document with these fields: numbers as they are, strings in CDATA. */
export function writeXml(words: Readonly<Record<string, string | number>>): string {
  const elements = Object.entries(words).map(([name, value]) => {
    const text =
      typeof value === 'number' ? value : `<![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
    return `<${name}>${text}</${name}>`;
  });
  return `<xml>${elements.join('')}</xml>`;
}
