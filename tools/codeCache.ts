/** The compiled code beside the bundle of a unit, and what loads both. A third of a cold start would be compiling. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** How a bundle is wrapped, as Node wraps a module. A bundle is ASCII, so nothing has to be decoded. */
const READ = `
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');
const wrapped = (file) =>
  '(function (exports, require, module, __filename, __dirname) {' + readFileSync(file, 'latin1') + '\\n})';
`;

/**
 * The file that the platform loads. Code that another version of V8 compiled, or one with other flags, is not taken:
 * then V8 compiles as always.
 */
const LOADER = `'use strict';${READ}
const filename = __dirname + '/unit.js';
const cachedData = readFileSync(__dirname + '/unit.cache');
const script = new Script(wrapped(filename), { filename, cachedData });
script.runInThisContext()(exports, require, module, filename, __dirname);
`;

/** Runs a bundle as the loader does, without any setting, and writes what V8 has compiled by then. */
const COMPILE = `${READ}
const { createRequire } = require('node:module');
const folder = process.argv[1];
const script = new Script(wrapped(folder + '/unit.js'), { filename: 'unit.js' });
const made = { exports: {} };
const requireThere = createRequire(folder + '/index.js');
script.runInThisContext()(made.exports, requireThere, made, folder + '/unit.js', folder);
require('node:fs').writeFileSync(folder + '/unit.cache', script.createCachedData());
process.exit(0);
`;

/**
 * Writes `index.js`, which loads the bundle `unit.js` of this folder with its compiled code, and that code,
 * `unit.cache`, by the Node that runs this. With one seed, the same bundle gives the same bytes. The seed is none of
 * the flags by which V8 tells whether it takes the code.
 * @throws Error when the bundle is not ASCII, because the loader would misread it
 */
export async function writeCompiled(folder: string): Promise<void> {
  const text = await readFile(join(folder, 'unit.js'), 'utf8');
  const [foreign] = /[^\p{ASCII}].{0,40}/u.exec(text) ?? [];
  if (foreign !== undefined) throw new Error(`not ASCII in ${folder}/unit.js: ${foreign}`);
  await writeFile(join(folder, 'index.js'), LOADER);
  await promisify(execFile)(process.execPath, ['--random-seed=1', '-e', COMPILE, folder], { env: {} });
}
