import { isJsonObject, type Json } from '../../findings/json.ts';
import type { SimulatedFinding } from './simulated-finding.ts';

/** Whether a finding meets the filter of ListFindingsV2: every criterion, and any value of a list. Unknown keys match nothing. */
export function meetsFilter(finding: SimulatedFinding, filter: Json | undefined): boolean {
  if (!isJsonObject(filter)) return true;
  const fields: Readonly<Record<string, Json>> = { ...finding, findingDetails: [], recommendation: null };
  return Object.entries(filter).every(([key, criterion]) => isJsonObject(criterion) && meets(textOf(fields[key]), criterion));
}

/** Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Criterion.html */
function meets(value: string | null, { eq, neq, contains, exists }: Readonly<Record<string, Json>>): boolean {
  const any = (values: Json | undefined, holds: (wanted: string) => boolean): boolean =>
    !Array.isArray(values) || values.some((wanted) => typeof wanted === 'string' && holds(wanted));
  return (
    any(eq, (wanted) => value === wanted) &&
    any(contains, (wanted) => value?.includes(wanted) ?? false) &&
    (!Array.isArray(neq) || !neq.some((unwanted) => value === unwanted)) &&
    (typeof exists !== 'boolean' || exists === (value !== null))
  );
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
