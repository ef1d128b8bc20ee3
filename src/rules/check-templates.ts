import { isJsonObject } from '../findings/json.ts';
import { MAX_SECTION, MAX_SECTIONS } from './issue-fields.ts';
import { itemPath, propertyPath } from './json-path.ts';
import type { Refuse } from './problem.ts';
import { parseSection } from './section-markdown.ts';
import { parseTemplate } from './template.ts';

/** Refuses faulty templates in a rule's `issue` part; the schema's check covers values that are no text. @param path of the issue part */
export function checkTemplates(issue: unknown, path: string, refuse: Refuse): void {
  if (!isJsonObject(issue)) return;
  const content = issue['content'] === 'minimal' ? 'minimal' : 'full';
  const { summary, sections } = issue;
  if (typeof summary === 'string') {
    const parsed = parseTemplate(summary, content);
    if (!parsed.ok) refuse(propertyPath(path, 'summary'), parsed.message);
  }
  for (const [index, section] of (Array.isArray(sections) ? sections.slice(0, MAX_SECTIONS) : []).entries()) {
    const text = isJsonObject(section) ? section['text'] : undefined;
    if (typeof text !== 'string' || text.length > MAX_SECTION) continue;
    const parsed = parseSection(text, content);
    if (!parsed.ok) refuse(propertyPath(itemPath(propertyPath(path, 'sections'), index), 'text'), parsed.message);
  }
}
