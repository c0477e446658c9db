const { createHash } = require('node:crypto');
const { transformSync, version } = require('esbuild');

const options = {
  format: 'cjs',
  target: 'node20',
  sourcemap: 'inline',
  // Jest's module registry supports only `require`.
  supported: { 'dynamic-import': false },
  jsx: 'automatic',
  jsxImportSource: 'preact',
};

/** What esbuild takes a file for, by its ending. */
const loaderOf = (file) => (file.endsWith('.tsx') ? 'tsx' : file.endsWith('.ts') ? 'ts' : 'js');

/** Transforms TypeScript and ESM into the CommonJS that Jest runs. It does not check types: `tsc` does. */
module.exports = {
  process: (source, file) => ({
    code: transformSync(source, { ...options, loader: loaderOf(file), sourcefile: file }).code,
  }),
  getCacheKey: (source, file) =>
    createHash('sha256')
      .update(version)
      .update(JSON.stringify(options))
      .update(file)
      .update(source)
      .digest('hex'),
};
