/** Values on the screen: by their schema, else by the name of their field. */
import { useState } from 'preact/hooks';
import type { Approval } from '../../client/types.ts';
import { hasTones, toneOf } from '../tones.ts';
import { useDesk, useName, useRole } from './hooks.ts';
import { Link } from './link.tsx';
import { meaningOf, placeOfId, shortId } from './meaning.ts';
import { type Type, typeOf, type WordsName, wordOf } from './schema.ts';
import { briefTime, shanghaiTime } from './shanghai.ts';
import { NONE, textIn } from './shown.ts';

/** A state with its word and its tone. */
export function Tag({ words, value }: { readonly words: WordsName | null; readonly value: unknown }) {
  return <span class={`tag ${toneOf(words, value)}`}>{wordOf(words, value)}</span>;
}

/** How long a button says that it has copied. */
const SAYS_MS = 1500;

/**
 * An id: the name of one of the staff, else its last six characters. Linked to its page if it has one, and copied
 * whole by a click. Under the field `id`, which is a thing's own, it is no name.
 */
export function Id({ id, field = 'id' }: { readonly id: string; readonly field?: string }) {
  const [isCopied, say] = useState(false);
  const name = useName(null, field, id);
  const place = placeOfId(id, useRole());
  const copy = async () => {
    await navigator.clipboard.writeText(id);
    say(true);
    setTimeout(() => say(false), SAYS_MS);
  };
  const short = name ?? shortId(id);
  const says = isCopied ? '已复制' : `复制 ${short}`;
  return (
    <span class={name === null ? 'id' : 'id named'}>
      {place === null ? (
        <span title={id}>{short}</span>
      ) : (
        <Link to={place} title={id}>
          {short}
        </Link>
      )}
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

/** Whether a picture may be shown: elsewhere only by https; on a laptop covers have the console's own origin. */
export const isPicture = (url: string) => url.startsWith('https://') || url.startsWith(`${location.origin}/`);

/** A moment: short, and exact in its title. `isExact` shows the second as well. */
export function Moment({ ms, isExact = false }: { readonly ms: number; readonly isExact?: boolean }) {
  const { outside } = useDesk();
  return (
    <time dateTime={new Date(ms).toISOString()} title={shanghaiTime(ms, true)}>
      {briefTime(ms, outside.now(), isExact)}
    </time>
  );
}

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
  const name = useName(type.name, field, value);
  const role = useRole();
  if (value === 'command' && field === 'actorId') return <span>命令行</span>;
  if (/^(cover|avatar)Url$/.test(field) && isPicture(value)) {
    return <img class="picture" src={value} alt="" title={value} loading="lazy" />;
  }
  if (name !== null && !value.startsWith('usr_')) {
    return (
      <span class="coded" title={value}>
        {name} {type.name !== 'Category' && <small>{value}</small>}
      </span>
    );
  }
  if (placeOfId(value, role) !== null) return <Id id={value} field={field} />;
  switch (meaningOf(type, field)) {
    case 'id':
      return <Id id={value} field={field} />;
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
    return <Moment ms={value} />;
  }
  if (typeof value === 'string') return <TextValue type={type} field={field} value={value} />;
  if (type.kind === 'list' && Array.isArray(value) && meaningOf(typeOf(type.of), field) === 'id') {
    return value.length === 0 ? (
      <span class="none">{NONE}</span>
    ) : (
      <Ids ids={value.map(String)} field={field} />
    );
  }
  if (type.name === 'Approval') return <Agreed approval={value as Approval} />;
  if (
    type.kind === 'list' &&
    Array.isArray(value) &&
    typeOf(type.of).name === 'Approval' &&
    value.length > 0
  ) {
    return (
      <ul>
        {(value as readonly Approval[]).map((one) => (
          <li key={one.by}>
            <Agreed approval={one} />
          </li>
        ))}
      </ul>
    );
  }
  if (type.kind === 'any' && typeof value === 'object') return <Json value={value} />;
  return <span>{textIn(text, field, value)}</span>;
}

/** Who agreed or refused, when and why. */
function Agreed({ approval: { by, atMs, reason } }: { readonly approval: Approval }) {
  return (
    <span class="long">
      <Id id={by} field="by" /> <Moment ms={atMs} />：{reason}
    </span>
  );
}

function Ids({ ids, field }: { readonly ids: readonly string[]; readonly field: string }) {
  return (
    <span class="ids">
      {ids.map((id) => (
        <Id key={id} id={id} field={field} />
      ))}
    </span>
  );
}

/** Whether a column is a number, which is set to the right. */
export function isNumeric(text: string, field: string): boolean {
  const type = typeOf(text);
  return type.kind === 'int' && meaningOf(type, field) !== 'time';
}
