/** What a look at a shop's surroundings finds: what is wrong, and where to put it right, in Chinese and in English. */

/** A text in both languages. */
export interface Both {
  readonly en: string;
  readonly zh: string;
}

/** One finding. With one that stops, a shop loses money or does not run. It holds no secret and no personal data. */
export interface Finding {
  readonly stops: boolean;
  readonly what: Both;
  /** A page of a console, a setting of a server, or a command. */
  readonly where: Both;
}

/** A finding that stops. */
export const stopping = (what: Both, where: Both): Finding => ({ stops: true, what, where });
/** A finding that is only told. */
export const noted = (what: Both, where: Both): Finding => ({ stops: false, what, where });
/** The same in both languages: names of pages, settings and commands. */
export const same = (text: string): Both => ({ en: text, zh: text });
