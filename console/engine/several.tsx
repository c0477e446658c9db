/** Products and people: the title of a product, and a field for several of either. */
import { useState } from 'preact/hooks';
import { Finder } from './finder.tsx';
import type { Typed } from './form.ts';
import { useCall } from './hooks.ts';
import type { Control } from './input.tsx';
import { Link } from './link.tsx';
import { shortId } from './meaning.ts';
import { Id } from './value.tsx';

/** What a product is, as staff see it; null until it was read, or when it is gone. */
export function useProduct(id: string) {
  const { data } = useCall('getAnyProduct', /^prd_[0-9A-Z]{26}$/.test(id) ? { id } : null);
  return data?.product ?? null;
}

/** The title of a product, linked to its page. */
export function ProductName({ id }: { readonly id: string }) {
  return <Link to={`/products/${id}`}>{useProduct(id)?.title ?? shortId(id)}</Link>;
}

/** The ids that stand in a field for several: one a line. */
export function idsIn(typed: Typed): readonly string[] {
  const lines = typeof typed === 'string' ? typed.split('\n') : [];
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

/** What is known of one that was chosen: the title of a product, the number of a person. */
function Chosen({ of, id }: { readonly of: 'ProductId' | 'UserId'; readonly id: string }) {
  if (of === 'ProductId') return <ProductName id={id} />;
  return <Id id={id} />;
}

/** A field for several products or people: those chosen, each with what takes it out, and a search for one more. */
export function SeveralFound({
  of,
  typed,
  set,
  control,
}: {
  readonly of: 'ProductId' | 'UserId';
  readonly typed: Typed;
  readonly set: (typed: Typed) => void;
  readonly control: Control;
}) {
  const [words, search] = useState('');
  const ids = idsIn(typed);
  const write = (next: readonly string[]) => set(next.join('\n'));
  const add = (text: string) => {
    const isWhole = /^[a-z]{3}_[0-9A-Z]{26}$/.test(text.trim());
    if (isWhole && !ids.includes(text.trim())) write([...ids, text.trim()]);
    search(isWhole ? '' : text);
  };
  return (
    <div class="several">
      {ids.length > 0 && (
        <ol>
          {ids.map((id) => (
            <li key={id}>
              <Chosen of={of} id={id} />
              <button
                type="button"
                class="small plain"
                aria-label={`移除 ${shortId(id)}`}
                onClick={() => write(ids.filter((one) => one !== id))}
              >
                移除
              </button>
            </li>
          ))}
        </ol>
      )}
      <Finder of={of} text={words} set={add} control={control} />
    </div>
  );
}
