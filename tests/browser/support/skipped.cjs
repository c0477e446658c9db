/** Says in one line that there is no Chromium, in place of a report. */
module.exports = class Skipped {
  onRunComplete(_contexts, { numPendingTests }) {
    console.log(`browser: no Chromium found, ${numPendingTests} tests skipped`);
  }
};
