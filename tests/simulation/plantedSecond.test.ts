import { describeShare } from './planted.ts';

describeShare(1);
