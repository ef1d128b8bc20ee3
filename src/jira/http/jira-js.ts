/**
 * The functions of jira.js that the service calls, each from its own file. The package's entry `jira.js/cloud` reads all 1,500 files of
 * the package, which costs every start half a second and 60 MB for good. A file that an update of jira.js moves fails the type check and
 * every start.
 */
export { addComment, getComments } from '../../../node_modules/jira.js/dist/cloud/api/issueComments.js';
export { getIssueLinkTypes } from '../../../node_modules/jira.js/dist/cloud/api/issueLinkTypes.js';
export { linkIssues } from '../../../node_modules/jira.js/dist/cloud/api/issueLinks.js';
export { getIssueProperty, setIssueProperty } from '../../../node_modules/jira.js/dist/cloud/api/issueProperties.js';
export { searchAndReconsileIssuesUsingJqlPost } from '../../../node_modules/jira.js/dist/cloud/api/issueSearch.js';
export {
  bulkFetchIssues,
  createIssue,
  doTransition,
  editIssue,
  getCreateIssueMetaIssueTypeId,
  getCreateIssueMetaIssueTypes,
  getIssue,
} from '../../../node_modules/jira.js/dist/cloud/api/issues.js';
export { getCurrentUser } from '../../../node_modules/jira.js/dist/cloud/api/myself.js';
export { getMyPermissions } from '../../../node_modules/jira.js/dist/cloud/api/permissions.js';
export { getAssignedPermissionScheme } from '../../../node_modules/jira.js/dist/cloud/api/projectPermissionSchemes.js';
export { getAllStatuses, getProject } from '../../../node_modules/jira.js/dist/cloud/api/projects.js';
export { getServerInfo } from '../../../node_modules/jira.js/dist/cloud/api/serverInfo.js';
export { findAssignableUsers, findUsers } from '../../../node_modules/jira.js/dist/cloud/api/userSearch.js';
