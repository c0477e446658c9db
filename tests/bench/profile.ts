/** A CPU profile of the product under load, summed by kind of work. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/**
 * The kinds of work; the first that matches counts. Work inside the engine or Node counts for the function that called
 * it.
 */
const KINDS: readonly (readonly [kind: string, fits: RegExp])[] = [
  ['idle', /^\(idle\)/],
  ['garbage collection', /^\(garbage collector\)/],
  ['SQLite, with the waits for its syncs', /libsql/],
  ['signing, verifying, sealing', /^(sign|verify)OneShot|crypto\//],
  [
    'sockets and HTTP',
    /^(writev|write\w*String|writeBuffer|shutdown) |node:(net|_http|internal\/stream|stream|events|internal\/http)/,
  ],
  ['Node itself', /^\((program|root)\)|node:/],
  ['the product: chain, rules, JSON, schemas', /./],
];

/** The share of each kind of work in the folder's only profile, largest first, without idle time. */
export function whereTimeGoes(folder: string): readonly { readonly kind: string; readonly share: number }[] {
  const [file] = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
  if (file === undefined) throw new Error(`there is no profile in ${folder}`);
  const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile;
  const kindOf = new Map(
    profile.nodes.map(({ id, callFrame: { functionName, url } }) => {
      const text = `${functionName} ${url}`;
      return [id, KINDS.find(([, fits]) => fits.test(text))?.[0] ?? 'unknown'];
    }),
  );
  const spent = new Map<string, number>();
  for (const [index, sample] of profile.samples.entries()) {
    const kind = kindOf.get(sample) ?? 'unknown';
    if (kind !== 'idle') spent.set(kind, (spent.get(kind) ?? 0) + (profile.timeDeltas[index] ?? 0));
  }
  const whole = [...spent.values()].reduce((sum, each) => sum + each, 0);
  return [...spent].map(([kind, each]) => ({ kind, share: each / whole })).sort((a, b) => b.share - a.share);
}
