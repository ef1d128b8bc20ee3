import { DocumentUnreadable } from '../ports/unreadable-document.ts';

/** Does one part of a long work. @returns null when a document that it needs can't be read: the store has reported it, and the work goes on without */
export async function skipUnreadable<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DocumentUnreadable) return null;
    throw error;
  }
}
