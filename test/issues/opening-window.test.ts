import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { EMPTY_WINDOW, openedIn, roomAt, withOpening, type OpeningWindow } from '../../src/issues/opening-window.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const opened = (...times: readonly number[]): OpeningWindow => times.reduce((window, time) => withOpening(window, time), EMPTY_WINDOW);

test.each([
  ['nothing opened', EMPTY_WINDOW, 0, 0],
  ['one just now', opened(HOUR), HOUR, 1],
  ['one in this minute last hour: the minute still counts', opened(HOUR + 30_000), 2 * HOUR + 59_999, 1],
  ['its minute is all of an hour ago', opened(HOUR + 30_000), 2 * HOUR + MINUTE, 0],
  ['a clock that went back', opened(HOUR + MINUTE, HOUR), HOUR, 2],
])('%s', (_, window, now, count) => {
  expect(openedIn(window, now)).toBe(count);
});

const steps = fc.array(fc.integer({ min: 0, max: 20 * MINUTE }), { maxLength: 200 });

test('no 60 minutes have more openings than the limit, and the window stays small', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 10 }), (gaps, perHour) => {
      let [now, window] = [HOUR, EMPTY_WINDOW];
      const times: number[] = [];
      for (const gap of gaps) {
        now += gap;
        if (openedIn(window, now) >= perHour) continue;
        window = withOpening(window, now);
        times.push(now);
      }
      expect(window.minutes.length).toBeLessThanOrEqual(61);
      for (const from of times) expect(times.filter((time) => time >= from && time < from + HOUR).length).toBeLessThanOrEqual(perHour);
    }),
  );
});

test('there is room from the time that is named, and none before', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 10 }), (gaps, perHour) => {
      let [now, window] = [HOUR, EMPTY_WINDOW];
      for (const gap of gaps) window = withOpening(window, (now += gap));
      const at = roomAt(window, perHour, now);
      expect(at === null).toBe(openedIn(window, now) < perHour);
      expect(openedIn(window, at ?? now)).toBeLessThan(perHour);
      expect(at === null || openedIn(window, at - 1) >= perHour).toBe(true);
    }),
  );
});

test('a limit of none never has room, so no time is named', () => {
  expect(roomAt(opened(HOUR), 0, HOUR)).toBeNull();
});
