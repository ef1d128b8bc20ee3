/** Parses CSV by RFC 4180, strictly: lines end with CRLF, and quotes stand around a whole cell. */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const lines: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const cells: string[] = [];
    for (;;) {
      const [cell, next] = text[at] === '"' ? quoted(text, at) : plain(text, at);
      cells.push(cell);
      at = next + 1;
      if (text[next] !== ',') break;
    }
    if (text.slice(at - 1, at + 1) !== '\r\n') throw new Error(`No end of line at ${at - 1}`);
    at += 1;
    lines.push(cells);
  }
  return lines;
}

function plain(text: string, from: number): [string, number] {
  const end = text.slice(from).search(/[,\r]/) + from;
  const cell = text.slice(from, end);
  if (end < from || /["\n]/.test(cell)) throw new Error(`A bare cell with a quote or without an end at ${from}`);
  return [cell, end];
}

function quoted(text: string, from: number): [string, number] {
  const [match] = /^"(?:[^"]|"")*"/.exec(text.slice(from)) ?? [];
  if (match === undefined) throw new Error(`A quoted cell without an end at ${from}`);
  return [match.slice(1, -1).replaceAll('""', '"'), from + match.length];
}

/** The lines of CSV by the names of its columns. */
export function csvRecords(text: string): readonly Readonly<Record<string, string>>[] {
  const [names = [], ...lines] = parseCsv(text);
  return lines.map((cells) => {
    if (cells.length !== names.length) throw new Error(`A line of ${cells.length} cells for ${names.length} columns`);
    return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? '']));
  });
}
