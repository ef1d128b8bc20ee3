import { describe, expect, test } from 'vitest';
import { closingComment, reopeningComment } from '../../src/issues/text/comments.ts';
import type { HistoryEntry } from '../../src/sandbox/jira/request-history.ts';
import type { Change, SimulatedIssue } from '../../src/sandbox/jira/simulated-issue.ts';
import { checkRun, mayStillCome, type Evidence, type ExpectedIssue } from './checker.ts';

const OURS = { name: 'default', accountId: 'account-1', email: 'one@example.com' };
const OTHERS = { name: 'second', accountId: 'account-2', email: 'two@example.com' };
const CLOSING = closingComment('resolved');
const REOPENING = reopeningComment('active-again');

function at(second: number): string {
  return new Date(Date.UTC(2026, 2, 1, 10, 0, second)).toISOString();
}

function issue(
  number: number,
  findings: readonly string[],
  changes: Partial<SimulatedIssue> = {},
  installation = OURS.name,
): SimulatedIssue {
  return {
    id: String(10_000 + number),
    key: `SEC-${number}`,
    formerKeys: [],
    projectKey: 'SEC',
    issueType: 'Task',
    status: 'To Do',
    resolution: null,
    summary: 'A finding',
    description: null,
    labels: ['findings-to-jira'],
    priority: null,
    dueDate: null,
    assignee: null,
    otherFields: {},
    creator: OURS.accountId,
    created: at(0),
    updated: at(0),
    properties: { 'findings-to-jira': { installation, group: `group of ${findings.join()}`, findings: [...findings], attempt: 1 } },
    propertyWrites: [],
    comments: [],
    links: [],
    changelog: [],
    ...changes,
  };
}

function moved(second: number, from: string, to: string): Change {
  return { who: OURS.accountId, at: at(second), field: 'status', from, to };
}

function comment(second: number, body: SimulatedIssue['description']): SimulatedIssue['comments'][number] {
  return { id: String(second), author: OURS.accountId, created: at(second), body, internal: false };
}

function request(changes: Partial<HistoryEntry>): HistoryEntry {
  return {
    at: at(1),
    method: 'POST',
    path: '/rest/api/3/issue',
    operation: 'POST /issue',
    traceId: 'trace',
    account: OURS.email,
    status: 201,
    issueKey: null,
    done: true,
    fault: null,
    ...changes,
  };
}

function expected(findings: readonly string[], active: boolean, everActive = true, installation = OURS.name): ExpectedIssue {
  return { installation, findings, active, everActive };
}

/** Two findings, one open and one closed, without violations; `planted` replaces parts of it. */
function evidence(planted: Partial<Evidence> = {}): Evidence {
  return {
    installations: [OURS, OTHERS],
    expected: [expected(['a'], true), expected(['b'], false)],
    issues: [
      issue(1, ['a']),
      issue(2, ['b'], {
        status: 'Done',
        changelog: [moved(5, 'To Do', 'Done')],
        comments: [comment(5, JSON.parse(JSON.stringify(CLOSING)))],
      }),
    ],
    history: [request({ issueKey: 'SEC-1' }), request({ issueKey: 'SEC-2' })],
    doneStatuses: new Set(['Done']),
    ends: [{ name: 'default 0, life 1', how: 'SIGKILL', explained: true }],
    messagesLeft: 0,
    unreadable: 0,
    activity: [],
    ...planted,
  };
}

function rules(planted: Partial<Evidence>): string[] {
  return checkRun(evidence(planted)).map(({ rule }) => rule);
}

