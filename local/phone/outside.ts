/** What is wrong with a file of the mini-program, so that it is not built. The message begins with `<file>:<line>`. */
export class Outside extends Error {
  override readonly name = 'Outside';
  readonly file: string;
  readonly line: number;

  constructor(file: string, line: number, what: string) {
    super(`${file}:${line}: ${what}`);
    this.file = file;
    this.line = line;
  }
}
