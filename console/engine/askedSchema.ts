/** Makes the schemas known that only forms need. What reads the input of a change imports this. */
import { askedShapes } from '../askedContract.ts';
import { know } from './schema.ts';

know(askedShapes);
