/** Rules in YAML: every finding gets an issue of its own in SEC, and no limit holds it back. */
export const OPEN_EVERYTHING = `version: 1
limits: off
rules:
  - id: everything
    match: { source: ["aws.access-analyzer"] }
    action: issue
    issue: { project: SEC, issueType: Task }
`;
