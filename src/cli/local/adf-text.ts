import type { AdfBlock, AdfDocument, AdfListItem, AdfText } from '../../issues/text/adf.ts';

/** An issue's text for a terminal. Links are followed by their address; commands are indented. */
export function adfText({ content }: AdfDocument): string {
  return `${content.map(blockText).join('\n\n')}\n`;
}

function blockText(block: AdfBlock): string {
  switch (block.type) {
    case 'paragraph':
      return inline(block.content);
    case 'heading':
      return `${'#'.repeat(block.attrs.level)} ${inline(block.content)}`;
    case 'codeBlock':
      return indented(block.content.map(({ text }) => text).join(''), '    ');
    case 'bulletList':
      return block.content.map((item) => itemText(item, '- ')).join('\n');
    case 'orderedList':
      return block.content.map((item, index) => itemText(item, `${(block.attrs?.order ?? 1) + index}. `)).join('\n');
    case 'expand':
      return `### [+] ${block.attrs.title}\n\n${block.content.map(blockText).join('\n\n')}`;
    case 'panel':
      return `! ${block.content.map(blockText).join('\n')}`;
    case 'blockquote':
      return indented(block.content.map(blockText).join('\n'), '> ');
    case 'rule':
      return '---';
    case 'table':
      return block.content
        .map(({ content }) => `| ${content.map((cell) => cell.content.map(blockText).join(' ')).join(' | ')} |`)
        .join('\n');
    default:
      return block satisfies never;
  }
}

function itemText({ content }: AdfListItem, mark: string): string {
  return `${mark}${indented(content.map(blockText).join('\n'), ' '.repeat(mark.length)).trimStart()}`;
}

function inline(content: readonly AdfText[]): string {
  return content.map(marked).join('');
}

function marked({ text, marks = [] }: AdfText): string {
  const link = marks.find((mark) => mark.type === 'link');
  return link === undefined ? text : `${text} <${link.attrs.href}>`;
}

function indented(text: string, by: string): string {
  return text
    .split('\n')
    .map((line) => `${by}${line}`)
    .join('\n');
}
