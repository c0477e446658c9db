/** The event loop of this process, which all work in it shares. */
export interface Loop {
  /**
   * For work that may be long, to be called every few steps of it. Null when the loop has turned lately: then the work
   * just goes on. Otherwise the work awaits the answer, and goes on when everything else that was ready has run.
   * An `await` alone lets nothing else run, because what the embedded engine answers is ready at once.
   */
  giveWay(): Promise<void> | null;
}
