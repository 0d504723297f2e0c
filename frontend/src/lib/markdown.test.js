import { describe, expect, test } from 'vitest';
import { parseMarkdown } from './markdown.js';

/** @import {Block, Inline} from './markdown.js' */

/** The tree in short: what is marked up stands in brackets. @param {Block} block @returns {string} */
function short(block) {
  switch (block.type) {
    case 'code':
      return `code:${block.language}(${block.text})`;
    case 'quote':
      return `quote(${block.children.map(short).join(' / ')})`;
    case 'list':
      return `list(${block.items
        .map(({ number, done, children }) =>
          [number, done, children.map(short).join(' / ')].filter((x) => x !== undefined).join(' '),
        )
        .join(', ')})`;
    case 'table':
      return `table(${[block.head, ...block.rows].map((row) => row.map((c) => c.map(said).join('')).join('|')).join(', ')})`;
    case 'rule':
      return 'rule';
    default: {
      const text = block.children.map(said).join('');
      return block.type === 'heading' ? `h${block.level}(${text})` : text;
    }
  }
}

/** @param {Inline} node @returns {string} */
function said(node) {
  if (typeof node === 'string') return node;
  if (node.type === 'code') return `code(${node.text})`;
  const inside = node.children.map(said).join('');
  if (node.type !== 'link') return `${node.type}(${inside})`;
  return inside === node.href ? `link(${inside})` : `link(${inside} -> ${node.href})`;
}

/** @param {string} text */
const tree = (text) => parseMarkdown(text).map(short).join(' / ');

describe('what people write in a chat', () => {
  test.each([
    ['plain words', 'plain words'],
    ['one\ntwo\n\nthree', 'one\ntwo / three'],
    [
      '**bold** __bold__ *slanted* _slanted_ ~~struck~~ `code`',
      'strong(bold) strong(bold) em(slanted) em(slanted) del(struck) code(code)',
    ],
    ['***both*** and **a *b* c**', 'strong(em(both)) and strong(a em(b) c)'],
    ['**注意：**请看，中文**粗体**中文', 'strong(注意：)请看，中文strong(粗体)中文'],
    ['> quoted\n> more\nmy answer', 'quote(quoted\nmore) / my answer'],
    ['- a\n  - b\n- c', 'list(a / list(b), c)'],
    ['- a\n\n- b\nafter', 'list(a, b) / after'],
    ['1. a\n   more\n\n   ```\n   code\n   ```\n2. b', 'list(1 a\nmore / code:(code), 2 b)'],
    ['text\n* a\n\ttext of a', 'text / list(a\ntext of a)'],
    ['3. a\n7) b', 'list(3 a) / list(7 b)'],
    ['1. a\n1. b', 'list(1 a, 1 b)'],
    ['- [ ] a\n- [x] b', 'list(false a, true b)'],
    ['# Tea *now*\ntext', 'h1(Tea em(now)) / text'],
    ['```js\nlet a;\n\n  b\n```\nafter', 'code:js(let a;\n\n  b) / after'],
    ['```\nclosed at the end```', 'code:(closed at the end)'],
    ['```\nnever closed', 'code:(never closed)'],
    ['```some words\ncode\n```', 'code:(some words\ncode)'],
    ['see ```a\nb``` there', 'see code(a\nb) there'],
    ['| a | b |\n|---|--:|\n| 1 | *2* |', 'table(a|b, 1|em(2))'],
    ['| a | b |\n|---|---|\n| 1 | 2 | kept |', 'table(a|b, 1|2 | kept)'],
    ['a\n---\nb', 'a / rule / b'],
    ['**a**\r\n- b\r\n- c', 'strong(a) / list(b, c)'],
    ['这**重点**React，用**接口**2', '这strong(重点)React，用strong(接口)2'],
  ])('%s', (text, expected) => expect(tree(text)).toBe(expected));
});

