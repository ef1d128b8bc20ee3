/** The risk of data that everyone can reach. */
export const LOST_DATA = 'Treat what could be read as copied, and look whether what could be written was changed or planted.';
