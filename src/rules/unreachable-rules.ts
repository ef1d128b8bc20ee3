import { FINDING_KINDS } from '../findings/finding-event.ts';
import { covers } from './pattern/covers.ts';
import { itemPath } from './json-path.ts';
import type { CompiledRule, CompiledRules } from './parse-rules.ts';
import { createMatchBudget, MAX_MATCH_STEPS } from './pattern/match-budget.ts';
import { compilePattern, type FieldsPattern } from './pattern/pattern.ts';
import type { Problem } from './problem.ts';
import type { ChunkedWork } from './chunked-work.ts';
import { isScalar } from './pattern/value-matcher.ts';

/** Maximum steps for all pairs of rules; only thousands of rules without a plain value come near it. Later pairs are not reported. */
const MAX_STEPS = 20_000_000;

/** Steps after which other work may run. */
const CHUNK_STEPS = 20_000;

/** Finding one pair, in steps. */
const PAIR_STEPS = 5;

/** Rules that can never decide, because a rule above them matches all that they match. Sound, but not complete. */
export function* unreachableRules({ rules }: CompiledRules): ChunkedWork<readonly Problem[]> {
  const unreachable: Problem[] = [];
  const earlier = createIndex(rules);
  let [steps, yieldAt] = [0, CHUNK_STEPS];
  for (const [index, { rule, pattern }] of rules.entries()) {
    const narrow = ofFindings(pattern);
    for (const other of earlier.candidates(narrow)) {
      const budget = createMatchBudget();
      const isCovered = covers(other.pattern, narrow, budget);
      steps += PAIR_STEPS + MAX_MATCH_STEPS - budget.left;
      if (steps > MAX_STEPS) return unreachable;
      if (steps > yieldAt) {
        yield;
        yieldAt = steps + CHUNK_STEPS;
      }
      if (!isCovered) continue;
      const path = itemPath('rules', index);
      unreachable.push({ path, message: `${rule.id} never decides: ${other.rule.id} above it matches whatever it matches` });
      break;
    }
    earlier.add(rules[index]);
    yield;
  }
  return unreachable;
}

/** Fields that every finding has: without them, a rule for everything would not be known to cover all rules below it. */
const EVERY_FINDING = compilePattern({ source: ['aws.access-analyzer'], 'detail-type': Object.keys(FINDING_KINDS) });

function ofFindings(pattern: FieldsPattern): FieldsPattern {
  const implied = EVERY_FINDING.ok ? EVERY_FINDING.pattern.fields : [];
  const more = implied.filter(({ name }) => !pattern.fields.some((field) => field.name === name));
  return { ...pattern, fields: [...pattern.fields, ...more] };
}

/**
 * An index of rules by their rarest plain value. A pattern whose field has only plain values covers only patterns that ask for one of these
 * in the same field, so most pairs need no comparison.
 */
function createIndex(rules: readonly CompiledRule[]) {
  const uses = new Map<string, number>();
  for (const { pattern } of rules) {
    for (const { keys } of anchorsOf(pattern)) for (const key of keys) uses.set(key, (uses.get(key) ?? 0) + 1);
  }
  const commonness = (keys: readonly string[]): number => Math.max(...keys.map((key) => uses.get(key) ?? 0));
  const byValue = new Map<string, CompiledRule[]>();
  const others: CompiledRule[] = [];

  return {
    add(rule: CompiledRule | undefined): void {
      if (rule === undefined) return;
      const [anchor] = anchorsOf(rule.pattern)
        .filter(({ plain }) => plain)
        .toSorted((a, b) => commonness(a.keys) - commonness(b.keys));
      if (anchor === undefined) others.push(rule);
      for (const key of anchor?.keys ?? []) {
        const list = byValue.get(key) ?? [];
        if (list.length === 0) byValue.set(key, list);
        list.push(rule);
      }
    },
    /** In no order; a rule may come more than once. */
    *candidates(pattern: FieldsPattern): Generator<CompiledRule> {
      yield* others;
      for (const { keys } of anchorsOf(pattern)) yield* byValue.get(keys[0] ?? '') ?? [];
    },
  };
}

/** Fields of the event and of its `detail` with their plain values; `plain`: the field allows no others. */
function anchorsOf({ fields }: FieldsPattern): readonly { readonly keys: readonly string[]; readonly plain: boolean }[] {
  return fields.flatMap(({ name, pattern }) => {
    const inside = name === 'detail' && pattern.kind === 'fields' ? pattern.fields : [];
    return [{ name, pattern }, ...inside.map((field) => ({ name: `detail ${field.name}`, pattern: field.pattern }))].flatMap((field) => {
      if (field.pattern.kind !== 'leaf') return [];
      const values = field.pattern.alternatives.filter(isScalar);
      if (values.length === 0) return [];
      const plain = values.length === field.pattern.alternatives.length;
      return [{ keys: values.map((value) => `${field.name} ${JSON.stringify(value)}`), plain }];
    });
  });
}
