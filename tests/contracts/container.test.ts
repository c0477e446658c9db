import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../tools/sources.ts';

const lines = (file: string) => readFileSync(join(ROOT, file), 'utf8').split('\n');

/** The image is not built here, so what can be said of its description is said. */
describe('the container', () => {
  const dockerfile = lines('Dockerfile');

  test('builds what `npm run build` writes, on the Node of package.json, and runs it as nobody special', () => {
    const { scripts, engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(scripts.build).toBe('tsx esbuild.config.ts');
    const images = dockerfile.filter((line) => line.startsWith('FROM ')).map((line) => line.split(' ')[1]);
    expect(new Set(images)).toEqual(new Set([`node:${engines.node.replace('>=', '')}-slim`]));
    expect(dockerfile).toContain('COPY --from=build /app/dist/host ./');
    expect(dockerfile.indexOf('USER node')).toBeGreaterThan(dockerfile.lastIndexOf(`FROM ${images[0]}`));
    expect(dockerfile.at(-2)).toBe('CMD ["node", "--enable-source-maps", "index.js"]');
  });

  test('gets no secret, no data and nothing that was built elsewhere', () => {
    const ignored = lines('.dockerignore');
    for (const path of ['.env', '.env.*', '.data', '.git', 'stages', 'node_modules', 'dist', '*.backup']) {
      expect(ignored).toContain(path);
    }
    expect(dockerfile.filter((line) => /KEY|SECRET|PASSWORD|ARG /.test(line))).toEqual([]);
  });
});
