/** A line of a difference: removed, added or the same. */
export interface DiffLine {
  readonly mark: '-' | '+' | ' ';
  readonly line: string;
}

/** Texts with more pairs of lines than this are shown as removed and added as a whole. */
const MAX_PAIRS = 4_000_000;

/** The smallest set of removed and added lines, by the longest common subsequence. */
export function diffLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  const [old, now] = [before.slice(start), after.slice(start)];
  const same = before.slice(0, start).map((line): DiffLine => ({ mark: ' ', line }));
  if (old.length * now.length > MAX_PAIRS) return [...same, ...old.map(removed), ...now.map(added)];
  return [...same, ...rest(old, now)];
}

function rest(old: readonly string[], now: readonly string[]): readonly DiffLine[] {
  // lengths[i][j]: of the longest common subsequence of old from i and now from j.
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1));
  const lengthAt = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    const row = lengths[i] ?? new Uint32Array(0);
    for (let j = now.length - 1; j >= 0; j -= 1)
      row[j] = old[i] === now[j] ? lengthAt(i + 1, j + 1) + 1 : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const [gone = '', came = ''] = [old[i], now[j]];
    if (i < old.length && j < now.length && gone === came) {
      lines.push({ mark: ' ', line: gone });
      [i, j] = [i + 1, j + 1];
    } else if (j === now.length || (i < old.length && lengthAt(i + 1, j) >= lengthAt(i, j + 1))) {
      lines.push(removed(gone));
      i += 1;
    } else {
      lines.push(added(came));
      j += 1;
    }
  }
  return lines;
}

function removed(line: string): DiffLine {
  return { mark: '-', line };
}

function added(line: string): DiffLine {
  return { mark: '+', line };
}
