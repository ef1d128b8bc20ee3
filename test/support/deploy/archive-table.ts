/** A column of the archive's table, with its type in the words of Hive. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/** The columns and the partitions of `CREATE EXTERNAL TABLE`, its properties, and the properties of its reader. */
export interface Table {
  readonly columns: readonly Column[];
  readonly partitions: readonly Column[];
  readonly reader: string;
  readonly readerProperties: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
}

/** @throws when the text has no such statement */
export function parseTable(text: string): Table {
  const [, statement] = /```sql\n(CREATE EXTERNAL TABLE.*?;)\n```/s.exec(text) ?? [];
  const [, columns, partitions, reader, readerProperties, properties] =
    /\(\n(.*?)\n\)\nPARTITIONED BY \((.*?)\)\nROW FORMAT SERDE '(.*?)'\nWITH SERDEPROPERTIES \((.*?)\)\n.*\nTBLPROPERTIES \((.*)\);/s.exec(
      statement ?? '',
    ) ?? [];
  if (columns === undefined || partitions === undefined || reader === undefined) throw new Error('There is no CREATE EXTERNAL TABLE');
  return {
    columns: columnsIn(columns),
    partitions: columnsIn(partitions),
    reader,
    readerProperties: propertiesIn(readerProperties),
    properties: propertiesIn(properties),
  };
}

function columnsIn(text: string): Column[] {
  return [...text.matchAll(/`(\w+)` ([^\s,]+<.*?>(?=,?$)|\w+)/gm)].map(([, name = '', type = '']) => ({ name, type }));
}

function propertiesIn(text = ''): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/'([^']+)' = '([^']*)'/g)].map(([, name = '', value = '']) => [name, value]));
}

const SCALARS: Readonly<Record<string, string>> = { string: 'VARCHAR', boolean: 'BOOLEAN', int: 'INTEGER' };

/** A type of Hive in the words of DuckDB. @throws for a type that the table does not use yet */
export function duckdbType(hive: string): string {
  const [, outer, inner = ''] = /^(struct|map|array)<(.*)>$/.exec(hive) ?? [];
  if (outer === undefined) {
    const scalar = SCALARS[hive];
    if (scalar === undefined) throw new Error(`There is no type ${hive}`);
    return scalar;
  }
  const parts = splitOutside(inner);
  if (outer === 'array') return `${duckdbType(inner)}[]`;
  if (outer === 'map') return `MAP(${parts.map(duckdbType).join(', ')})`;
  return `STRUCT(${fieldsOf(hive)
    .map(({ name, type }) => `"${name}" ${duckdbType(type)}`)
    .join(', ')})`;
}

/** The fields of a struct. */
export function fieldsOf(struct: string): readonly Column[] {
  return splitOutside(struct.replace(/^struct<(.*)>$/, '$1')).map((field) => {
    const colon = field.indexOf(':');
    return { name: field.slice(0, colon), type: field.slice(colon + 1) };
  });
}

/** Splits at the commas that stand outside `<` and `>`. */
function splitOutside(text: string): readonly string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (const letter of text) {
    if (letter === '<') depth += 1;
    if (letter === '>') depth -= 1;
    if (letter === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts;
}
