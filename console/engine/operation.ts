/** The form of what `console/contract.ts` says of an operation, and `console/askedContract.ts` of what it asks. */

/** What the console knows of one operation. */
export interface Operation {
  /** `METHOD /path/{parameter}`. */
  readonly route: string;
  /** An object as a text, or the name of a schema. */
  readonly input: string;
  /** The type of what it answers; of a page, the list of its items. Left out where the screen words the answer. */
  readonly output?: string;
  /** The right that it takes; left out where any user may call it. */
  readonly may?: string;
  /** Whether the second factor must have been shown within the last minutes. */
  readonly isFresh?: boolean;
  /** Whether somebody else may have to agree before it runs. */
  readonly asksSecond?: boolean;
}

/** What is known before any form is open: what a change asks is not. */
export type KnownOperation = Omit<Operation, 'input'> & Partial<Pick<Operation, 'input'>>;
