import { describeShare } from './planted.ts';

describeShare(2);
