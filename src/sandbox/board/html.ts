import { createHash } from 'node:crypto';

/** HTML that is safe to put into a page. */
export interface Html {
  readonly html: string;
}

/** A template that escapes every value, except `Html` and lists of it. */
export function html(parts: TemplateStringsArray, ...values: readonly (Html | readonly Html[] | string | number | null)[]): Html {
  const written = values.map((value) => {
    if (value === null) return '';
    if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
    return 'html' in value ? value.html : value.map((one) => one.html).join('');
  });
  return { html: parts.map((part, position) => part + (written[position] ?? '')).join('') };
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

/** A page, and a content security policy that allows its own style sheet only. */
export interface HtmlPage {
  readonly body: string;
  readonly contentSecurityPolicy: string;
}

/** @param refreshSeconds interval at which the browser reloads the page */
export function htmlPage(title: string, style: string, body: Html, refreshSeconds: number): HtmlPage {
  // Of exactly what stands between the tags: with a space more, a browser shows no style.
  const hash = createHash('sha256').update(style).digest('base64');
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="refresh" content="${refreshSeconds}" />
        <title>${title}</title>
        ${{ html: `<style>${style}</style>` }}
      </head>
      <body>
        ${body}
      </body>
    </html> `;
  return {
    body: page.html,
    contentSecurityPolicy: `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  };
}
