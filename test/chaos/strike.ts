import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isHuman, strikesAws, type Blow, type HumanBlow } from './blows.ts';
import type { JiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { forgeSome } from './forge-some.ts';
import { limitForAWhile } from './limit-openings.ts';
import { startSweep } from './sweep-now.ts';
import { troubleAws } from './trouble-aws.ts';
import type { Replica } from './replica.ts';
import { REGROUPED_RULE, type ChaosSite } from './site.ts';

/** Share of requests answered 429 in a burst. */
const RATE_LIMITED = 0.8;
/** Time limit for saving rules, ms. */
const CHANGE_MS = 10_000;

/** Sends the newest observation of every finding again. @param installation null: of all */
type Resend = (installation: string | null) => Promise<void>;

/** Resolves when the blow is over. @returns false when there was nothing to strike */
export async function strike(blow: Blow, site: ChaosSite, resend: Resend, random: () => number): Promise<boolean> {
  const replica = site.replicas[blow.replica];
  if (strikesAws(blow)) {
    await troubleAws(blow, site);
    return true;
  }
  if (isHuman(blow)) return meddle(blow, site, replica, random);
  switch (blow.kind) {
    case 'kill':
    case 'crash':
      await replica?.kill(blow.kind === 'crash' ? blow.crash : null);
      return true;
    case 'freeze':
      await freeze(replica, blow.forMs);
      return true;
    case 'jira-down':
    case 'rate-limited':
      await troubleJira(blow.kind, blow.forMs, site);
      return true;
    case 'store-emptied':
      await site.storeTurn(() => emptyStore(blow, site, resend));
      return true;
    case 'redis-stop':
    case 'redis-kill':
    case 'redis-freeze': {
      const { kind, forMs } = blow;
      await site.storeTurn(() => takeRedisAway(kind, forMs, site));
      return true;
    }
    default:
      return blow satisfies never;
  }
}

/** A person or an admin changes something. @returns false when there was nothing to change */
async function meddle({ kind, forMs }: HumanBlow, site: ChaosSite, replica: Replica | undefined, random: () => number): Promise<boolean> {
  switch (kind) {
    case 'rules-changed':
      return replica !== undefined && changeGroups(replica);
    case 'swept':
      return (await startSweep(replica?.address() ?? '')) !== null;
    case 'limited':
      return limitForAWhile(site, forMs, random);
    case 'cloned':
      return cloneOne(site.jira, random);
    case 'forged':
      return forgeSome(site.jira, random);
    default:
      return kind satisfies never;
  }
}

async function freeze(replica: Replica | undefined, forMs: number): Promise<void> {
  replica?.freeze();
  await sleep(forMs);
  replica?.thaw();
}

function cloneOne(jira: JiraSimulator, random: () => number): boolean {
  const issues = jira.issues();
  const issue = issues[Math.floor(random() * issues.length)];
  if (issue !== undefined) jira.person.clone(issue.key);
  return issue !== undefined;
}

/** Changes the rule's grouping from finding to access, or the reverse. @returns false when the service did not accept it */
async function changeGroups(replica: Replica): Promise<boolean> {
  const rule = `${replica.address() ?? ''}/api/v1/rules/${REGROUPED_RULE}`;
  const signal = AbortSignal.timeout(CHANGE_MS);
  try {
    const read = await fetch(rule, { signal });
    if (!read.ok) return false;
    const known = Object(await read.json());
    const body = JSON.stringify({ ...known, groupBy: known['groupBy'] === 'access' ? 'finding' : 'access' });
    const headers = { 'content-type': 'application/json', 'if-match': read.headers.get('etag') ?? '' };
    // `force` accepts the errors of the preflight: Jira may be away.
    return (await fetch(`${rule}?force=true`, { method: 'PUT', headers, body, signal })).ok;
  } catch {
    return false;
  }
}

async function troubleJira(kind: 'jira-down' | 'rate-limited', forMs: number, { jira }: ChaosSite): Promise<void> {
  Object.assign(jira.faults, kind === 'jira-down' ? { down: true } : { rateLimitRate: RATE_LIMITED });
  await sleep(forMs);
  Object.assign(jira.faults, kind === 'jira-down' ? { down: false } : { rateLimitRate: 0 });
}

async function emptyStore(blow: Blow, { redis, parts, replicas }: ChaosSite, resend: Resend): Promise<void> {
  if (redis !== null) {
    await redis.flushAll();
    return resend(null);
  }
  const own = parts.find((part) => part.replicas.some((replica) => replica === replicas[blow.replica]));
  if (own === undefined) return;
  await replicas[blow.replica]?.killAnd(() => rmSync(own.folder, { recursive: true, force: true }));
  await resend(own.name);
}

async function takeRedisAway(
  kind: 'redis-stop' | 'redis-kill' | 'redis-freeze',
  forMs: number,
  { redis, absence }: ChaosSite,
): Promise<void> {
  if (redis === null) return;
  absence.begins();
  if (kind === 'redis-stop') await redis.stop();
  else if (kind === 'redis-kill') await redis.kill9();
  else redis.pauseProcess();
  await sleep(forMs);
  if (kind === 'redis-freeze') redis.continueProcess();
  else await redis.restart();
  absence.ends();
}
