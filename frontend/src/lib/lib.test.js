import { describe, expect, test } from 'vitest';
import { newId } from './id.js';
import { findLinks } from './links.js';
import { bucket, byteLength, initial, isBigEmoji, isBlank } from './text.js';
import { clock, daysAgo, shortClock } from './time.js';

describe('findLinks', () => {
  /** @param {string} text */
  const hrefs = (text) => findLinks(text).flatMap(({ href }) => href ?? []);

  test.each([
    ['see https://example.org/a?b=c#d.', ['https://example.org/a?b=c#d']],
    ['(https://example.org/tea_(drink))', ['https://example.org/tea_(drink)']],
    [
      'http://localhost:8080, then mailto:ada@example.org!',
      ['http://localhost:8080', 'mailto:ada@example.org'],
    ],
    ['请看https://example.org/茶。谢谢', ['https://example.org/茶']],
    ['“https://example.org”', ['https://example.org']],
    ['<https://example.org/>', ['https://example.org/']],
    ['no link: javascript:alert(1) data:text/html,x file:///etc/passwd', []],
    ['ftp://example.org //example.org example.org https://', []],
    ['mailto:nobody', []],
    ['xhttps://example.org', []],
  ])('%s', (text, expected) => expect(hrefs(text)).toEqual(expected));

  test.each([')', '(', '()', '.', 'http://', 'http://a.b/', 'http:// '])(
    'a long run of %s takes no time',
    (run) => {
      const start = performance.now();
      const text = `http://a.b/${run.repeat(64_000 / run.length)}`;
      expect(
        findLinks(text)
          .map((part) => part.text)
          .join(''),
      ).toBe(text);
      expect(performance.now() - start).toBeLessThan(1_000);
    },
  );

  test('what is longer than any address is no link', () => {
    const path = 'a'.repeat(2_048);
    expect(hrefs(`http://a.b/${path} http://c.d/`)).toEqual(['http://c.d/']);
    expect(hrefs(`http://a.b/${'('.repeat(9)}${')'.repeat(3_000)}`)).toEqual([
      `http://a.b/${'('.repeat(9)}${')'.repeat(9)}`,
    ]);
  });

  test('loses nothing of the text', () => {
    const text = 'a https://example.org/x, b\n\nmailto:x@y.z c';
    expect(
      findLinks(text)
        .map((part) => part.text)
        .join(''),
    ).toBe(text);
    expect(findLinks('')).toEqual([]);
  });
});

test('byteLength counts what the server counts', () => {
  expect([byteLength('a'), byteLength('é'), byteLength('茶'), byteLength('🍵')]).toEqual([
    1, 2, 3, 4,
  ]);
});

test('isBlank sees what the eye does not', () => {
  for (const nothing of ['', ' \n\t', '\u200b', '\u3164', '\u00ad\u2066', '\u3000'])
    expect(isBlank(nothing)).toBe(true);
  for (const something of ['.', ' a ', '🍵', '\u200bx']) expect(isBlank(something)).toBe(false);
});

test('isBigEmoji takes a few emoji and nothing else', () => {
  for (const big of ['🍵', '🍵 🫖', '👨‍👩‍👧', '🇨🇭', '👍🏽'])
    expect([big, isBigEmoji(big)]).toEqual([big, true]);
  for (const small of ['', 'a', '1', '🍵!', '🍵🍵🍵🍵', '#', '早'])
    expect([small, isBigEmoji(small)]).toEqual([small, false]);
});

test('a name’s letter is what a reader takes for one', () => {
  expect([initial('ada'), initial('小红'), initial('👩‍🚀 Zoe'), initial('')]).toEqual([
    'A',
    '小',
    '👩‍🚀',
    '?',
  ]);
  expect(bucket('u_1', 6)).toBe(bucket('u_1', 6));
});

test('ids are UUIDs, and never the same', () => {
  const ids = new Set(Array.from({ length: 1_000 }, newId));
  expect(ids.size).toBe(1_000);
  for (const id of ids)
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});

test('days are counted by midnights, not by hours', () => {
  const evening = new Date(2026, 10, 19, 23, 59).getTime();
  const morning = new Date(2026, 10, 20, 0, 1).getTime();
  expect([daysAgo(evening, morning), daysAgo(morning, morning)]).toEqual([1, 0]);
  expect(clock('en-GB', morning)).toBe('00:01');
});

test('a short clock leaves the half of the day out', () => {
  const evening = new Date(2026, 10, 19, 22, 31).getTime();
  expect(['en-US', 'en-GB', 'zh-CN'].map((locale) => shortClock(locale, evening))).toEqual([
    '10:31',
    '22:31',
    '22:31',
  ]);
});
