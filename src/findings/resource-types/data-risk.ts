/** The risk of data that everyone can reach. */
export const LOST_DATA = 'What could be read has to be taken for copied, and what could be written may have been changed or planted.';
