import { expect, test } from 'vitest';
import { backoff } from './backoff.js';

const most = () => 0.999_999;
const least = () => 0;

test('the bound doubles, up to half a minute', () => {
  const waits = [0, 1, 2, 3, 20].map((attempt) => Math.ceil(backoff(attempt, {}, most)));
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 30_000]);
});

test('full jitter: it may also be at once', () => {
  expect(backoff(5, {}, least)).toBe(0);
});

test('the hint of the server is the least to wait', () => {
  expect(backoff(0, { code: 1012, hint: 800 }, least)).toBe(800);
});

test('an overloaded server is left alone for a while', () => {
  expect(backoff(0, { code: 1013 }, least)).toBe(5_000);
  expect(backoff(0, { code: 1001 }, least)).toBe(0);
});
