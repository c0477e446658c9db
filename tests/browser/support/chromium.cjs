const { existsSync } = require('node:fs');

const named = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** The program of Chromium: what `CHROMIUM` names, or Debian's; null where there is none. */
exports.chromium = existsSync(named) ? named : null;
