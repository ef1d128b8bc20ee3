import type { Browser, Page } from 'playwright-core';

/** The longest task of a page's main thread during an act, ms. A task that is long lets people wait for their keys and for what they scroll. */
export interface TaskTimes {
  /** By the clock: another process may have had the processor for a part of it. */
  readonly longestMs: number;
  /** Of the processor: what the page itself needs, however busy the machine is. */
  readonly longestCpuMs: number;
  readonly tasks: number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const TASK = 'RunTask';
const MAIN_THREAD = 'CrRendererMain';
/** Where Chromium records tasks. Source: https://github.com/ChromeDevTools/devtools-frontend (front_end/panels/timeline) */
const CATEGORIES = ['-*', '__metadata', 'disabled-by-default-devtools.timeline'];

/** Records the tasks of all pages while something is done in one of them; no other page should be open. */
export async function traceTasks(browser: Browser, page: Page, act: () => Promise<void>): Promise<TaskTimes> {
  await browser.startTracing(page, { categories: CATEGORIES });
  await act();
  const { traceEvents }: { readonly traceEvents: readonly TraceEvent[] } = JSON.parse((await browser.stopTracing()).toString('utf8'));
  const main = new Set(
    traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === MAIN_THREAD).map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = traceEvents.filter(({ name, ph, pid, tid }) => name === TASK && ph === 'X' && main.has(`${pid} ${tid}`));
  const longest = (of: (task: TraceEvent) => number | undefined): number =>
    tasks.reduce((most, task) => Math.max(most, of(task) ?? 0), 0) / 1_000;
  return { longestMs: longest(({ dur }) => dur), longestCpuMs: longest(({ tdur }) => tdur), tasks: tasks.length };
}
