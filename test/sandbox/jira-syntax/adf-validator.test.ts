import { createRequire } from 'node:module';
import Draft04 from 'ajv-draft-04';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../src/findings/json.ts';
import { adfProblem } from '../../../src/sandbox/jira-syntax/adf-validator.ts';

const oracle = createOracle();

const text = (value: string, ...marks: JsonObject[]): JsonObject =>
  marks.length === 0 ? { type: 'text', text: value } : { type: 'text', text: value, marks };
const p = (...content: Json[]): JsonObject => ({ type: 'paragraph', content });
const doc = (...content: Json[]): JsonObject => ({ type: 'doc', version: 1, content });
const node = (type: string, content: Json[], attrs?: JsonObject): JsonObject =>
  attrs === undefined ? { type, content } : { type, attrs, content };
const item = (...content: Json[]): JsonObject => node('listItem', content);
const table = (...content: Json[]): JsonObject => node('table', [node('tableRow', [node('tableCell', content)])]);
const heading = node('heading', [text('a')], { level: 2 });
const panel = (...content: Json[]): JsonObject => node('panel', content, { panelType: 'info' });

const ACCEPTED: [string, Json][] = [
  ['an empty doc', doc()],
  ['an empty paragraph', doc({ type: 'paragraph' }, p())],
  ['an empty codeBlock', doc({ type: 'codeBlock' }, node('codeBlock', [], { language: 'json' }))],
  ['a newline in a text', doc(p(text('a\nb')))],
  ['code with a link', doc(p(text('a', { type: 'code' }, { type: 'link', attrs: { href: 'https://example.com' } })))],
  ['strong and em', doc(p(text('a', { type: 'strong' }, { type: 'em' })))],
  ['a codeBlock in a panel', doc(panel(node('codeBlock', [text('a')])))],
  ['a list in a panel', doc(panel(node('bulletList', [item(p())])))],
  ['a list in a blockquote', doc(node('blockquote', [node('orderedList', [item(p())], { order: 3 })]))],
  ['a table in an expand', doc(node('expand', [table(p())], { title: 'more' }))],
  ['a nestedExpand in a cell', doc(table(node('nestedExpand', [p()], { title: 'more' })))],
  ['a list in a list', doc(node('bulletList', [item(p(text('a')), node('bulletList', [item(p(text('b')))]))]))],
  [
    'a header cell',
    doc(node('table', [node('tableRow', [node('tableHeader', [p(text('a'))], { colspan: 2, colwidth: [10, 20] })])], { layout: 'center' })),
  ],
  ['a rule and a break', doc({ type: 'rule' }, p(text('a'), { type: 'hardBreak' }, text('b')))],
  ['a status', doc(p({ type: 'status', attrs: { text: 'open', color: 'red' } }))],
];

const REFUSED: [string, Json][] = [
  ['a string', 'text'],
  ['no version', { type: 'doc', content: [] }],
  ['no content', { type: 'doc', version: 1 }],
  ['attrs of the doc', { ...doc(), attrs: {} }],
  ['an empty text', doc(p(text('')))],
  ['text in the doc', doc(text('a'))],
  ['text in a listItem', doc(node('bulletList', [item(text('a'))]))],
  ['text in a cell', doc(table(text('a')))],
  ['a heading without a level', doc({ type: 'heading', content: [text('a')] })],
  ['a heading of level 7', doc(node('heading', [text('a')], { level: 7 }))],
  ['a heading in a listItem', doc(node('bulletList', [item(heading)]))],
  ['a panel in a listItem', doc(node('bulletList', [item(panel(p()))]))],
  ['code with strong', doc(p(text('a', { type: 'code' }, { type: 'strong' })))],
  ['marks in a codeBlock', doc(node('codeBlock', [text('a', { type: 'strong' })]))],
  ['a link without href', doc(p(text('a', { type: 'link', attrs: {} })))],
  ['an empty list', doc(node('bulletList', []))],
  ['an empty expand', doc(node('expand', []))],
  ['an empty cell', doc(table())],
  ['a table in a panel', doc(panel(table(p())))],
  ['an expand in a panel', doc(panel(node('expand', [p()])))],
  ['an expand in a cell', doc(table(node('expand', [p()])))],
  ['an expand in an expand', doc(node('expand', [node('expand', [p()])]))],
  ['a nestedExpand without attrs', doc(table(node('nestedExpand', [p()])))],
  ['an unknown property', doc({ ...p(), colour: 'red' })],
  ['an unknown attribute', doc(node('heading', [], { level: 1, id: 'x' }))],
  ['an unknown node', doc({ type: 'marquee' })],
  ['a node named as a property of objects', doc({ type: 'constructor' })],
  ['an unknown mark', doc(p(text('a', { type: 'blink' })))],
  ['an attribute of strong', doc(p(text('a', { type: 'strong', attrs: {} })))],
  ['a status without text', doc(p({ type: 'status', attrs: { text: '', color: 'red' } }))],
  ['a status of another colour', doc(p({ type: 'status', attrs: { text: 'a', color: 'pink' } }))],
  ['a text colour by name', doc(p(text('a', { type: 'textColor', attrs: { color: 'red' } })))],
  ['null as a node', doc(null)],
];

