import { describe, expect, test } from 'vitest';
import { createProgressWatchdog, type ProgressWatchdog } from '../../src/queue/progress-watchdog.ts';

/** A watchdog of 60 s, and a function that moves its clock. */
function atStart(): { watchdog: ProgressWatchdog; pass: (ms: number) => void } {
  let now = 1_000;
  const watchdog = createProgressWatchdog({ clock: { now: () => 0, monotonic: () => now }, wedgedAfterMs: 60_000 });
  return { watchdog, pass: (ms) => (now += ms) };
}

describe('progress watchdog', () => {
  test('work without progress is renewed once after the span, and given up after the next', () => {
    const { watchdog, pass } = atStart();
    expect(watchdog.saw('busy')).toBe('go-on');
    pass(59_999);
    expect(watchdog.saw('busy')).toBe('go-on');
    expect(watchdog.health()).toEqual({ state: 'working' });
    pass(1);
    expect(watchdog.health()).toEqual({ state: 'wedged', forMs: 60_000 });
    expect(watchdog.saw('busy')).toBe('renew');
    pass(59_999);
    expect(watchdog.saw('busy')).toBe('go-on');
    pass(1);
    expect(watchdog.health()).toEqual({ state: 'wedged', forMs: 120_000 });
    expect(watchdog.saw('busy')).toBe('give-up');
  });

  test('any progress begins the span again, and allows another renewal', () => {
    const { watchdog, pass } = atStart();
    watchdog.saw('busy');
    pass(60_000);
    expect(watchdog.saw('busy')).toBe('renew');
    watchdog.progressed();
    expect(watchdog.health()).toEqual({ state: 'working' });
    pass(59_999);
    expect(watchdog.saw('busy')).toBe('go-on');
    pass(1);
    expect(watchdog.saw('busy')).toBe('renew');
  });

  test('idle time is not a lack of progress', () => {
    const { watchdog, pass } = atStart();
    watchdog.saw('busy');
    watchdog.progressed();
    watchdog.saw('idle');
    pass(3_600_000);
    expect(watchdog.health()).toEqual({ state: 'working' });
    expect(watchdog.saw('busy')).toBe('go-on');
    pass(60_000);
    expect(watchdog.saw('busy')).toBe('renew');
  });

  test('while Redis is away nothing is given up, and afterwards the whole span begins again', () => {
    const { watchdog, pass } = atStart();
    watchdog.saw('busy');
    for (let minute = 0; minute < 5; minute += 1) {
      pass(60_000);
      expect(watchdog.saw('away')).toBe('go-on');
      expect(watchdog.health()).toEqual({ state: 'working' });
    }
    expect(watchdog.saw('busy')).toBe('go-on');
    pass(59_999);
    expect(watchdog.saw('busy')).toBe('go-on');
    pass(1);
    expect(watchdog.saw('busy')).toBe('renew');
  });

  test('progress without an observed state is healthy', () => {
    const { watchdog, pass } = atStart();
    watchdog.progressed();
    pass(3_600_000);
    expect(watchdog.health()).toEqual({ state: 'working' });
  });
});