describe('a correct run', () => {
  test('has no violations', () => {
    expect(checkRun(evidence())).toEqual([]);
  });

  test('a finding that ended before its first pass needs no issue', () => {
    expect(rules({ issues: [issue(1, ['a'])] })).toEqual([]);
  });

  test('closed, reopened and closed again, with a comment each', () => {
    const changelog = [
      moved(1, 'To Do', 'In Progress'),
      moved(2, 'In Progress', 'Done'),
      moved(4, 'Done', 'To Do'),
      moved(6, 'To Do', 'Done'),
    ];
    const comments = [
      comment(2, JSON.parse(JSON.stringify(CLOSING))),
      comment(5, JSON.parse(JSON.stringify(REOPENING))),
      comment(7, JSON.parse(JSON.stringify(closingComment('archived')))),
    ];
    expect(rules({ issues: [issue(1, ['a']), issue(2, ['b'], { status: 'Done', changelog, comments })] })).toEqual([]);
  });

  test('closed and reopened twice, in the words of two versions', () => {
    const changelog = [moved(1, 'To Do', 'Done'), moved(3, 'Done', 'To Do'), moved(5, 'To Do', 'Done')];
    const earlier = comment(2, 'It is over. Closed by findings-to-jira.');
    const comments = [earlier, comment(4, 'Again. Reopened by findings-to-jira.'), comment(6, JSON.parse(JSON.stringify(CLOSING)))];
    expect(rules({ issues: [issue(1, ['a']), issue(2, ['b'], { status: 'Done', changelog, comments })] })).toEqual([]);
  });

  test('a person’s copy that was left untouched, and the same finding in another installation', () => {
    const copy = issue(3, ['a'], { properties: {}, creator: 'dana' });
    const other = issue(4, ['a'], { creator: OTHERS.accountId }, OTHERS.name);
    const issues = [...evidence().issues, copy, other];
    expect(rules({ issues, expected: [...evidence().expected, expected(['a'], true, true, OTHERS.name)] })).toEqual([]);
  });
});

describe('findings that may share an issue or have one each', () => {
  const both = issue(1, ['a', 'b']);

  test('share one, which is open as long as one of them is active', () => {
    expect(rules({ issues: [both], expected: [expected(['a'], true), expected(['b'], false)] })).toEqual([]);
    expect(rules({ issues: [both], expected: [expected(['a'], true), expected(['b'], false, false)] })).toEqual([]);
    expect(rules({ issues: [both], expected: [expected(['a'], false), expected(['b'], false)] })).toContain('wrong-status');
    const closed = { ...both, status: 'Done' };
    expect(rules({ issues: [closed], expected: [expected(['a'], true), expected(['b'], false)] })).toContain('wrong-status');
    expect(rules({ issues: [both], expected: [expected(['a'], false, false), expected(['b'], false, false)] })).toContain('needless');
  });

  test('do not have a shared issue and one of their own', () => {
    expect(rules({ issues: [both, issue(2, ['b'])], expected: [expected(['a'], true), expected(['b'], true)] })).toEqual(['duplicate']);
  });

  test('are recognised without their analyzers', () => {
    expect(rules({ issues: [issue(1, ['unknown|a'])], expected: [expected(['arn:aws:analyzer|a'], true)] })).toEqual([]);
    expect(rules({ issues: [issue(1, ['unknown|a'])], expected: [expected(['arn:aws:analyzer|b'], true)] })).toContain('lost');
  });
});

