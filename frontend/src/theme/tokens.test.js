import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

/** The tokens of a block, for one theme. @param {string} block @param {0 | 1} theme @returns {Record<string, string>} */
function tokens(block, theme) {
  const pairs = block.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);/g);
  return Object.fromEntries(Array.from(pairs, ([, name, ...colours]) => [name, colours[theme]]));
}

const [usual, more] = css.split('@media (prefers-contrast: more)');

/** @type {[string, Record<string, string>, number][]} theme, tokens, least contrast of text */
const themes = [
  ['light', tokens(usual, 0), 4.5],
  ['dark', tokens(usual, 1), 4.5],
  ['light, high contrast', { ...tokens(usual, 0), ...tokens(more, 0) }, 7],
  ['dark, high contrast', { ...tokens(usual, 1), ...tokens(more, 1) }, 7],
];

/** @param {string} colour */
function luminance(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {string} one @param {string} other */
function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** All that something stands on: whatever is put where, it can be read. */
const grounds = [
  'surface-0',
  'surface-1',
  'surface-2',
  'surface-3',
  'accent-soft',
  'alert-soft',
  'mention-bg',
];
const inks = ['ink-1', 'ink-2', 'ink-3', 'accent', 'alert'];
const code = ['code-word', 'code-string', 'code-number', 'code-name'];

/** @param {string[]} some @param {string[]} others @returns {[string, string][]} */
const each = (some, others) =>
  some.flatMap((one) => others.map((other) => /** @type {[string, string]} */ ([one, other])));

/** @type {[string, string][]} what is read, and on what */
const texts = [
  ...each(inks, grounds),
  ...each(code, grounds.slice(0, 4)),
  ...each(['ink-1', 'ink-2', 'accent'], ['selection']),
  ...each(['accent-ink'], ['accent', 'accent-strong']),
  ...each(['alert-ink'], ['alert']),
];
/** @type {[string, string][]} what is seen, and on what */
const shapes = each(['edge', 'accent', 'alert', 'ok', 'focus'], grounds);

describe.each(themes)('%s', (_, colours, least) => {
  test.each(texts)('%s can be read on %s', (ink, surface) => {
    expect(contrast(colours[ink], colours[surface])).toBeGreaterThanOrEqual(least);
  });

  test.each(shapes)('%s can be seen on %s', (shape, surface) => {
    expect(contrast(colours[shape], colours[surface])).toBeGreaterThanOrEqual(3);
  });

  test.each([0, 1, 2, 3, 4, 5])('the letter on avatar %i can be read', (hue) => {
    expect(contrast(colours['avatar-ink'], colours[`avatar-${hue}`])).toBeGreaterThanOrEqual(4.5);
  });
});

test('the page says the colour around it as the tokens have it', () => {
  const html = readFileSync(join(import.meta.dirname, '../../index.html'), 'utf8');
  const said = Array.from(
    html.matchAll(/name="theme-color" content="(#\w{6})"/g),
    ([, colour]) => colour,
  );
  expect(said).toEqual([themes[0][1]['surface-1'], themes[1][1]['surface-1']]);
});
