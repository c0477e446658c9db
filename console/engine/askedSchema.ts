/** Makes known what only forms need: what each change asks. What reads the input of a change imports this. */
import { askedInputs, askedShapes } from '../askedContract.ts';
import { know } from './schema.ts';

know(askedShapes, askedInputs);
