/** A deployment in a process of its own, by the vendor's SDK, that a test may kill. Its argument is JSON. */
import { tencentCloud } from '../../../tools/deploy/cloud.ts';
import { deploy } from '../../../tools/deploy/deploy.ts';
import { desiredOf, laterOf, WHOLE } from './stage.ts';

const { endpoint, secretKey, isLater } = JSON.parse(process.argv[2] ?? '') as {
  readonly endpoint: string;
  readonly secretKey: string;
  readonly isLater: boolean;
};
let now = 0;

deploy(
  {
    cloud: tencentCloud({ secretId: 'id', secretKey, token: null, region: 'ap-guangzhou', endpoint }),
    // Time passes only by waiting, because the simulated cloud needs none.
    pace: {
      now: () => now,
      pause: async (ms) => {
        now += ms;
      },
      random: () => 0.5,
    },
    desired: isLater ? laterOf('two') : desiredOf('one'),
    withoutTriggers: null,
    tell: (line) => console.log(line),
    smoke: async () => undefined,
  },
  WHOLE,
  false,
).then(
  (code) => process.exit(code),
  (caught: unknown) => {
    console.error(caught);
    process.exit(3);
  },
);