describe('what only looks like markup stays as it was typed', () => {
  test.each([
    '2*3*4 and snake_case_word',
    'Hello**World** and **a**1',
    '* * *',
    '***',
    '-',
    '1.',
    '#',
    '#general',
    '>',
    '>:( and >_<',
    '+ a',
    '    four blanks\n\tand a tab',
    '  two  blanks  and\ttab',
    '¯\\_(ツ)_/¯',
    'a line\n===',
    '&lt;b&gt; &amp; {{7*7}}',
    '<b>bold</b> <script>alert(1)</script>',
    '<!-- a comment -->',
    '[note]: not swallowed',
    '[x][y] [z]',
    '~about~ 5',
    '**open and _open',
    '``` ```',
    '01. a',
    '~~~~ a `',
  ])('%s', (text) => expect(tree(text)).toBe(text));
});

describe('links', () => {
  test.each([
    ['see https://example.org/a_b_c*d*?q=_x_y.', 'see link(https://example.org/a_b_c*d*?q=_x_y).'],
    ['**https://example.org**', 'strong(link(https://example.org))'],
    ['mailto:ada@example.org', 'link(mailto:ada@example.org)'],
    ['[tea](https://example.org) now', 'link(tea -> https://example.org) now'],
    ['[example.org](https://example.org/x)', 'link(example.org -> https://example.org/x)'],
    ['[main.go](https://example.org/x)', 'link(main.go -> https://example.org/x)'],
    ['[write](mailto:a@b.org)', 'link(write -> mailto:a@b.org)'],
    ['![a cup](https://example.org/cup.png)', 'link(a cup -> https://example.org/cup.png)'],
    // What would lead elsewhere, or hides something, shows as it was typed.
    ['[bank.com](https://evil.com)', '[bank.com](link(https://evil.com))'],
    ['[https://bank.com](https://evil.com/bank)', '[https://bank.com](https://evil.com/bank)'],
    ['[bank。com](https://evil.com)', '[bank。com](link(https://evil.com))'],
    ['[bank.com.1](https://evil.com)', '[bank.com.1](link(https://evil.com))'],
    ['[1.2.3.4](https://evil.com)', '[1.2.3.4](link(https://evil.com))'],
    ['[a\u202eb](https://evil.com)', '[a\u202eb](link(https://evil.com))'],
    ['[a](https://example.org "hidden")', '[a](link(https://example.org) "hidden")'],
    ['[](https://example.org)', '[](link(https://example.org))'],
    ['[a](javascript:alert(1))', '[a](javascript:alert(1))'],
    [
      '[a](data:text/html,x) [b](//example.org) [c](/x)',
      '[a](data:text/html,x) [b](//example.org) [c](/x)',
    ],
    ['![x](file:///etc/passwd)', '![x](file:///etc/passwd)'],
    [
      '[a [b](https://b.org) c](https://a.org)',
      '[a [b](link(https://b.org)) c](link(https://a.org))',
    ],
  ])('%s', (text, expected) => expect(tree(text)).toBe(expected));
});

/** All signs that may mark something up, with words and line breaks between. */
const pieces = [
  '*',
  '**',
  '_',
  '__',
  '~~',
  '~',
  '`',
  '```',
  '\n',
  '\n\n',
  '> ',
  '>',
  '- ',
  '* ',
  '1. ',
  '7) ',
  '# ',
  '|',
  '|-|-|\n',
  '[',
  ']',
  '](',
  ')',
  '![',
  '](https://a.b/c)',
  'https://x.y/z_w',
  'mailto:a@b.c',
  '<b>',
  '</b>',
  '<!--',
  '-->',
  '\\',
  '&amp;',
  ' ',
  '    ',
  '\t',
  'word',
  'a',
  '茶',
  '🍵',
  '3',
  'js\n',
  '[ ] ',
  '[x] ',
  '---\n',
  '===\n',
  ': ',
  '"',
  '.',
  '，',
  'שלום',
];

