/** The parts that a person fills in or ticks. They stand alone, because the phone needs no more of `parts`. */
export const FILLED_NAMES = ['input', 'textarea', 'switch', 'slider', 'checkbox', 'radio'];
