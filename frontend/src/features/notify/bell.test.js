import { expect, test, vi } from 'vitest';
import { createBell } from './bell.js';

test('many messages at once ring once, and a later one again', () => {
  const play = vi.fn();
  let now = 1_000;
  const bell = createBell(play, () => now);
  for (let i = 0; i < 50; i += 1) bell.ring();
  expect(play).toHaveBeenCalledTimes(1);
  now += 2_999;
  bell.ring();
  expect(play).toHaveBeenCalledTimes(1);
  now += 1;
  bell.ring();
  expect(play).toHaveBeenCalledTimes(2);
});
