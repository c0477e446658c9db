import { readFileSync } from 'node:fs';
import * as z from 'zod';

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});
const { packages } = Lock.parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));

/** Whether node's look-up of `name` from the package at `place` ends at a locked package. */
function isLocked(place: string, name: string): boolean {
  if (`${place}/node_modules/${name}` in packages) return true;
  const parent = place.lastIndexOf('/node_modules/');
  return parent === -1 ? `node_modules/${name}` in packages : isLocked(place.slice(0, parent), name);
}

// When a registry lags behind, npm writes a lock file without the builds that it could not see. `npm ci` then refuses
// that lock file everywhere.
test('the lock file names the builds for every platform, so that a clean clone installs', () => {
  const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !isLocked(place, name))
      .map((name) => `${place} → ${name}`),
  );

  expect(missing).toEqual([]);
});
