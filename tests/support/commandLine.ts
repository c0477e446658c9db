/** Parses the options of developers' commands. It is strict, because a run with a mistyped size proves nothing. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/** Parses the command line of a command with this usage. Unknown options exit with 2, `--help` with 0. */
export function commandLine(usage: string) {
  const refuse = (why: string): never => {
    console.error(`${why}\nusage: ${usage}`);
    process.exit(2);
  };

  return {
    refuse,

    flags<O extends Options>(options: O) {
      if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
        console.log(`usage: ${usage}`);
        process.exit(0);
      }
      try {
        return parseArgs({ options }).values;
      } catch (caught) {
        return refuse(caught instanceof Error ? caught.message : String(caught));
      }
    },

    count(name: string, text: string, least = 1): number {
      const count = Number(text);
      if (text.trim() === '' || !Number.isSafeInteger(count) || count < least)
        refuse(`--${name} is a whole number from ${least}, not "${text}"`);
      return count;
    },

    oneOf<T extends string>(names: readonly T[], text: string): T {
      return names.find((name) => name === text) ?? refuse(`"${text}" is none of ${names.join(', ')}`);
    },
  };
}
