/** What is loaded when it is first needed. */
import { useEffect, useState } from 'preact/hooks';
import { Empty } from './notice.tsx';

/** What was loaded, null until then, and whether it could not be. `load` is always the same function. */
export function useLate<T>(load: () => Promise<T>): { readonly own: T | null; readonly isLost: boolean } {
  const [loaded, show] = useState<{ readonly by: () => Promise<T>; readonly own: T } | null>(null);
  const [isLost, lose] = useState(false);
  useEffect(() => {
    let isWanted = true;
    lose(false);
    load().then(
      (own) => isWanted && show({ by: load, own }),
      () => isWanted && lose(true),
    );
    return () => {
      isWanted = false;
    };
  }, [load]);
  return { own: loaded?.by === load ? loaded.own : null, isLost };
}

/** What stands where something could not be loaded. */
export function Lost() {
  return (
    <Empty says="页面没有载入。可能刚发布了新版本，请刷新页面。">
      <button type="button" onClick={() => location.reload()}>
        刷新页面
      </button>
    </Empty>
  );
}
