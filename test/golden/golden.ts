import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Type } from 'typebox';
import { Parse } from 'typebox/value';
import { expect } from 'vitest';
import { isJsonObject, type Json } from '../../src/findings/json.ts';
import { mapOf, toOldTerms } from './rename-map.ts';

const FILE = join(import.meta.dirname, 'golden.json');
const LOCK = `${FILE}.lock`;
const isRecording = process.env['GOLDEN_RECORD'] === '1';
const dumpFolder = process.env['GOLDEN_DUMP'];

/** Larger ones are written an item a line. */
const PRETTY = 300_000;

/** Hashes by name, of one test file. */
export interface Golden {
  /**
   * Compares data with what was recorded.
   * @param section whose names are translated back; null: may not change at all
   * @param isSet the order of the data's items is nothing
   */
  check(name: string, section: string | null, data: unknown, isSet?: boolean): void;
  /** Nothing that was recorded is missing now; when recording, writes it down. Comes last. */
  finish(): Promise<void>;
}

/** @param part the beginning of every name of this file */
export function golden(part: string): Golden {
  const found = new Map<string, string>();
  const recorded = isRecording ? {} : readGolden();
  return {
    check(name, section, data, isSet = false) {
      const full = `${part}/${name}`;
      const plain = toJson(data);
      const translated = sorted(section === null ? plain : toOldTerms(plain, mapOf(section)));
      const old = isSet ? asSet(translated) : translated;
      const text = JSON.stringify(old);
      const hash = createHash('sha256').update(text).digest('hex');
      if (found.has(full)) throw new Error(`${full} is there twice`);
      found.set(full, hash);
      dump(full, old, text);
      if (!isRecording) expect.soft(hash, `${full} differs; run with GOLDEN_DUMP and compare the dumps`).toBe(recorded[full]);
    },
    async finish() {
      const before = Object.keys(recorded).filter((name) => name.startsWith(`${part}/`));
      if (isRecording) await record(part, found);
      else expect(before.filter((name) => !found.has(name))).toEqual([]);
    },
  };
}

function dump(name: string, old: Json, text: string): void {
  if (dumpFolder === undefined || dumpFolder === '') return;
  const path = join(dumpFolder, `${name}.json`);
  mkdirSync(dirname(path), { recursive: true });
  const lines = Array.isArray(old) ? `[\n${old.map((item) => JSON.stringify(item)).join(',\n')}\n]` : text;
  writeFileSync(path, `${text.length > PRETTY ? lines : JSON.stringify(old, null, 1)}\n`);
}

function readGolden(): Readonly<Record<string, string>> {
  return Parse(Type.Record(Type.String(), Type.String()), JSON.parse(readFileSync(FILE, 'utf8')));
}

/** Test files record at the same time: one after the other. */
async function record(part: string, found: ReadonlyMap<string, string>): Promise<void> {
  while (!tookLock()) await sleep(20);
  try {
    const others = Object.entries(readOrNothing()).filter(([name]) => !name.startsWith(`${part}/`));
    const all = [...others, ...found].toSorted(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
  } finally {
    rmdirSync(LOCK);
  }
}

function readOrNothing(): Readonly<Record<string, string>> {
  try {
    return readGolden();
  } catch {
    return {};
  }
}

function tookLock(): boolean {
  try {
    mkdirSync(LOCK);
    return true;
  } catch {
    return false;
  }
}

function asSet(items: Json): Json {
  if (!Array.isArray(items)) throw new Error('Only a list can be a set');
  const texts = items.map((item) => JSON.stringify(item));
  return texts.toSorted().map((text): Json => JSON.parse(text));
}

function toJson(data: unknown): Json {
  return JSON.parse(JSON.stringify(data));
}

function sorted(value: Json): Json {
  if (isJsonObject(value)) {
    const entries = Object.entries(value).map(([key, inner]): [string, Json] => [key, sorted(inner)]);
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
  return typeof value === 'object' && value !== null ? value.map(sorted) : value;
}
