const { createHash } = require('node:crypto');
const { transformSync, version } = require('esbuild');

/** Turns TypeScript and ESM into the CommonJS that Jest runs. Types are checked by `tsc`, not here. */
module.exports = {
  process: (source, file) => ({
    code: transformSync(source, {
      loader: /\.tsx?$/.test(file) ? 'ts' : 'js',
      format: 'cjs',
      target: 'node20',
      sourcemap: 'inline',
      sourcefile: file,
    }).code,
  }),
  getCacheKey: (source, file) =>
    createHash('sha256').update(version).update(file).update(source).digest('hex'),
};
