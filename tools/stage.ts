/**
 * Makes a stage:
 *
 *   npm run stage -- new production
 *
 * It asks for what it needs, each thing with where to get it, and writes `stages/production.yml`. Secrets do not belong
 * there: `.env.production`, which git ignores, gets new keys and a line for each secret that has to be fetched. Neither
 * file is ever overwritten.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { run } from './deploy/command.ts';
import { Misused } from './deploy/known.ts';
import { StageName, secretFileOf, stageFileOf } from './deploy/stageFile.ts';
import { askAll, secretText, stageText } from './deploy/stageQuestions.ts';
import { ROOT } from './sources.ts';

const USAGE = 'usage: npm run stage -- new <name>';

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { in: { type: 'string', default: ROOT } },
  });
  const [word, name = ''] = positionals;
  if (word !== 'new') throw new Misused('what shall be done?');
  if (!StageName.safeParse(name).success) throw new Misused('a name has a-z, 0-9 and -, at most 21');
  const [file, secrets] = [stageFileOf(name, values.in), secretFileOf(name, values.in)];
  if (existsSync(file)) throw new Error(`${file} is there already`);
  const lines = createInterface({ input: process.stdin });
  const given = lines[Symbol.asyncIterator]();
  try {
    const answers = await askAll(
      async (question) => {
        process.stdout.write(question);
        const { done, value } = await given.next();
        if (done) throw new Error('there are no more answers');
        return value;
      },
      (line) => console.log(line),
    );
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, stageText(name, answers), { flag: 'wx' });
    console.log(`\n${file}`);
    if (!existsSync(secrets)) {
      writeFileSync(secrets, secretText(name), { flag: 'wx', mode: 0o600 });
      console.log(`${secrets}: 填好其中的密钥 / fill in the secrets`);
    }
    console.log(`npm run doctor -- --stage ${name} --offline`);
    return 0;
  } finally {
    lines.close();
  }
}

run(USAGE, main);