/** The same numbers for the same seed. @param {number} seed */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test('no text ever vanishes, whatever it is made of', () => {
  const next = numbers(20_261_121);
  /** Every sign that marks nothing up. @param {string} text */
  const kept = (text) => text.replace(/[\s*_~`#>|[\]()!\\<:.-]/g, '').replace(/^\[x\]/, '');
  /** @param {Block | Inline} node @returns {string} all that shows, and where links lead */
  const shown = (node) => {
    if (typeof node === 'string') return node;
    if (node.type === 'list')
      return node.items
        .map(
          ({ number = '', done, children }) =>
            `${number}${done ? 'x' : ''}${children.map(shown).join('')}`,
        )
        .join('');
    if (node.type === 'table') return [node.head, ...node.rows].flat(2).map(shown).join('');
    if (node.type === 'rule') return '';
    if ('text' in node) return `${'language' in node ? node.language : ''}${node.text}`;
    const inside = node.children.map(shown).join('');
    return node.type === 'link' && node.href !== inside ? inside + node.href : inside;
  };
  for (let round = 0; round < 4_000; round += 1) {
    const length = 1 + Math.floor(next() * 14);
    const text = Array.from({ length }, () => pieces[Math.floor(next() * pieces.length)]).join('');
    const blocks = parseMarkdown(text);
    expect([text, blocks.map(shown).map(kept).join('')]).toEqual([text, kept(text)]);
    if (text.trim()) expect([text, blocks.length]).not.toEqual([text, 0]);
  }
});

describe('the longest message takes no time', () => {
  const SIZE = 32_768;
  test.each([
    ...pieces,
    '* a\n',
    '  - a\n',
    '*a ',
    '**a ',
    '_a ',
    '`a',
    '~~a ',
    '|a',
    '|a|b|\n|-|-|\n',
    '1. a\n',
    '- a\n  ',
    '>a\n\n',
    '[a](',
    '[a](http://b) ',
    'a**b',
    '*a_ ',
    '*_~~',
    'http://',
    'a@',
    '![',
    '\n',
    ' \n',
    'https://a.b/(',
    'https://a.b/(>>>',
    '`\\`',
    '[\\]',
    '](http://',
  ])('%j', (piece) => {
    parses(piece.repeat(Math.ceil(SIZE / piece.length)).slice(0, SIZE));
  });

  test.each([
    ['[', 'a', '](https://a.b)'],
    ['[', 'a.', '](https://a.b)'],
    ['', '~', '`'],
    ['', '|-|\n', '|a|b|c|'],
    ['|a|\n', '|-|\n', '|a|b|c|'],
    ['', '](http://', ' |'],
  ])('%j, much of %j, and %j', (begin, piece, end) => {
    parses(begin + piece.repeat((SIZE - begin.length - end.length) / piece.length) + end);
  });

  /** @param {string} text */
  function parses(text) {
    const start = performance.now();
    parseMarkdown(text);
    // 50 ms on a machine of its own.
    expect(performance.now() - start).toBeLessThan(1_000);
  }

  test('each level deeper', () => {
    const lines = Array.from({ length: 250 }, (_, at) => `${' '.repeat(at)}- a`);
    expect(parseMarkdown(lines.join('\n')).length).toBeGreaterThan(0);
    expect(tree('> '.repeat(5_000))).toMatch(/^(quote\(){6}[> ]+\){6}$/);
    expect(tree(`${'> '.repeat(9)}a`)).toBe('quote(quote(quote(quote(quote(quote(> > > a))))))');
  });

  test('much of it is still marked up', () => {
    const prose = '**Tea** is _hot_. '.repeat(150);
    expect(tree(prose)).toContain('strong(Tea) is em(hot)');
    const code = `\`\`\`\n${'a[b] * c_d;\n'.repeat(2_000)}\`\`\``;
    expect(tree(code)).toMatch(/^code:/);
  });
});
