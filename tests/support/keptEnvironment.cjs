const { TestEnvironment } = require('jest-environment-node');

/** When a file is over, what it has left in the scope and in the variables of the process is taken away. */
class KeptEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.own = new Set(Reflect.ownKeys(this.global));
    this.variables = { ...this.global.process.env };
  }

  async teardown() {
    const { env } = this.global.process;
    for (const key of Reflect.ownKeys(this.global))
      if (!this.own.has(key)) Reflect.deleteProperty(this.global, key);
    for (const name of Object.keys(env)) if (!(name in this.variables)) delete env[name];
    Object.assign(env, this.variables);
  }
}

let kept = null;

/** One global scope for all files that a process tests, so that what `keptRuntime.cjs` keeps loaded can live in it. */
module.exports = function environmentOf(config, context) {
  kept ??= new KeptEnvironment(config, context);
  return kept;
};
