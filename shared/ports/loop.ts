/** The event loop of this process, which all work in it shares. */
export interface Loop {
  /**
   * To be called every few steps of long work. Null when the loop has turned recently: the work just continues.
   * Otherwise the work awaits the promise, which resolves when everything else that was ready has run. An `await` of a
   * read alone lets nothing else run, because the embedded engine's answers are ready at once.
   */
  giveWay(): Promise<void> | null;
}
