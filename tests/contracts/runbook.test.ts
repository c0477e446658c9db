import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VARIABLES } from '../../shared/adapters/process/variables.ts';
import { consumers } from '../../shared/consumers.ts';
import { DEATHS } from '../../shared/runtime/consumer.ts';
import { alarms, LINE_FIELDS, runbookAnchor } from '../../tools/alarms.ts';
import { ROOT } from '../../tools/sources.ts';

const pages = ['docs/runbook.md', 'docs/runbook.zh-CN.md'];
const textOf = (page: string) => readFileSync(join(ROOT, page), 'utf8');

const anchorsIn = (text: string) => [...text.matchAll(/^<a id="([\w-]+)"><\/a>$/gm)].map(([, id = '']) => id);
/** The anchors whose names begin so, without that beginning. */
const named = (text: string, prefix: string) =>
  anchorsIn(text).flatMap((id) => (id.startsWith(prefix) ? id.slice(prefix.length) : []));
/** The names in the first cells of tables, which stand in back ticks. */
const namesInRows = (text: string) =>
  [...text.matchAll(/^\| (`.*?) \| /gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([\w.]+)`/g)].map(([, name = '']) => name),
  );
const commandsIn = (text: string) => [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);

/** Variables that are keys, passwords or certificates, or hold one. */
const SECRET = /KEY|SECRET|TOKEN|SERIAL|CERTIFICATE|^DATABASE_URL$|^CACHE_URL$/;

describe.each(pages)('%s', (page) => {
  const text = textOf(page);

  test('has each alarm, and no other', () => {
    expect(named(text, 'alarm-').sort()).toEqual(alarms.map(({ id }) => id).sort());
    expect(alarms.map(runbookAnchor).filter((anchor) => !anchorsIn(text).includes(anchor))).toEqual([]);
  });

  test('has each reason why a task is given up, and no other', () => {
    expect(named(text, 'dead-').filter((name) => name !== 'tasks')).toEqual([...DEATHS]);
  });

  test('says of each consumer what is missing while its task is dead', () => {
    const all = new Set(Object.values(consumers).flat());
    const rows = namesInRows(text);
    expect([...all].filter((name) => !rows.includes(name))).toEqual([]);
  });

  test('says of each key how it is changed', () => {
    const rows = namesInRows(text);
    const keys = Object.keys(VARIABLES).filter((name) => SECRET.test(name));
    expect(keys.length).toBeGreaterThan(10);
    expect(keys.filter((name) => !rows.includes(name))).toEqual([]);
  });

  test('its links within the page lead somewhere, and its commands exist', () => {
    const links = [...text.matchAll(/\]\(#([\w-]+)\)/g)].map(([, id = '']) => id);
    expect(links.filter((id) => !anchorsIn(text).includes(id))).toEqual([]);
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    expect(commandsIn(text).filter((name) => !(name in scripts))).toEqual([]);
  });

  test('searches by fields that are indexed', () => {
    const queries = [...text.matchAll(/`([^`]*(?::["*>]|SELECT)[^`]*)`/g)].map(([, query = '']) => query);
    const fields = queries.flatMap((query) =>
      [...(query.split('|')[0] ?? '').matchAll(/(\w+):["*>]/g)].map(([, name = '']) => name),
    );
    expect(fields.length).toBeGreaterThan(10);
    expect(fields.filter((name) => !(name in LINE_FIELDS) && name !== 'invariant')).toEqual([]);
  });
});

test('both languages have the same sections, in the same order', () => {
  const [english, chinese] = pages.map((page) => anchorsIn(textOf(page)));
  expect(chinese).toEqual(english);
});

test('an anchor that is no alarm, and an alarm without one, would be seen', () => {
  const text = textOf('docs/runbook.md');
  expect(named(`${text}\n<a id="alarm-gone"></a>\n`, 'alarm-')).toContain('gone');
  expect(named(text.replace('<a id="alarm-conflicts"></a>', ''), 'alarm-')).not.toContain('conflicts');
});
