import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { event } from '../../shared/event.ts';
import { type Manifest, readManifest } from '../../tools/manifest.ts';

const FROZEN = join(__dirname, 'frozen');
const read = (name: string): unknown => JSON.parse(readFileSync(join(FROZEN, name), 'utf8'));
const fileOf = ({ name, event }: Manifest['events'][number], version: number = event.version) =>
  `${name}.v${version}.json`;

describe('events', () => {
  let manifest: Manifest;
  beforeAll(async () => {
    manifest = await readManifest();
  });

  test('the first message of each version is frozen: a new version needs a new file, its example', () => {
    const missing = manifest.events
      .map((entry) => fileOf(entry))
      .filter((name) => !existsSync(join(FROZEN, name)));
    expect(missing).toEqual([]);
  });

  test('each example fits its schema, and a wrong one is found when it is read', () => {
    for (const each of manifest.events)
      expect([each.name, each.event.example]).toEqual([each.name, expect.anything()]);
    const wrong = event({
      name: 'order.lost',
      version: 1,
      schema: z.object({ n: z.int() }),
      example: { n: 0.5 },
    });
    expect(() => wrong.example).toThrow(z.ZodError);
  });

  test('what was frozen in the present version parses for ever', () => {
    for (const entry of manifest.events) {
      const frozen = read(fileOf(entry));
      const parsed = entry.event.schema.safeParse(frozen);
      expect([entry.name, parsed.error?.issues ?? []]).toEqual([entry.name, []]);
    }
  });

  test('nothing that was in a frozen message is lost by parsing it', () => {
    for (const entry of manifest.events) {
      const frozen = read(fileOf(entry));
      expect(entry.event.schema.parse(frozen)).toEqual(frozen);
    }
  });

  test('every frozen message is of a known event and version', () => {
    const possible = manifest.events.flatMap((entry) =>
      Array.from({ length: entry.event.version }, (_, index) => fileOf(entry, index + 1)),
    );
    expect(readdirSync(FROZEN).filter((name) => !possible.includes(name))).toEqual([]);
  });

  test('the name of an event is a noun and a past participle, and its file has that name', () => {
    for (const { name, file } of manifest.events) {
      expect(name).toMatch(/^[a-z]+\.[a-z]+(_[a-z]+)*$/);
      const words = name
        .split(/[._]/)
        .map((word, index) => (index === 0 ? word : word[0]?.toUpperCase() + word.slice(1)));
      expect(file).toBe(`events/${words.join('')}.ts`);
    }
  });
});
