/** What is missing before a product may be sold. */
import { useEffect, useState } from 'preact/hooks';
import type { StaffProductView } from '../../client/types.ts';
import { useCall, useDesk } from '../engine/hooks.ts';
import { Latest } from '../engine/latest.ts';
import { Skeleton } from '../engine/notice.tsx';
import { ProductName } from '../engine/several.tsx';
import { Tag } from '../engine/value.tsx';
import { whoMay } from './editor.tsx';
import { missingOf, neededBy } from './productDraft.ts';

/** The states of these products, null for one that is gone; null while they are read. */
function useStates(ids: readonly string[]): readonly (string | null)[] | null {
  const desk = useDesk();
  const [latest] = useState(() => new Latest());
  const [states, show] = useState<readonly (string | null)[] | null>(null);
  const read = () => {
    const isLatest = latest.begin();
    const each = ids.map((id) =>
      desk.call('getAnyProduct', { id }).then(
        ({ product }) => product.state,
        () => null,
      ),
    );
    Promise.all(each).then((found) => isLatest() && show(found));
  };
  useEffect(read, [ids.join()]);
  return states;
}

function Needed({
  ids,
  states,
}: {
  readonly ids: readonly string[];
  readonly states: readonly (string | null)[];
}) {
  return (
    <ul class="needed">
      {ids.map((id, place) => (
        <li key={id}>
          <ProductName id={id} />
          <Tag words="productState" value={states[place] ?? '已不存在'} />
        </li>
      ))}
    </ul>
  );
}

/** What is missing, as a list; that nothing is, when nothing is. */
export function Missing({ missing, ready }: { readonly missing: readonly string[]; readonly ready: string }) {
  if (missing.length === 0) return <p class="ready">{ready}</p>;
  return (
    <ul class="missing">
      {missing.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

/** What of the saved product is missing, and who may put it on sale. */
export function MissingBox({ product }: { readonly product: StaffProductView }) {
  const isCourse = product.kind === 'course';
  const outline = useCall('getCourseOutline', isCourse ? { id: product.id } : null).data?.outline ?? null;
  const ids = neededBy(product);
  const states = useStates(ids);
  const isKnown = states !== null && (!isCourse || outline !== null);
  if (product.state === 'published') return null;
  return (
    <section class="box">
      <h2>上架前</h2>
      {isKnown ? (
        <Missing missing={missingOf(product, states, outline)} ready="需要的内容都有了，可以上架。" />
      ) : (
        <Skeleton lines={2} />
      )}
      {states !== null && ids.length > 0 && <Needed ids={ids} states={states} />}
      <p class="hint">
        由{whoMay(isCourse ? 'publishCourse' : 'publishProduct')}上架，上架时要双重验证，并检查上传的文件。
      </p>
    </section>
  );
}
