const { join, sep } = require('node:path');
const { default: Runtime } = require('jest-runtime');

const TESTS = join(__dirname, '..') + sep;
const modules = new Map();
const sourceMaps = new Map();
let current = null;

/**
 * Loads what is tested, and its packages, once for all files that a process tests. Half of a run's work was to load the
 * same 500 modules again for each of 280 files, and to run them before they were compiled well. What stands in `tests/`
 * is loaded for each file anew, and where changes are watched for, all is.
 */
module.exports = class KeptRuntime extends Runtime {
  constructor(...given) {
    super(...given);
    const { watch, watchAll } = given[7];
    this.isKeeping = !watch && !watchAll;
    current = this;
    const registry = this.registries.getActiveCjsRegistry();
    for (const [path, module] of modules) registry.set(path, module);
    for (const [path, map] of sourceMaps) this.getSourceMaps().set(path, map);
  }

  /** A kept module requires on behalf of the file that is tested now, not of the one that loaded it. */
  requireModuleOrMock(from, name) {
    return this === current ? super.requireModuleOrMock(from, name) : current.requireModuleOrMock(from, name);
  }

  teardown() {
    for (const [path, module] of this.registries.getActiveCjsRegistry()) {
      if (this.isKeeping && module.loaded && !path.startsWith(TESTS)) modules.set(path, module);
    }
    for (const [path, map] of this.getSourceMaps()) if (modules.has(path)) sourceMaps.set(path, map);
    super.teardown();
  }
};
