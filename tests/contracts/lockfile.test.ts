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

/** Whether node's look-up from the package at `place` ends at a locked package of that name. */
function isLocked(place: string, name: string): boolean {
  if (`${place}/node_modules/${name}` in packages) return true;
  const parent = place.lastIndexOf('/node_modules/');
  return parent === -1 ? `node_modules/${name}` in packages : isLocked(place.slice(0, parent), name);
}

// A registry that lags behind makes npm write a lock file without the builds it could not see, and then
// `npm ci` refuses that lock file everywhere.
test('the lock file names the builds for every platform, so that a clean clone installs', () => {
  const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !isLocked(place, name))
      .map((name) => `${place} → ${name}`),
  );

  expect(missing).toEqual([]);
});
