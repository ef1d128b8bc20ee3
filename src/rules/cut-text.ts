/** The text, or its beginning with an ellipsis, in at most `max` UTF-16 code units and never with half of a surrogate pair that was whole. */
export function cutText(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
