/** Pictures on the phone: chosen, made small, and read. They are gone when the phone is closed. */
import type { Host } from './host.ts';
import type { ChosenMedia, FileSystem } from './platform.ts';

/** What the files need of the phone. */
export interface FilesUse {
  readonly host: Host;
  /** Runs a callback of the mini-program. */
  run(job: () => unknown): void;
  outside<T>(work: Promise<T>): Promise<T>;
}

/** The files of one phone, by path. */
export class Files {
  readonly #use: FilesUse;
  readonly #files = new Map<string, Uint8Array<ArrayBuffer>>();

  constructor(use: FilesUse) {
    this.#use = use;
  }

  /** What is in a file; null for a path that names none. */
  find(path: string): Uint8Array<ArrayBuffer> | null {
    return this.#files.get(path) ?? null;
  }

  #keep(bytes: Uint8Array<ArrayBuffer>): string {
    const path = `wxfile://tmp_${this.#files.size + 1}`;
    this.#files.set(path, bytes);
    return path;
  }

  /** Lets the person choose pictures; null when they leave it. */
  async choose(count: number): Promise<readonly ChosenMedia[] | null> {
    const { host, outside } = this.#use;
    const chosen = await outside(host.pictures(count));
    return chosen?.map((bytes) => ({ tempFilePath: this.#keep(bytes), size: bytes.length })) ?? null;
  }

  /** Writes a picture anew; null when there is none. */
  async compress(path: string, to: Parameters<Host['compress']>[1]): Promise<string | null> {
    const { host, outside } = this.#use;
    const bytes = this.find(path);
    return bytes === null ? null : this.#keep(await outside(host.compress(bytes, to)));
  }

  /** `readFile` of the file system. */
  read({ filePath, success, fail }: Parameters<FileSystem['readFile']>[0]): void {
    const bytes = this.find(filePath);
    this.#use.run(() =>
      bytes === null
        ? fail({ errMsg: 'readFile:fail no such file or directory' })
        : success({ data: bytes.slice().buffer }),
    );
  }
}
