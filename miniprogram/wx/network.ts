/** Whether the network answers, for the bar that says so. */

type Listener = (isOffline: boolean) => void;

const listeners = new Set<Listener>();
let isOffline = false;

function found(now: boolean): void {
  if (now === isOffline) return;
  isOffline = now;
  for (const listener of listeners) listener(now);
}

/** An answer came. */
export function foundOnline(): void {
  found(false);
}

/** A request got no answer. */
export function foundOffline(): void {
  found(true);
}

/** Listens to the platform. `app.ts` calls this once. */
export function watchNetwork(): void {
  wx.onNetworkStatusChange(({ isConnected }) => found(!isConnected));
}

/** Tells `listener` now and at each change, until the returned function is called. */
export function onNetwork(listener: Listener): () => void {
  listeners.add(listener);
  listener(isOffline);
  return () => {
    listeners.delete(listener);
  };
}
