import htm from 'htm';
import { h } from 'preact';

/** Markup as a tagged template. Every value becomes a text node or a property, so that no text from outside is ever read as markup. */
export const html = htm.bind(h);
