/** Asks for a product or a person: an id is pasted, or found by words. */
import { useEffect, useState } from 'preact/hooks';
import type { Input as InputOf } from './desk.ts';
import { useCall, useRole } from './hooks.ts';
import { type Control, Input } from './input.tsx';
import { mayCall } from './may.ts';
import { shortId } from './meaning.ts';

interface Found {
  readonly id: string;
  readonly title: string;
}

const isId = (text: string) => /^[a-z]{3}_[0-9A-Z]{26}$/.test(text.trim());

/** How long nothing more is typed before it is searched. */
const PAUSE_MS = 300;

const ROWS_MAX = 8;

const PLACEHOLDERS = {
  ProductId: '输入名称查找，或粘贴编号',
  UserId: '输入昵称查找，或粘贴编号',
} as const;

function useWords(text: string): string {
  const [words, settle] = useState('');
  useEffect(() => {
    const waiting = setTimeout(() => settle(isId(text) ? '' : text.trim()), PAUSE_MS);
    return () => clearTimeout(waiting);
  }, [text]);
  return words;
}

function useFound(
  of: 'ProductId' | 'UserId',
  words: string,
): { readonly found: readonly Found[]; readonly says: string | null } {
  const isProduct = of === 'ProductId';
  const products: InputOf<'listAllProducts'> | null =
    isProduct && words !== '' ? { q: words, limit: ROWS_MAX } : null;
  const people = !isProduct && words !== '' ? { words, limit: ROWS_MAX } : null;
  const mayView = mayCall(useRole(), 'searchUsers');
  const ofProducts = useCall('listAllProducts', products);
  const ofUsers = useCall('searchUsers', mayView ? people : null);
  // Who picks the teachers of a group need not see more of people than everybody does.
  const ofAuthors = useCall('searchAuthors', mayView ? null : people);
  const ofPeople = mayView ? ofUsers : ofAuthors;
  const found = isProduct
    ? (ofProducts.data?.items ?? []).map(({ id, title }) => ({ id, title }))
    : (ofPeople.data?.items ?? []).map(({ id, nickname }) => ({ id, title: nickname }));
  const { trouble, isBusy } = isProduct ? ofProducts : ofPeople;
  const isNone = words !== '' && !isBusy && found.length === 0;
  return { found, says: trouble?.says ?? (isNone ? '没有找到，请换个说法，或粘贴编号。' : null) };
}

/** A field for an id. Below it stands what is found by the words that were typed. */
export function Finder({
  of,
  text,
  set,
  control,
}: {
  readonly of: 'ProductId' | 'UserId';
  readonly text: string;
  readonly set: (text: string) => void;
  readonly control: Control;
}) {
  const [chosen, choose] = useState<Found | null>(null);
  const { found, says } = useFound(of, useWords(text));
  const isShown = !isId(text) && text.trim() !== '';
  const pick = (one: Found) => {
    choose(one);
    set(one.id);
  };
  return (
    <div class="finder">
      <Input text={text} set={set} control={{ ...control, placeholder: PLACEHOLDERS[of] }} />
      {chosen !== null && chosen.id === text && <p class="hint">已选：{chosen.title}</p>}
      {isShown && (
        <ul aria-live="polite">
          {found.map((one) => (
            <li key={one.id}>
              <button type="button" onClick={() => pick(one)}>
                {one.title} <small>{shortId(one.id)}</small>
              </button>
            </li>
          ))}
          {says !== null && <li>{says}</li>}
        </ul>
      )}
    </div>
  );
}
