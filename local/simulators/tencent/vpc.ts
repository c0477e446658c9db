/** The simulated private networks: only which subnets there are. Shapes: `vpc_models.d.ts` of SDK 4.1.313. */
import * as z from 'zod';
import type { CloudState } from './state.ts';
import { CloudRefused } from './wire.ts';

/** What the actions are asked with. */
export const vpcWords = {
  DescribeSubnets: z.strictObject({ SubnetIds: z.array(z.string()).max(100) }),
} as const;

/** What each action does. @throws CloudRefused, as the platform does for an id that it does not know */
export const vpc = {
  DescribeSubnets: (
    { SubnetIds }: z.output<(typeof vpcWords)['DescribeSubnets']>,
    { subnets }: CloudState,
  ) => {
    const found = SubnetIds.map((SubnetId) => {
      const VpcId = subnets[SubnetId];
      if (VpcId === undefined) throw new CloudRefused('ResourceNotFound', `no subnet ${SubnetId}`);
      return { SubnetId, VpcId };
    });
    return { SubnetSet: found, TotalCount: found.length };
  },
};