test.each(ACCEPTED)('accepts %s, as the published schema does', (_name, document) => {
  expect(adfProblem(document)).toBeNull();
  expect(oracle(document)).toBe(true);
});

test.each(REFUSED)('refuses %s, as the published schema does', (_name, document) => {
  expect(adfProblem(document)).toEqual(expect.any(String));
  expect(oracle(document)).toBe(false);
});

test('accepts no document that the published schema refuses', () => {
  const verdicts = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(documents(), (document) => {
      const taken = adfProblem(document) === null;
      verdicts[taken ? 'taken' : 'refused'] += 1;
      return !taken || oracle(document);
    }),
    { numRuns: 1_500 },
  );
  expect(Math.min(verdicts.taken, verdicts.refused)).toBeGreaterThan(50);
});

function createOracle(): (document: Json) => boolean {
  const schema: JsonObject = createRequire(import.meta.url)('@atlaskit/adf-schema/dist/json-schema/v1/full.json');
  const validate = new Draft04.default({ strict: false }).compile(schema);
  return (document) => validate(document);
}

/** Documents that are mostly well nested, with some nodes in a wrong place, some wrong attributes and some wrong marks. */
function documents(): fc.Arbitrary<JsonObject> {
  const word = fc.oneof({ weight: 30, arbitrary: fc.string({ minLength: 1, maxLength: 8 }) }, { weight: 1, arbitrary: fc.constant('') });
  const mark = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<JsonObject>({ type: 'strong' }, { type: 'em' }, { type: 'code' }) },
    { weight: 2, arbitrary: fc.constant<JsonObject>({ type: 'link', attrs: { href: 'https://example.com' } }) },
    { weight: 1, arbitrary: fc.constantFrom<JsonObject>({ type: 'link' }, { type: 'code', attrs: {} }, { type: 'blink' }) },
  );
  const inline = fc.oneof(
    { weight: 6, arbitrary: word.map((value) => text(value)) },
    { weight: 2, arbitrary: fc.tuple(word, fc.array(mark, { minLength: 1, maxLength: 2 })).map(([value, marks]) => text(value, ...marks)) },
    { weight: 1, arbitrary: fc.constantFrom<JsonObject>({ type: 'hardBreak' }, { type: 'hardBreak', attrs: { text: 'x' } }) },
  );
  const inlines = fc.array(inline, { maxLength: 3 });
  const { block } = fc.letrec<{ block: JsonObject }>((tie) => {
    const few = fc.array(tie('block'), { maxLength: 2 });
    const paragraphs = fc.array(
      inlines.map((content) => p(...content)),
      { minLength: 1, maxLength: 2 },
    );
    const inside = fc.oneof({ weight: 3, arbitrary: paragraphs }, { weight: 2, arbitrary: few });
    const list = fc.tuple(fc.constantFrom('bulletList', 'orderedList'), fc.array(inside, { maxLength: 2 })).map(([type, items]) =>
      node(
        type,
        items.map((of) => item(...of)),
      ),
    );
    const cells = fc.array(fc.tuple(fc.constantFrom('tableCell', 'tableHeader'), inside), { maxLength: 2 });
    return {
      block: fc.oneof(
        { maxDepth: 4, depthIdentifier: 'adf' },
        { weight: 5, arbitrary: inlines.map((content) => p(...content)) },
        {
          weight: 2,
          arbitrary: fc.tuple(inlines, fc.constantFrom(1, 2, 3, 6, 7, 0)).map(([content, level]) => node('heading', content, { level })),
        },
        { weight: 2, arbitrary: inlines.map((content) => node('codeBlock', content)) },
        { weight: 1, arbitrary: fc.constantFrom<JsonObject>({ type: 'rule' }, { type: 'rule', content: [] }, { type: 'heading' }) },
        { weight: 2, arbitrary: list },
        {
          weight: 1,
          arbitrary: fc
            .tuple(fc.constantFrom('info', 'warning', 'loud'), inside)
            .map(([panelType, content]) => node('panel', content, { panelType })),
        },
        { weight: 1, arbitrary: inside.map((content) => node('expand', content, { title: 'more' })) },
        {
          weight: 1,
          arbitrary: cells.map((of) =>
            node('table', [
              node(
                'tableRow',
                of.map(([type, content]) => node(type, content)),
              ),
            ]),
          ),
        },
      ),
    };
  });
  return fc.array(block, { maxLength: 4 }).map((content) => doc(...content));
}
