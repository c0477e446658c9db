const { AsyncLocalStorage } = require('node:async_hooks');
const { join, sep } = require('node:path');
const { default: Runtime } = require('jest-runtime');

const TESTS = join(__dirname, '..') + sep;
/** Jest's own runner counts the tests of one file. */
const isOfOneFile = (path) => path.startsWith(TESTS) || path.includes(`${sep}jest-circus${sep}`);

const kept = { tested: new Map(), jest: new Map(), sourceMaps: new Map() };
let current = null;

/** What Jest's runner remembers of a file by chains of calls. */
const storages = [];

class Storage extends AsyncLocalStorage {
  constructor() {
    super();
    storages.push(this);
  }
}

/**
 * Loads what is tested, its packages and Jest's own modules once for all files that a process tests (decision 43). What
 * stands in `tests/` is loaded for each file anew, and in watch mode everything is.
 */
module.exports = class KeptRuntime extends Runtime {
  constructor(...given) {
    super(...given);
    const { watch, watchAll } = given[7];
    this.isKeeping = !watch && !watchAll;
    current = this;
    for (const [from, to] of this.#registries()) for (const [path, module] of from) to.set(path, module);
  }

  /** Each map of kept modules or source maps, and where this runtime has its own. */
  #registries() {
    return [
      [kept.tested, this.registries.getActiveCjsRegistry()],
      [kept.jest, this.registries.getInternalCjsRegistry()],
      [kept.sourceMaps, this.getSourceMaps()],
    ];
  }

  /** A kept module requires on behalf of the current file, not of the file that loaded it. */
  requireModuleOrMock(from, name) {
    return this === current ? super.requireModuleOrMock(from, name) : current.requireModuleOrMock(from, name);
  }

  requireInternalModule(from, to) {
    if (to === 'node:async_hooks') return { AsyncLocalStorage: Storage };
    return this === current ? super.requireInternalModule(from, to) : current.requireInternalModule(from, to);
  }

  /** A file that loads modules anew keeps none, because kept modules hold the former ones. */
  resetModules() {
    this.isKeeping = false;
    super.resetModules();
  }

  teardown() {
    for (const [to, from] of this.isKeeping ? this.#registries() : []) {
      for (const [path, module] of from) {
        if (module.loaded !== false && !isOfOneFile(path)) to.set(path, module);
      }
    }
    super.teardown();
    // Jest leaves its storage on, and each one that is on makes every later promise of the process dearer.
    for (const storage of storages.splice(0)) storage.disable();
  }
};
