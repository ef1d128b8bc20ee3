import { EPOCH } from '../pipeline/ports/store.ts';
import { packDocument, type Indexed } from './packed-document.ts';
import { hexOf, placeOf } from './places.ts';
import { script, type RedisConnection } from './redis-connection.ts';
import { INDEX_FUNCTIONS } from './redis-index-script.ts';
import { DOCUMENT_FUNCTIONS } from './redis-scripts.ts';
import { entries } from './redis-writes.ts';

/**
 * Rewrites the documents of schema version 2, which had
 * `doc:<length of collection>:<collection>:<id>` a hash with json, version, at, terms (packed), and
 * `term:<length of collection>:<collection>:<term>` a sorted set of documents. `due:<collection>` stays as it was.
 */

/** Documents of one script: no other process waits for long. */
const BATCH = 16;
const SCANNED = 500;

/**
 * ARGV: keys of documents.
 * @returns for each that is there: its key, version, json, at (each '' when missing), the number of its terms ('-1': they can't be read), terms
 */
const readScript = script(`
local answer = {}
local function give(text) answer[#answer + 1] = text or '' end
for _, key in ipairs(ARGV) do
  if redis.call('EXISTS', key) == 1 then
    local was = redis.pcall('HMGET', key, 'version', 'json', 'at', 'terms')
    if was.err then was = {} end
    give(key)
    for field = 1, 3 do give(was[field]) end
    local unpacked, terms = pcall(cmsgpack.unpack, was[4])
    if unpacked and type(terms) == 'table' then
      give(tostring(#terms))
      for _, term in ipairs(terms) do give(tostring(term)) end
    else
      give('-1')
    end
  end
end
return answer
`);

/**
 * ARGV for each document: its old key, its version as it was read, its place, what is written there, its entries. What another process has
 * rewritten is gone, and left alone. The old key is the last to go: an error in a script does not undo what was written before it.
 */
const rewriteScript = script(`${INDEX_FUNCTIONS}${DOCUMENT_FUNCTIONS}
for at = 1, #ARGV, 5 do
  local old, version = ARGV[at], ARGV[at + 1]
  local stands = redis.pcall('HGET', old, 'version')
  if type(stands) ~= 'string' then stands = '' end
  if redis.call('EXISTS', old) == 1 and stands == version then
    redis.call('SET', docKey(ARGV[at + 2]), ARGV[at + 3])
    eachEntry(ARGV[at + 4], addEntry)
    redis.call('DEL', old)
  end
end
return {}
`);

/** A document as it stood in version 2. */
interface OldDocument {
  readonly key: Buffer;
  readonly version: string;
  readonly json: string;
  readonly index: Indexed | null;
}

/** Rewrites all documents. It may be broken off at any moment and begun again, and two processes may do it at the same time. */
export async function rewriteDocuments({ redis, run }: RedisConnection, prefix: string): Promise<void> {
  const pattern = (kind: string): string => `${prefix.replaceAll(/[\\*?[\]]/g, '\\$&')}${kind}`;

  async function each(kind: string, act: (keys: readonly Buffer[]) => Promise<unknown>): Promise<void> {
    let cursor = '0';
    do {
      const [next, keys] = await redis.scanBuffer(cursor, 'MATCH', pattern(kind), 'COUNT', SCANNED);
      cursor = next.toString();
      for (let at = 0; at < keys.length; at += BATCH) await act(keys.slice(at, at + BATCH));
    } while (cursor !== '0');
  }

  // First, since it makes room; documents have their terms in themselves.
  await each('term:*', (keys) => redis.unlink([...keys]));
  await each('doc:*:*', async (keys) => {
    const documents = parseDocuments(await run(readScript, prefix, keys));
    await run(
      rewriteScript,
      prefix,
      documents.flatMap((document) => rewritten(document, prefix)),
    );
  });
}

function parseDocuments(answer: readonly Buffer[]): readonly OldDocument[] {
  const documents: OldDocument[] = [];
  for (let at = 0; at < answer.length;) {
    const [key = Buffer.alloc(0), ...fields] = answer.slice(at, at + 5);
    const [version = '', json = '', time = '', terms = '-1'] = fields.map(String);
    const count = Number(terms);
    at += 5;
    const index = count === -1 || time === '' ? null : { at: Number(time), terms: answer.slice(at, at + count).map(String) };
    documents.push({ key, version, json, index });
    at += Math.max(0, count);
  }
  return documents;
}

/** A document as arguments of the script. A text or an index that could not be read can't be read afterwards either. */
function rewritten({ key, version, json, index }: OldDocument, prefix: string): readonly (string | Buffer)[] {
  const { collection, id } = nameOf(key.subarray(Buffer.byteLength(`${prefix}doc:`)));
  const place = placeOf(collection, id);
  const packed = packDocument(id, index, json, { isPlain: collection === EPOCH.collection });
  const kept = Buffer.concat([Buffer.from(version.padStart(16, '0')), packed]);
  return [key, version, hexOf(place), kept, index === null ? '' : entries(collection, index.terms, index.at, place)];
}

/** @param name `<length of collection>:<collection>:<id>`, the length in bytes */
function nameOf(name: Buffer): { readonly collection: string; readonly id: string } {
  const from = name.indexOf(':') + 1;
  const to = from + Number(name.toString('utf8', 0, from - 1));
  return { collection: name.toString('utf8', from, to), id: name.toString('utf8', to + 1) };
}
