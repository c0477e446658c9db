/** Whether the person agreed to the privacy text, and who waits for that. */
import type { PrivacyDecision } from './platform.ts';

type Listener = (resolve: (decision: PrivacyDecision) => void) => void;

/** Asks once. What needs consent waits, and goes on or fails together. */
export class Privacy {
  isAgreed: boolean;
  #listener: Listener | null = null;
  readonly #ask: (decided: (isAgreed: boolean) => void) => void;
  readonly #strict: (what: string) => never;
  /** Ids of the buttons for agreeing that were tapped. */
  readonly #tapped = new Set<string>();

  constructor(
    isAgreed: boolean,
    /** WeChat's own sheet, where the mini-program has none. */
    ask: (decided: (isAgreed: boolean) => void) => void,
    strict: (what: string) => never,
  ) {
    this.isAgreed = isAgreed;
    this.#ask = ask;
    this.#strict = strict;
  }

  /** A second listener takes the place of the first. */
  listen(listener: Listener): void {
    this.#listener = listener;
  }

  /** A button with `open-type="agreePrivacyAuthorization"` was tapped. */
  tap(id: string): void {
    this.#tapped.add(id);
  }

  /** Answers whether the person agrees, at once when they did before. */
  need(): Promise<boolean> {
    if (this.isAgreed) return Promise.resolve(true);
    return new Promise((resolve) => {
      const decide = (isAgreed: boolean) => {
        if (isAgreed) this.isAgreed = true;
        resolve(isAgreed);
      };
      if (this.#listener === null) this.#ask(decide);
      else this.#listener((decision) => this.#decided(decision, decide));
    });
  }

  #decided(decision: PrivacyDecision, decide: (isAgreed: boolean) => void): void {
    if (decision.event === 'exposureAuthorization') return;
    if (decision.event === 'agree' && !this.#tapped.has(decision.buttonId)) {
      this.#strict(`consent by the button ${decision.buttonId}, which nobody tapped`);
    }
    decide(decision.event === 'agree');
  }
}
