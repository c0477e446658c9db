/** Reads `[document, …]` from standard input. Writes the lint messages for each document, as `[[text, …], …]`. */
import { text } from 'node:stream/consumers';
import { createConfig, lintFromString } from '@redocly/openapi-core';

const config = await createConfig({ extends: ['spec'] });
const documents = JSON.parse(await text(process.stdin));
const found = [];
for (const document of documents) {
  const problems = await lintFromString({
    source: JSON.stringify(document),
    absoluteRef: 'openapi.json',
    config,
  });
  found.push(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`));
}
process.stdout.write(JSON.stringify(found));
