import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { isJsonObject, type Json, type JsonObject } from '../../../src/findings/json.ts';
import { listOf, objectIn } from './read-template.ts';

/**
 * Writes events into a folder as Firehose would write them into the bucket: path, delimiter, compression and ending as its
 * `ExtendedS3DestinationConfiguration` says.
 * @param at the time of the arrival
 * @returns the paths of the files
 * @throws for a setting that this writer does not know
 */
export function writeAsFirehose(folder: string, destination: JsonObject, events: readonly JsonObject[], at: Date): readonly string[] {
  if (destination['CompressionFormat'] !== 'GZIP') throw new Error('Only GZIP is known here');
  const processors = listOf(objectIn(destination, 'ProcessingConfiguration')['Processors']);
  const delimiter = parameterOf(processors, 'AppendDelimiterToRecord', 'Delimiter')?.replaceAll(String.raw`\n`, '\n') ?? '';
  const query = parameterOf(processors, 'MetadataExtraction', 'MetadataExtractionQuery') ?? '';
  const byPath = Map.groupBy(events, (event) => pathOf(String(destination['Prefix']), query, event, at));
  return [...byPath].map(([path, inside]) => {
    const body = inside.map((event) => JSON.stringify(event) + delimiter).join('');
    const name = createHash('sha256').update(body).digest('hex').slice(0, 12);
    const file = join(folder, `${path}${name}${String(destination['FileExtension'])}`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, gzipSync(body));
    return file;
  });
}

function parameterOf(processors: readonly Json[], type: string, name: string): string | undefined {
  const processor = processors.filter(isJsonObject).find((one) => one['Type'] === type);
  const parameter = listOf(processor?.['Parameters'])
    .filter(isJsonObject)
    .find((one) => one['ParameterName'] === name);
  return parameter === undefined ? undefined : String(parameter['ParameterValue']);
}

/** Source of the expressions: https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html */
function pathOf(prefix: string, query: string, event: JsonObject, at: Date): string {
  return prefix.replaceAll(/!\{(\w+):([^}]+)\}/g, (expression, kind: string, what: string) => {
    if (kind === 'timestamp' && what === 'yyyy-MM-dd') return at.toISOString().slice(0, 10);
    const [, field] = new RegExp(`[{,]\\s*${what}\\s*:\\s*\\.(\\w+)\\s*[},]`).exec(query) ?? [];
    const value = kind === 'partitionKeyFromQuery' && field !== undefined ? event[field] : undefined;
    if (typeof value !== 'string') throw new Error(`${expression} has no value`);
    return value;
  });
}
