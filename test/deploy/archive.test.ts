import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, test } from 'vitest';
import { isJsonObject, type Json, type JsonObject } from '../../src/findings/json.ts';
import { duckdbType, fieldsOf, parseTable } from '../support/deploy/archive-table.ts';
import { changedAt, listOf, objectIn } from '../support/deploy/read-template.ts';
import { HAS_SAMPLES, sampleEvents } from '../support/deploy/sample-events.ts';
import { stackOf } from '../support/deploy/stacks.ts';
import { writeAsFirehose } from '../support/deploy/write-as-firehose.ts';
import { textOf } from '../support/docs/read-docs.ts';
import { externalEvent, internalEvent, unusedEvent } from '../support/findings/finding-events.ts';

const { resources } = stackOf('archive: with all');
const table = parseTable(textOf('docs/archive.md'));
const input = objectIn(objectIn(objectIn(resources, 'Table'), 'Properties'), 'TableInput');
const destination = objectIn(objectIn(objectIn(resources, 'Stream'), 'Properties'), 'ExtendedS3DestinationConfiguration');

const folder = mkdtempSync(join(tmpdir(), 'f2j-archive-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The name of a column in the events. */
function keyOf(column: string): string {
  return table.readerProperties[`mapping.${column}`] ?? column;
}

/** Reads all files with the documented columns. */
async function readBack(from: string): Promise<readonly JsonObject[]> {
  const columns = table.columns.map(({ name, type }) => `'${keyOf(name)}': '${duckdbType(type)}'`).join(', ');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const sql = `SELECT * FROM read_json('${from}/findings/**/*.json.gz', format = 'newline_delimited', hive_partitioning = true, columns = {${columns}})`;
    const reader = await connection.runAndReadAll(sql);
    return reader.getRowObjectsJson().map((row): JsonObject => JSON.parse(JSON.stringify(row)));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** What a row must hold of an event; a field that is absent in the event is null in the row. */
function rowOf(event: JsonObject): JsonObject {
  const values = table.columns.map(({ name, type }): [string, Json] => {
    const value = event[keyOf(name)] ?? null;
    return [keyOf(name), type.startsWith('struct<') && isJsonObject(value) ? structOf(value, type) : value];
  });
  return { ...Object.fromEntries(values), region: event['region'] ?? null, day: '2026-11-30' };
}

function structOf(value: JsonObject, type: string): JsonObject {
  return Object.fromEntries(
    fieldsOf(type).map(({ name, type: inner }): [string, Json] => {
      const field = value[name] ?? null;
      // DuckDB shows a map as a list of its entries.
      return [
        name,
        inner.startsWith('map<') && isJsonObject(field) ? Object.entries(field).map(([key, of]) => ({ key, value: of })) : field,
      ];
    }),
  );
}

async function comesBack(name: string, events: readonly JsonObject[]): Promise<void> {
  const into = join(folder, name);
  const files = writeAsFirehose(into, destination, events, new Date('2026-11-30T23:59:59Z'));
  const regions = new Set(events.map((event) => String(event['region'])));
  expect(new Set(files.map((file) => relative(into, file).replace(/[^/]+$/, '')))).toEqual(
    new Set([...regions].map((region) => `findings/region=${region}/day=2026-11-30/`)),
  );
  const rows = await readBack(into);
  expect(rows).toHaveLength(events.length);
  for (const event of events) expect(rows).toContainEqual(rowOf(event));
}

describe('the archive', () => {
  test('gives back every field of every kind of finding', async () => {
    const events = ['eu-central-1', 'us-east-1', 'us-gov-west-1'].flatMap((region) => [
      externalEvent({ region, id: `external-${region}`, detail: { condition: { 'aws:SourceVpc': 'vpc-1' } } }),
      externalEvent({ region, id: `error-${region}`, detail: { error: 'ACCESS_DENIED', principal: undefined, action: undefined } }),
      unusedEvent({ region, id: `unused-${region}` }),
      internalEvent({ region, id: `internal-${region}`, detail: { isDeleted: true } }),
    ]);
    await comesBack('ours', events);
    // Nothing of an event is left out, but for the fields that only the API has.
    const fields = table.columns.flatMap(({ type }) => (type.startsWith('struct<') ? fieldsOf(type).map(({ name }) => name) : []));
    const known = events.flatMap((event) => Object.keys(objectIn(event, 'detail')));
    expect([...new Set(known)].filter((name) => !fields.includes(name))).toEqual([]);
    const columns = [...table.columns, ...table.partitions].map(({ name }) => keyOf(name));
    expect(events.flatMap((event) => Object.keys(event)).filter((name) => !columns.includes(name))).toEqual([]);
  });

  test.skipIf(!HAS_SAMPLES)("gives back every one of AWS's own samples", async () => {
    const samples = Object.values(sampleEvents()).filter(
      (event) => event['region'] !== undefined && event['detail-type'] !== 'Access Preview State Change',
    );
    expect(samples.length).toBeGreaterThan(5);
    await comesBack('samples', samples);
  });

  test('needs the newline after each event', async () => {
    const events = [unusedEvent(), externalEvent()];
    const path = ['ProcessingConfiguration', 'Processors'];
    const glued = changedAt(destination, path, (old) =>
      listOf(old).filter((one) => objectIn({ one }, 'one')['Type'] !== 'AppendDelimiterToRecord'),
    );
    const into = join(folder, 'glued');
    writeAsFirehose(into, objectIn({ glued }, 'glued'), events, new Date(0));
    await expect(readBack(into)).rejects.toThrow('Malformed JSON');
  });

  test('has in the template the table of the documents', () => {
    const storage = objectIn(input, 'StorageDescriptor');
    const columnsOf = (list: Json | undefined) =>
      listOf(list).map((column) => {
        const { Name: name, Type: type } = objectIn({ column }, 'column');
        return { name, type };
      });
    expect(columnsOf(storage['Columns'])).toEqual(table.columns);
    expect(columnsOf(input['PartitionKeys'])).toEqual(table.partitions);
    const serde = objectIn(storage, 'SerdeInfo');
    expect(serde['SerializationLibrary']).toBe(table.reader);
    expect(objectIn(serde, 'Parameters')).toEqual(table.readerProperties);
    const withBucket = Object.entries(table.properties).map(([name, value]) => [name, value.replaceAll('BUCKET', '<Bucket>')]);
    expect(objectIn(input, 'Parameters')).toEqual(Object.fromEntries(withBucket));
    expect(storage['Location']).toBe('s3://<Bucket>/findings/');
  });

  test('looks for the partitions where Firehose writes them', () => {
    const template = String(objectIn(input, 'Parameters')['storage.location.template']).replace('s3://<Bucket>/', '');
    const prefix = String(destination['Prefix']).replaceAll(/!\{[^}]+\}/g, '*');
    expect(template.replaceAll(/\$\{\w+\}/g, '*')).toBe(prefix);
  });
});
