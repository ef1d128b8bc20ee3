/** 0 to 1. */
type Random = () => number;

/** Mutations of a message: cut, repeated, other characters, other words, other values. */
const MUTATIONS: readonly ((text: string, random: Random) => string)[] = [
  (text, random) => text.slice(0, random() * text.length),
  (text, random) => text.slice(random() * text.length),
  (text, random) => replaceAt(text, random, String.fromCharCode(random() * 0xffff)),
  (text, random) =>
    replaceAt(text, random, pick(random, ['{', '}', '[', ']', '"', ',', ':', '\\', '\u0000', '1e999', 'null', '-', '\ud800'])),
  (text, random) =>
    text.replaceAll(
      pick(random, ['ACTIVE', 'aws', ':', '2026', 'detail', 'id', '"', 'arn', 'true', '[]', '{}', 'Message', 'product', 'findings']),
      pick(random, ['', '"', 'null', '[[', '🪣', '__proto__', '9'.repeat(400)]),
    ),
  ...Array.from(
    { length: 3 },
    () => (text: string, random: Random) =>
      replaceValue(text, random, pick(random, [null, true, 0, -1, 1e308, '', 'x'.repeat(5_000), [], {}, [[]], { a: { b: [1] } }])),
  ),
  (text, random) => text + text.slice(random() * text.length),
];

/** Applies one to three mutations, one after the other. */
export function spoilText(text: string, random: Random): string {
  let spoilt = text;
  for (let times = 1 + Math.floor(random() * 3); times > 0; times -= 1) {
    spoilt = (MUTATIONS[Math.floor(random() * MUTATIONS.length)] ?? ((same) => same))(spoilt, random);
  }
  return spoilt;
}

export function pick<T>(random: Random, from: readonly [T, ...T[]]): T {
  return from[Math.floor(random() * from.length)] ?? from[0];
}

function replaceAt(text: string, random: Random, by: string): string {
  const at = Math.floor(random() * text.length);
  return text.slice(0, at) + by + text.slice(at + 1);
}

/** Replaces a random value of the message. */
function replaceValue(text: string, random: Random, value: unknown): string {
  let places = 0;
  try {
    JSON.parse(text, (_, found) => ((places += 1), found));
    const chosen = Math.floor(random() * places);
    places = 0;
    return JSON.stringify(JSON.parse(text, (_, found) => (places++ === chosen ? value : found))) ?? '';
  } catch {
    return text;
  }
}
