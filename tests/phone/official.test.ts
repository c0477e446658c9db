import { spawnSync } from 'node:child_process';
import { ROOT } from '../../tools/sources.ts';

/** The lines of the compiler about a project. */
function judged(project: string): string {
  const { stdout, stderr } = spawnSync('node_modules/.bin/tsc', ['-p', project], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return `${stdout}${stderr}`;
}

test('what the mini-program is compiled against is in the official typings', () => {
  expect(judged('tests/phone/official')).toBe('');
});
