import type { FastifyInstance, FastifyReply } from 'fastify';
import { boardPage } from './board-page.ts';
import { html, htmlPage, type HtmlPage } from './html.ts';
import { BOARD_STYLE } from './board-style.ts';
import { issuePage } from './issue-page.ts';
import type { JiraState } from '../jira/jira-state.ts';

/** The pages for people: the board at `/`, and an issue at `/browse/{key}`. */
export function servePages(app: FastifyInstance, state: JiraState): void {
  app.get('/', (_request, reply) => show(reply, 200, boardPage(state)));
  app.get<{ Params: { key: string } }>('/browse/:key', (request, reply) => {
    const issue = state.issue(request.params.key);
    return issue === null ? show(reply, 404, noIssue(request.params.key)) : show(reply, 200, issuePage(state, issue));
  });
}

function noIssue(key: string): HtmlPage {
  return htmlPage(
    'No such issue',
    BOARD_STYLE,
    html`<main class="issue">
      <h1>There is no issue ${key}</h1>
      <p><a href="/">Back to the board</a></p>
    </main>`,
    10,
  );
}

function show(reply: FastifyReply, status: number, page: HtmlPage): FastifyReply {
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .headers({
      'content-security-policy': page.contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
    .send(page.body);
}
