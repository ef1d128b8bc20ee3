import { adfSize, doc, note, text, type AdfBlock, type AdfDocument } from './adf.ts';

/** Maximum characters of the description as JSON. Jira refuses more than 32,767, and does not say whether it counts the JSON or the text. */
const MAX_DESCRIPTION = 30_000;

/** Room for the note about the cut. */
const ROOM_FOR_NOTE = 800;

/** A piece of a description. */
export interface Part {
  /** Its name in the note, if it is cut. */
  readonly name: string;
  /** The part with the lowest rank is cut first. `null`: never cut. */
  readonly rank: number | null;
  readonly blocks: readonly AdfBlock[];
  /** Its replacement when there is little room, before it is left out altogether. */
  readonly short?: readonly AdfBlock[];
}

/**
 * The parts in their order, within Jira's limit. If they are too long, the least important are shortened, then left out; a note at the end
 * says which, and where to read them.
 * @param elsewhere the sentence that says where to read the rest
 */
export function fitDescription(parts: readonly Part[], elsewhere: string): AdfDocument {
  let kept = parts;
  const cut: string[] = [];
  while (adfSize(kept.flatMap(({ blocks }) => blocks)) > MAX_DESCRIPTION - ROOM_FOR_NOTE) {
    const least = leastOf(kept);
    if (least === null) break;
    if (!cut.includes(least.name)) cut.push(least.name);
    kept = kept.flatMap((part) => (part === least ? shortened(part) : [part]));
  }
  const blocks = kept.flatMap((part) => part.blocks);
  return cut.length === 0
    ? doc(...blocks)
    : doc(...blocks, note(text(`This text was too long for Jira. Shortened or left out: ${cut.join(', ')}. ${elsewhere}`)));
}

function leastOf(parts: readonly Part[]): Part | null {
  const ranked = parts.flatMap((part) => (part.rank === null ? [] : [{ part, rank: part.rank }]));
  return (
    ranked.reduce<(typeof ranked)[number] | null>((least, one) => (least === null || one.rank < least.rank ? one : least), null)?.part ??
    null
  );
}

function shortened({ short, ...part }: Part): readonly Part[] {
  return short === undefined ? [] : [{ ...part, blocks: short }];
}
