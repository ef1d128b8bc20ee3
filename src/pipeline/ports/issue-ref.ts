/** An issue in Jira: its id, which never changes, and its key, which changes when a person moves it. */
export interface IssueRef {
  readonly id: string;
  readonly key: string;
}
