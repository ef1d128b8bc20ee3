import type { Section } from '../../rules/issue-fields.ts';
import {
  parseSection,
  type SectionBlock,
  type SectionCell,
  type SectionInner,
  type SectionMark,
  type SectionText,
} from '../../rules/section-markdown.ts';
import { fillPlaceholder, fillTemplate } from '../../rules/fill-template.ts';
import type { TemplateValues } from '../../rules/template-paths.ts';
import {
  codeBlock,
  heading,
  paragraph,
  text,
  type AdfBlock,
  type AdfCodeBlock,
  type AdfList,
  type AdfMark,
  type AdfParagraph,
  type AdfText,
  type HeadingLevel,
} from './adf.ts';

/**
 * A rule's section under its title. Its Markdown was checked when the rule was saved; Markdown that only an older version of this service
 * accepts is shown as it was written, line by line.
 */
export function sectionBlocks({ title, text: markdown }: Section, values: TemplateValues): readonly AdfBlock[] {
  const parsed = parseSection(markdown, 'full');
  const blocks = parsed.ok ? parsed.blocks.map((block) => toAdf(block, values)) : plainLines(markdown);
  return [heading(3, text(title)), ...blocks];
}

function plainLines(markdown: string): readonly AdfBlock[] {
  return markdown
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => paragraph(text(line)));
}

function toAdf(block: SectionBlock, values: TemplateValues): AdfBlock {
  switch (block.type) {
    case 'heading':
      return heading(belowTitle(block.level), inline(block.content, values));
    case 'table':
      return {
        type: 'table',
        content: block.rows.map((row) => ({ type: 'tableRow', content: row.map((cell) => tableCell(cell, values)) })),
      };
    case 'blockquote':
      return { type: 'blockquote', content: block.content.map((inside) => toInner(inside, values)) };
    case 'rule':
      return { type: 'rule' };
    case 'paragraph':
    case 'codeBlock':
    case 'bulletList':
    case 'orderedList':
      return toInner(block, values);
    default:
      return block satisfies never;
  }
}

function toInner(block: SectionInner, values: TemplateValues): AdfParagraph | AdfCodeBlock | AdfList {
  switch (block.type) {
    case 'paragraph':
      return paragraph(inline(block.content, values));
    case 'codeBlock':
      return codeBlock(block.content.map(({ text: template }) => fillTemplate(template, values)).join(''));
    case 'bulletList':
    case 'orderedList':
      return {
        type: block.type,
        content: block.items.map((item) => ({ type: 'listItem', content: item.map((inside) => toInner(inside, values)) })),
      };
    default:
      return block satisfies never;
  }
}

function tableCell(
  { isHeader, content }: SectionCell,
  values: TemplateValues,
): { type: 'tableHeader' | 'tableCell'; content: AdfParagraph[] } {
  return { type: isHeader ? 'tableHeader' : 'tableCell', content: [paragraph(inline(content, values))] };
}

function belowTitle(level: number): HeadingLevel {
  return level >= 6 ? 6 : level === 5 ? 5 : 4;
}

function inline(content: readonly SectionText[], values: TemplateValues): readonly AdfText[] {
  return content.flatMap(({ text: template, marks }) =>
    template.flatMap((piece) => marked(typeof piece === 'string' ? piece : fillPlaceholder(piece, values), marks)),
  );
}

function marked(value: string, marks: readonly SectionMark[]): readonly AdfText[] {
  return text(value, ...marks.map(toMark));
}

function toMark(mark: SectionMark): AdfMark {
  return mark.type === 'link' ? { type: 'link', attrs: { href: mark.href } } : { type: mark.type };
}
