/** The text, or its beginning with an ellipsis, in at most `max` UTF-16 code units and never with half a character. */
export function cutText(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).toWellFormed()}…`;
}