describe('a planted violation is reported', () => {
  const { issues } = evidence();

  test('two issues of one group', () => {
    expect(rules({ issues: [...issues, issue(3, ['a'])] })).toEqual(['duplicate']);
  });

  test('two issues of one finding, by different groups', () => {
    const strayed = issue(3, ['a'], {
      properties: { 'findings-to-jira': { installation: OURS.name, group: 'another', findings: ['a'], attempt: 1 } },
    });
    expect(rules({ issues: [...issues, strayed] })).toEqual(['duplicate']);
  });

  test('two issues of findings that share one', () => {
    expect(rules({ expected: [expected(['a', 'b'], true)] })).toEqual(['duplicate']);
  });

  test('no issue for an active finding, and one for a finding that was never active', () => {
    expect(rules({ issues: issues.slice(1) })).toEqual(['lost']);
    expect(rules({ expected: [expected(['a'], true), expected(['b'], false, false)] })).toEqual(['needless']);
  });

  test('open though resolved, done though active', () => {
    expect(rules({ expected: [expected(['a'], false), expected(['b'], true)] })).toEqual(['wrong-status', 'wrong-status']);
  });

  test('an issue of an unknown finding or of an unknown installation', () => {
    expect(rules({ issues: [...issues, issue(3, ['c'])] })).toEqual(['unknown-issue']);
    expect(rules({ issues: [...issues, issue(3, ['a'], {}, 'stranger')] })).toEqual(['unknown-issue']);
  });

  test('a comment twice for one transition, also when another transition follows', () => {
    const twice = [comment(5, JSON.parse(JSON.stringify(CLOSING))), comment(6, JSON.parse(JSON.stringify(CLOSING)))];
    const changelog = [moved(5, 'To Do', 'Done')];
    expect(rules({ issues: [issue(1, ['a']), issue(2, ['b'], { status: 'Done', changelog, comments: twice })] })).toEqual([
      'commented-twice',
    ]);
    const words = [comment(5, JSON.parse(JSON.stringify(CLOSING))), comment(6, 'It is over. Closed by findings-to-jira.')];
    expect(rules({ issues: [issue(1, ['a']), issue(2, ['b'], { status: 'Done', changelog, comments: words })] })).toEqual([
      'commented-twice',
    ]);
    const again = [...changelog, moved(8, 'Done', 'To Do'), moved(9, 'To Do', 'Done')];
    expect(rules({ issues: [issue(1, ['a']), issue(2, ['b'], { status: 'Done', changelog: again, comments: twice })] })).toEqual([
      'commented-twice',
    ]);
  });

  test('a comment without its transition, and another one twice', () => {
    expect(
      rules({ issues: [issue(1, ['a'], { comments: [comment(5, JSON.parse(JSON.stringify(REOPENING)))] }), ...issues.slice(1)] }),
    ).toEqual(['commented-twice']);
    expect(rules({ issues: [issue(1, ['a'], { comments: [comment(5, 'stuck'), comment(6, 'stuck')] }), ...issues.slice(1)] })).toEqual([
      'commented-twice',
    ]);
  });

  test('a foreign issue that was changed: a copy, or another installation’s', () => {
    const copy = issue(3, ['a'], { properties: {}, creator: 'dana', changelog: [moved(5, 'To Do', 'Done')] });
    expect(rules({ issues: [...issues, copy] })).toEqual(['foreign-touched']);
    const touched = request({ operation: 'POST /issue/*/transitions', issueKey: 'SEC-1', account: OTHERS.email, status: 204 });
    expect(rules({ history: [touched] })).toEqual(['foreign-touched']);
    expect(
      rules({
        history: [
          { ...touched, done: false },
          { ...touched, method: 'GET' },
        ],
      }),
    ).toEqual([]);
  });

  test('a DELETE, whether it was done or not', () => {
    expect(rules({ history: [request({ method: 'DELETE', path: '/rest/api/3/issue/SEC-1', done: false })] })).toEqual(['deleted']);
  });

  test('an unexpected exit, a message left in SQS, a message called unreadable, and unfinished work', () => {
    expect(rules({ ends: [{ name: 'default 0, life 2', how: 'exit code 1', explained: false }] })).toEqual(['process-ended']);
    expect(rules({ messagesLeft: 2 })).toEqual(['message-left']);
    expect(rules({ unreadable: 1 })).toEqual(['message-unreadable']);
    expect(rules({ activity: ['default 0: 1 uncertain'] })).toEqual(['not-at-rest']);
  });
});

test('a missing issue may still come; a duplicate stays one', () => {
  const all = [...checkRun(evidence({ issues: [issue(2, ['b']), issue(3, ['b'])], messagesLeft: 1 }))];
  expect(all.filter(mayStillCome).map(({ rule }) => rule)).toEqual(['lost', 'message-left']);
  expect(all.filter((one) => !mayStillCome(one)).map(({ rule }) => rule)).toEqual(['duplicate']);
});
