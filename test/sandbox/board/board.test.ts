import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startJiraSimulator, type JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import { adf, call, created } from '../simulator-client.ts';

const HOSTILE = `"><script>alert(1)</script><img src=x onerror='alert(1)'>`;
let jira: JiraSimulator;
beforeAll(async () => {
  jira = await startJiraSimulator({ now: () => Date.UTC(2026, 10, 20) });
});
beforeEach(() => jira.reset());
afterAll(() => jira.close());

async function page(path: string): Promise<{ status: number; policy: string; html: string }> {
  const response = await fetch(`${jira.url}${path}`);
  return { status: response.status, policy: response.headers.get('content-security-policy') ?? '', html: await response.text() };
}

test('shows a column for every status, with counts, and a card for every issue', async () => {
  await created(jira, { summary: 'A bucket is public', labels: ['security'], duedate: '2026-11-01', priority: { name: 'Highest' } });
  const done = await created(jira, { project: { key: 'DATA' }, summary: 'A table is open' });
  jira.person.transition(done, 'Done');

  const { status, policy, html } = await page('/');
  expect(status).toBe(200);
  expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
  expect(html).toContain('<meta http-equiv="refresh"');
  expect([...html.matchAll(/<h2>([^<]+)<span>(\d+)<\/span>/g)].map(([, name, count]) => [name, count])).toEqual([
    ['To Do', '1'],
    ['In Progress', '0'],
    ['Done', '1'],
  ]);
  expect(html).toContain('<article class="card p1">');
  expect(html).toContain('<span class="chip late">due 2026-11-01</span>');
  expect(html).toContain('href="/browse/DATA-1"');
  expect(html).toContain('<b>1</b> open of 1');
});

test('shows an issue with its text, comments and history', async () => {
  const key = await created(jira, {
    description: {
      type: 'doc',
      version: 1,
      content: [
        { type: 'heading', attrs: { level: 2 }, content: [{ type: 'text', text: 'Why' }] },
        {
          type: 'bulletList',
          content: [
            {
              type: 'listItem',
              content: [{ type: 'paragraph', content: [{ type: 'text', text: 'anyone', marks: [{ type: 'strong' }] }] }],
            },
          ],
        },
        { type: 'codeBlock', content: [{ type: 'text', text: 'aws s3 ls' }] },
        {
          type: 'paragraph',
          content: [{ type: 'text', text: 'see', marks: [{ type: 'link', attrs: { href: 'https://example.com/?a=1&b=2' } }] }],
        },
        {
          type: 'table',
          content: [
            {
              type: 'tableRow',
              content: [{ type: 'tableCell', content: [{ type: 'paragraph', content: [{ type: 'text', text: 'cell' }] }] }],
            },
          ],
        },
      ],
    },
  });
  await call(jira, 'POST', `/issue/${key}/comment`, { body: adf('it is gone') });
  jira.person.transition(key, 'Done');
  const { html } = await page(`/browse/${key}`);
  for (const part of [
    '<h2>Why</h2><ul><li><p><strong>anyone</strong></p></li></ul><pre><code>aws s3 ls</code></pre>',
    '<a href="https://example.com/?a=1&amp;b=2" rel="noopener noreferrer nofollow">see</a>',
    '<table><tr><td><p>cell</p></td></tr></table>',
    '<p>it is gone</p>',
    'Dana Moreau changed status from “To Do” to “Done”',
  ]) {
    expect(html.replaceAll(/>\s+/g, '>').replaceAll(/\s+</g, '<')).toContain(part);
  }
});

test('escapes everything, and links to the web only', async () => {
  const key = await created(jira, {
    summary: HOSTILE,
    labels: ['"><script>'],
    description: {
      type: 'doc',
      version: 1,
      content: [
        {
          type: 'paragraph',
          content: [{ type: 'text', text: HOSTILE, marks: [{ type: 'link', attrs: { href: 'javascript:alert(1)' } }] }],
        },
        { type: 'expand', attrs: { title: HOSTILE }, content: [{ type: 'paragraph' }] },
        {
          type: 'paragraph',
          content: [
            { type: 'inlineCard', attrs: { url: `https://x/${HOSTILE}` } },
            { type: 'status', attrs: { text: HOSTILE, color: 'red' } },
          ],
        },
      ],
    },
  });
  await call(jira, 'POST', `/issue/${key}/comment`, { body: adf(HOSTILE) });
  for (const path of ['/', `/browse/${key}`, `/browse/${encodeURIComponent(HOSTILE)}`]) {
    const { html } = await page(path);
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toMatch(/<script|<img|onerror='|href="javascript/i);
  }
});

test('a missing issue is 404', async () => {
  expect((await page('/browse/SEC-99')).status).toBe(404);
});
