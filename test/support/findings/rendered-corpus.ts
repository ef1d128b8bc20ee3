import type { Finding } from '../../../src/findings/finding.ts';
import type { AdfDocument } from '../../../src/issues/text/adf.ts';
import { renderIssue } from '../../../src/issues/text/render-issue.ts';
import { findingOf } from './parsed.ts';
import { CORPUS } from './finding-corpus.ts';
import { issueRoute } from './issue-route.ts';

/** An event of the corpus with the text of its issue. */
export interface RenderedEvent {
  readonly name: string;
  readonly finding: Finding;
  readonly document: AdfDocument;
}

/** The whole corpus under a rule with nothing special in it. @param content of the rule */
export function renderedCorpus(content: 'full' | 'minimal' = 'full'): readonly RenderedEvent[] {
  return CORPUS.map(({ name, event }) => {
    const finding = findingOf(event);
    const details = finding.kind !== 'unused' || finding.unusedDetails !== null ? 'there' : 'awaited';
    const input = { findings: [finding] as const, route: issueRoute({ content }), nowMs: 0, details, follows: [] } as const;
    return { name, finding, document: renderIssue(input).description };
  });
}
