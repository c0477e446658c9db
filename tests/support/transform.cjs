const { createHash } = require('node:crypto');
const { transformSync, version } = require('esbuild');

const options = {
  format: 'cjs',
  target: 'node20',
  sourcemap: 'inline',
  // Jest's module registry has `require` only.
  supported: { 'dynamic-import': false },
};

/** Turns TypeScript and ESM into the CommonJS that Jest runs. Types are checked by `tsc`, not here. */
module.exports = {
  process: (source, file) => ({
    code: transformSync(source, { ...options, loader: /\.tsx?$/.test(file) ? 'ts' : 'js', sourcefile: file })
      .code,
  }),
  getCacheKey: (source, file) =>
    createHash('sha256')
      .update(version)
      .update(JSON.stringify(options))
      .update(file)
      .update(source)
      .digest('hex'),
};
