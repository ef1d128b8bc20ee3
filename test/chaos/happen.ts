import { isJsonObject, type JsonObject } from '../../src/findings/json.ts';
import type { AccessAnalyzerSimulator } from '../../src/sandbox/access-analyzer/access-analyzer-simulator.ts';
import { findingFromEvent } from '../../src/sandbox/access-analyzer/simulated-finding.ts';

/** Changes a finding in AWS as its event will say, if that arrives. */
export function happen(aws: AccessAnalyzerSimulator, event: JsonObject): void {
  const finding = findingFromEvent(event);
  const isDeleted = isJsonObject(event['detail']) && event['detail']['isDeleted'] === true;
  if (isDeleted) aws.remove(finding.analyzerArn, finding.id);
  else aws.put(finding);
}
