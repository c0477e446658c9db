/** Values on the screen: by their schema, else by the name of their field. */
import { useState } from 'preact/hooks';
import { hasTones, toneOf } from '../tones.ts';
import { Link } from './link.tsx';
import { meaningOf, placeOfId, shortId } from './meaning.ts';
import { type Type, typeOf, type WordsName, wordOf } from './schema.ts';
import { shanghaiTime } from './shanghai.ts';
import { NONE, textIn } from './shown.ts';

/** A state with its word and its tone. */
export function Tag({ words, value }: { readonly words: WordsName | null; readonly value: unknown }) {
  return <span class={`tag ${toneOf(words, value)}`}>{wordOf(words, value)}</span>;
}

/** How long a button says that it has copied. */
const SAYS_MS = 1500;

/** An id: its last six characters, linked to its page if it has one, and copied whole by a click. */
export function Id({ id }: { readonly id: string }) {
  const [isCopied, say] = useState(false);
  const place = placeOfId(id);
  const copy = async () => {
    await navigator.clipboard.writeText(id);
    say(true);
    setTimeout(() => say(false), SAYS_MS);
  };
  const short = shortId(id);
  const says = isCopied ? '已复制' : `复制 ${short}`;
  return (
    <span class="id">
      {place === null ? <span title={id}>{short}</span> : <Link to={place}>{short}</Link>}
      <button type="button" class="copy" aria-label={says} title={id} onClick={copy}>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d={isCopied ? DONE : SHEETS} />
        </svg>
      </button>
    </span>
  );
}

/** Two sheets, and a tick. */
const SHEETS = 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z';
const DONE = 'M3 8.5l3.5 3.5L13 4.5';

/** A link that comes from data. Only https is followed. */
function Outward({ url }: { readonly url: string }) {
  if (!url.startsWith('https://')) return <span>{url}</span>;
  return (
    <a href={url} rel="noopener noreferrer" target="_blank">
      打开
    </a>
  );
}

function Json({ value }: { readonly value: unknown }) {
  return (
    <details>
      <summary>查看</summary>
      <pre>{JSON.stringify(value, null, 2)}</pre>
    </details>
  );
}

function TextValue({
  type,
  field,
  value,
}: {
  readonly type: Type;
  readonly field: string;
  readonly value: string;
}) {
  if (value === 'command' && field === 'actorId') return <span>命令行</span>;
  if (placeOfId(value) !== null) return <Id id={value} />;
  switch (meaningOf(type, field)) {
    case 'id':
      return <Id id={value} />;
    case 'link':
      return <Outward url={value} />;
    case 'long':
      return <span class="long">{value}</span>;
    default:
      return <span>{value}</span>;
  }
}

/** A value of a type, under the name of its field. */
export function Value({
  type: text,
  field,
  value,
}: {
  readonly type: string;
  readonly field: string;
  readonly value: unknown;
}) {
  if (value === null || value === undefined || value === '') return <span class="none">{NONE}</span>;
  const type = typeOf(text);
  if (type.kind === 'enum') {
    return hasTones(type.words) ? (
      <Tag words={type.words} value={value} />
    ) : (
      <span class="word">{wordOf(type.words, value)}</span>
    );
  }
  if (typeof value === 'number' && meaningOf(type, field) === 'time') {
    const iso = new Date(value).toISOString();
    return (
      <time dateTime={iso} title={shanghaiTime(value, true)}>
        {shanghaiTime(value)}
      </time>
    );
  }
  if (typeof value === 'string') return <TextValue type={type} field={field} value={value} />;
  if (type.kind === 'list' && Array.isArray(value) && meaningOf(typeOf(type.of), field) === 'id') {
    return value.length === 0 ? <span class="none">{NONE}</span> : <Ids ids={value.map(String)} />;
  }
  if (type.kind === 'any' && typeof value === 'object') return <Json value={value} />;
  return <span>{textIn(text, field, value)}</span>;
}

function Ids({ ids }: { readonly ids: readonly string[] }) {
  return (
    <span class="ids">
      {ids.map((id) => (
        <Id key={id} id={id} />
      ))}
    </span>
  );
}

/** Whether a column is a number, which is set to the right. */
export function isNumeric(text: string, field: string): boolean {
  const type = typeOf(text);
  return type.kind === 'int' && meaningOf(type, field) !== 'time';
}
