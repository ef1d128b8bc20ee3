import { isJsonObject, type Json, type JsonObject } from '../findings/json.ts';
import { fillTemplate } from './fill-template.ts';
import { MAX_SECTION, MAX_SECTIONS } from './issue-fields.ts';
import { itemPath, propertyPath } from './json-path.ts';
import type { Refuse } from './problem.ts';
import { CHANGED_BY, isPerson } from './rule-words.ts';
import { parseSection } from './section-markdown.ts';
import { isTemplate, parseTemplate, type Template } from './template.ts';
import { EXAMPLE_VALUES } from './template-paths.ts';

type Content = 'full' | 'minimal';

/**
 * `saved`: an earlier version may have saved it, in which only texts were templates. Braces in other values that are no template stay as they
 * are then, since an upgrade must not leave the service without rules.
 */
export type RulesAge = 'new' | 'saved';

/** Refuses faulty templates in a rule's `issue` part; the schema's check covers values that are no text. @param path of the issue part */
export function checkTemplates(issue: unknown, path: string, age: RulesAge, refuse: Refuse): void {
  if (!isJsonObject(issue)) return;
  const content = issue['content'] === 'minimal' ? 'minimal' : 'full';
  const { summary, sections } = issue;
  if (typeof summary === 'string') checkText(summary, content, propertyPath(path, 'summary'), refuse);
  for (const [index, section] of (Array.isArray(sections) ? sections.slice(0, MAX_SECTIONS) : []).entries()) {
    const text = isJsonObject(section) ? section['text'] : undefined;
    if (typeof text !== 'string' || text.length > MAX_SECTION) continue;
    const parsed = parseSection(text, content);
    if (!parsed.ok) refuse(propertyPath(itemPath(propertyPath(path, 'sections'), index), 'text'), parsed.message);
  }
  if (age === 'saved') return;
  for (const name of ['labels', 'fields']) checkAll(issue[name], content, propertyPath(path, name), refuse);
  checkOwner(issue, content, path, refuse);
  if (content === 'minimal' && issue['assignee'] === CHANGED_BY)
    refuse(propertyPath(path, 'assignee'), `expected no ${CHANGED_BY} with content minimal, where nothing tells who made the change`);
}

/** Refuses faulty templates in the account map. Rules with `content: minimal` use it, too, so that its templates name nothing else. */
export function checkOwnerTemplates(owners: unknown, path: string, age: RulesAge, refuse: Refuse): void {
  if (age === 'saved') return;
  for (const [name, owner] of isJsonObject(owners) ? Object.entries(owners) : [])
    if (isJsonObject(owner)) checkOwner(owner, 'minimal', propertyPath(path, name), refuse);
}

/** The parts that a rule and an owner of the account map share. */
function checkOwner({ components, assignee, team }: JsonObject, content: Content, path: string, refuse: Refuse): void {
  checkAll(components, content, propertyPath(path, 'components'), refuse);
  if (typeof team === 'string' && isTemplate(team))
    refuse(propertyPath(path, 'team'), 'expected no {{ }}: a team is the same for all findings');
  if (typeof assignee !== 'string' || !isTemplate(assignee)) return;
  const place = propertyPath(path, 'assignee');
  const template = checkText(assignee, content, place, refuse);
  const example = template === null ? null : fillTemplate(template, EXAMPLE_VALUES).trim();
  if (example !== null && !isPerson(example))
    refuse(
      place,
      `expected an e-mail address, or id: and an account id of Jira, once the values are filled in; an example is ${JSON.stringify(example)}`,
    );
}

/** Every text in a value, at any depth. */
function checkAll(value: Json | undefined, content: Content, path: string, refuse: Refuse): void {
  if (typeof value === 'string') checkText(value, content, path, refuse);
  else if (Array.isArray(value)) value.forEach((one: Json, index) => checkAll(one, content, itemPath(path, index), refuse));
  else if (isJsonObject(value)) for (const [name, one] of Object.entries(value)) checkAll(one, content, propertyPath(path, name), refuse);
}

/** @returns null: refused */
function checkText(text: string, content: Content, path: string, refuse: Refuse): Template | null {
  const parsed = parseTemplate(text, content);
  if (parsed.ok) return parsed.template;
  return refuse(path, parsed.message);
}
