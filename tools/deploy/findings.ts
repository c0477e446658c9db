/** What a doctor finds: what is wrong, and where to put it right, in Chinese and in English. */

/** A text in both languages. */
export interface Both {
  readonly en: string;
  readonly zh: string;
}

/** One finding. One that stops makes the command exit with 1, and a deployment does not begin. */
export interface Finding {
  readonly stops: boolean;
  readonly what: Both;
  /** A page of a console, a file or a command. */
  readonly where: Both;
}

/** A finding that stops. */
export const stopping = (what: Both, where: Both): Finding => ({ stops: true, what, where });
/** A finding that is only told. */
export const noted = (what: Both, where: Both): Finding => ({ stops: false, what, where });
/** The same in both languages: names of pages and commands. */
export const same = (text: string): Both => ({ en: text, zh: text });

/** Tells findings, each in both languages, and answers whether one of them stops. */
export function tellFindings(findings: readonly Finding[], tell: (line: string) => void): boolean {
  for (const { stops, what, where } of findings) {
    const sign = stops ? '✗' : '!';
    tell(`${sign} ${what.zh} 去哪里解决：${where.zh}`);
    tell(`  ${what.en} Where: ${where.en}`);
  }
  return findings.some(({ stops }) => stops);
}
