import fc from 'fast-check';
import { seed } from './seeded.ts';

// A property that names no seed of its own gets this one, so that every run of the tests is the same.
fc.configureGlobal({ seed });
