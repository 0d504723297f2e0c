import { addressAt, findLinks } from './links.js';

/**
 * @typedef {string
 *   | {type: 'strong' | 'em' | 'del', children: Inline[]}
 *   | {type: 'code', text: string}
 *   | {type: 'link', href: string, children: Inline[]}} Inline
 * @typedef {{type: 'paragraph', children: Inline[]}
 *   | {type: 'heading', level: number, children: Inline[]}
 *   | {type: 'code', text: string, language: string}
 *   | {type: 'quote', children: Block[]}
 *   | {type: 'list', ordered: boolean, items: Item[]}
 *   | {type: 'table', head: Inline[][], rows: Inline[][][], align: Align[]}
 *   | {type: 'rule'}} Block
 * @typedef {{number?: number, done?: boolean, children: Block[]}} Item
 * @typedef {'left' | 'right' | 'center' | null} Align
 * @typedef {{block: Block, next: number}} Found a block, and the line after it
 */

/** Quotes and lists nest no deeper; what is deeper shows as it was typed. */
const DEEPEST = 6;

/** Emphasis ends within so many characters, or it is none. */
const LONGEST = 1_000;

/** Where nothing of this stands, nothing is marked up. */
const MARKUP = /[*_~`#>|[\\]|^ {0,3}(?:-|\d{1,9}[.)])(?=\s|$)|^ {0,3}---/m;

/**
 * The text of a message as a small tree: Markdown the way people use it in a
 * chat. A line break is a line break; a quote ends with its line; leading blanks,
 * HTML and entities stay as they were typed. No text is ever swallowed: what is
 * not shown as markup shows as it is. Takes time in proportion to the text,
 * whatever is in it.
 * @param {string} text
 * @returns {Block[]}
 */
export function parseMarkdown(text) {
  if (!MARKUP.test(text)) return plain(text);
  const blocks = toBlocks(text.split(/\r?\n/), 0);
  return visible(sourceOf(blocks)) === visible(text) ? blocks : plain(text);
}

/** Paragraphs and addresses, and nothing else. @param {string} text @returns {Block[]} */
function plain(text) {
  return text
    .split(/\n(?:[^\S\n]*\n)+/)
    .map((part) => part.replace(/^\n+|\n+$/g, ''))
    .filter((part) => part.trim() !== '')
    .map((part) => ({ type: 'paragraph', children: withLinks(part) }));
}

/** @param {string} text @returns {Inline[]} */
const withLinks = (text) =>
  findLinks(text).map((part) =>
    part.href ? { type: 'link', href: part.href, children: [part.text] } : part.text,
  );

/** @param {string[]} lines @param {number} depth @returns {Block[]} */
function toBlocks(lines, depth) {
  /** @type {Block[]} */
  const blocks = [];
  /** @type {string[]} */
  let words = [];
  const flush = () => {
    const text = words.join('\n');
    if (text) blocks.push({ type: 'paragraph', children: toInline(text) });
    words = [];
  };
  for (let at = 0; at < lines.length;) {
    const found = blockAt(lines, at, depth);
    if (found || lines[at].trim() === '') flush();
    else words.push(lines[at]);
    if (found) blocks.push(found.block);
    at = found ? found.next : at + 1;
  }
  flush();
  return blocks;
}

/** @param {string[]} lines @param {number} at @param {number} depth @returns {Found | null} */
function blockAt(lines, at, depth) {
  const line = lines[at];
  if (!/^\s*[`~#>|*\d-]/.test(line) && !line.includes('|')) return null;
  const simple = codeAt(lines, at) ?? headingAt(line, at) ?? tableAt(lines, at);
  if (simple || depth >= DEEPEST) return simple;
  return quoteAt(lines, at, depth) ?? listAt(lines, at, depth);
}

/** The words beside the fence are the first line, unless they name a language. @param {string[]} lines @param {number} at @returns {Found | null} */
function codeAt(lines, at) {
  const [, fence, beside] = /^ {0,3}(`{3,}(?!`)|~{3,}(?!~))([^`]*)$/.exec(lines[at]) ?? [];
  if (!fence) return null;
  const words = beside.trim();
  const language = /^[\w+#.-]{1,20}$/.test(words) ? words : '';
  const code = language || !words ? [] : [words];
  let next = at + 1;
  for (let open = true; open && next < lines.length; next += 1) {
    const line = lines[next].trimEnd();
    open = !line.endsWith(fence);
    const last = open ? lines[next] : line.slice(0, -fence.length);
    if (open || last.trim()) code.push(last);
  }
  const text = code.join('\n');
  return text.trim() ? { block: { type: 'code', text, language }, next } : null;
}

/** @param {string} line @param {number} at @returns {Found | null} */
function headingAt(line, at) {
  if (/^ {0,3}-{3,}\s*$/.test(line)) return { block: { type: 'rule' }, next: at + 1 };
  const [, marks, words] = /^ {0,3}(#{1,6})[ \t]+(.*)$/.exec(line) ?? [];
  const text = words?.trim().replace(/[ \t]#+$/, '');
  if (!text || /^#+$/.test(text)) return null;
  return {
    block: { type: 'heading', level: marks.length, children: toInline(text) },
    next: at + 1,
  };
}

/** Only the lines that begin with the mark: an answer below is no part of the quote. @param {string[]} lines @param {number} at @param {number} depth @returns {Found | null} */
function quoteAt(lines, at, depth) {
  const mark = /^ {0,3}>(?=[ \t>]|$)[ \t]?/;
  const inside = [];
  let next = at;
  for (; next < lines.length && mark.test(lines[next]); next += 1) {
    inside.push(lines[next].replace(mark, ''));
    if (inside[0].trim() === '') return null;
  }
  if (next === at) return null;
  return { block: { type: 'quote', children: toBlocks(inside, depth + 1) }, next };
}

/** @param {string} line */
function itemIn(line) {
  const [, before, mark, blanks, rest] =
    /^([ \t]*)([-*]|\d{1,9}[.)])([ \t]+)(\S.*)$/.exec(line) ?? [];
  if (!mark || /^[-* \t]+$/.test(rest)) return null;
  const width = before.length + mark.length + Math.min(blanks.length, 4);
  return { width, kind: mark.slice(-1), number: parseInt(mark, 10), rest, before: before.length };
}

/** @param {string} line how far it is indented */
const indent = (line) => line.search(/\S|$/);

/**
 * Items of one kind; what is indented below one belongs to it, blank lines
 * between them do not end the list.
 * @param {string[]} lines
 * @param {number} at
 * @param {number} depth
 * @returns {Found | null}
 */
function listAt(lines, at, depth) {
  const first = itemIn(lines[at]);
  if (!first || first.before > 3) return null;
  /** @type {Item[]} */
  const items = [];
  let next = at;
  let after = at;
  for (let item = itemIn(lines[at]); item?.kind === first.kind && item.before <= 3;) {
    const inside = [item.rest];
    for (next = after = next + 1; next < lines.length; next += 1) {
      const line = lines[next].replace(/^\t/, '  ');
      const blank = line.trim() === '';
      if (!blank && indent(line) < Math.min(item.width, item.before + 2)) break;
      inside.push(line.slice(Math.min(indent(line), item.width)));
      if (!blank) after = next + 1;
    }
    items.push(toItem(inside, item.number, depth));
    item = next < lines.length ? itemIn(lines[next]) : null;
  }
  const ordered = !Number.isNaN(first.number);
  return { block: { type: 'list', ordered, items }, next: after };
}

/** @param {string[]} lines @param {number} number @param {number} depth @returns {Item} */
function toItem([first, ...rest], number, depth) {
  const [task, mark] = /^\[([ xX])\][ \t]+(?=\S)/.exec(first) ?? [''];
  return {
    // Each has the number that was typed, in whatever order.
    ...(!Number.isNaN(number) && { number }),
    ...(mark && { done: mark !== ' ' }),
    children: toBlocks([first.slice(task.length), ...rest], depth + 1),
  };
}

/** @param {string[]} lines @param {number} at @returns {Found | null} */
function tableAt(lines, at) {
  const rule = lines[at + 1]?.trim() ?? '';
  if (!lines[at].includes('|') || !/^[\s|:-]*-[\s|:-]*$/.test(rule)) return null;
  const [head, marks] = [cellsOf(lines[at]), cellsOf(rule)];
  if (!rule.includes('|') || head.length !== marks.length) return null;
  if (!marks.every((mark) => /^:?-+:?$/.test(mark))) return null;
  const rows = [];
  let next = at + 2;
  for (; next < lines.length && lines[next].includes('|'); next += 1) {
    // What is more than there are columns stays in the last one.
    const row = cellsOf(lines[next]);
    const more = row.splice(head.length - 1).join(' | ');
    rows.push([...row, more].map(toInline));
  }
  /** @param {string} mark @returns {Align} */
  const side = (mark) => {
    if (mark.endsWith(':')) return mark.startsWith(':') ? 'center' : 'right';
    return mark.startsWith(':') ? 'left' : null;
  };
  return {
    block: { type: 'table', head: head.map(toInline), rows, align: marks.map(side) },
    next,
  };
}

/** @param {string} line */
const cellsOf = (line) =>
  line
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));

/** Chinese, Japanese and Korean characters begin here. */
const CJK = '\u2e80';

/** Where something else than text may begin. */
const SPECIAL = /[\\`*~_]|!?\[|https?:\/\//gi;

/** What holds no end of an emphasis: escapes, code, where links lead, addresses. */
const OPAQUE =
  /\\[!-/:-@[-`{-~]|(?<!`)(`+)(?!`)[\s\S]{1,2000}?(?<!`)\1(?!`)|\]\([^\s()]*\)|https?:\/\/[^\s<>]*[^\s<>*_~]/gi;

const LINK =
  /!?\[((?:[^[\]\\]|\\.|\[(?:[^[\]\\]|\\.)*\])*)\]\(([^()\s<>]+(?:\([^()\s<>]*\)[^()\s<>]*)*)\)/y;
const CODE = /(?<!`)(`+)(?!`)([\s\S]{1,2000}?)(?<!`)\1(?!`)/y;
const MARK = /\*{1,3}(?!\*)|_{1,3}(?!_)|~~(?!~)/y;
const RUN = /[*_~`]+|!?\[|./suy;

/** @param {RegExp} pattern a sticky one @param {string} text @param {number} at */
function matchAt(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** @param {string} text @returns {Inline[]} */
const toInline = (text) => parts(text, false);

/** @param {string} text @param {boolean} inLink @returns {Inline[]} */
function parts(text, inLink) {
  const enclosed = marksIn(text);
  /** @type {Inline[]} */
  const found = [];
  let words = '';
  const flush = () => {
    if (words) found.push(...(inLink ? [words] : withLinks(words)));
    words = '';
  };
  for (let at = 0; at < text.length;) {
    SPECIAL.lastIndex = at;
    const begin = SPECIAL.exec(text)?.index ?? text.length;
    words += text.slice(at, begin);
    if (begin === text.length) break;
    const piece = pieceAt(text, enclosed, begin, inLink);
    if (typeof piece.node === 'string') words += piece.node;
    else {
      flush();
      found.push(piece.node);
    }
    at = begin + piece.length;
  }
  flush();
  return found;
}

/**
 * What begins here, or the sign itself.
 * @param {string} text
 * @param {(mark: string, at: number) => string | null} enclosed
 * @param {number} at
 * @param {boolean} inLink
 * @returns {{node: Inline, length: number}}
 */
function pieceAt(text, enclosed, at, inLink) {
  switch (text[at]) {
    case '\\':
      if (text.startsWith('_(ツ)_/', at + 1)) return typed(text.slice(at, at + 7));
      if (/^[!-/:-@[-`{-~]$/.test(text[at + 1] ?? '')) return { node: text[at + 1], length: 2 };
      break;
    case '`': {
      const [raw, , inside] = matchAt(CODE, text, at) ?? [];
      if (raw && inside.trim()) return { node: code(inside), length: raw.length };
      break;
    }
    case '!':
    case '[': {
      const [raw, said, href] = matchAt(LINK, text, at) ?? [];
      if (raw) return { node: link(raw, said, href, inLink), length: raw.length };
      break;
    }
    case 'h':
    case 'H': {
      // One piece, whatever signs stand in it; becomes a link with what is around it.
      return typed(addressAt(text, at) ?? text[at]);
    }
    default: {
      const mark = matchAt(MARK, text, at)?.[0];
      const inside = mark && enclosed(mark, at);
      if (inside) {
        const length = inside.length + 2 * mark.length;
        return { node: emphasis(mark, parts(inside, inLink)), length };
      }
    }
  }
  return typed(/** @type {RegExpExecArray} */ (matchAt(RUN, text, at))[0]);
}

/** @param {string} text */
const typed = (text) => ({ node: text, length: text.length });

/** Line breaks in it stay; a blank beside a mark in it goes. @param {string} inside @returns {Inline} */
function code(inside) {
  const text = /^ .*`.* $|^ `|` $/s.test(inside) ? inside.trim() : inside;
  return { type: 'code', text: text.replace(/^\n|\n$/g, '') };
}

/** @param {string} mark @param {Inline[]} children @returns {Inline} */
function emphasis(mark, children) {
  if (mark === '~~') return { type: 'del', children };
  if (mark.length === 1) return { type: 'em', children };
  return { type: 'strong', children: mark.length === 3 ? [{ type: 'em', children }] : children };
}

/**
 * Finds what stands between a mark and the next one like it. Marks next to
 * letters or digits belong to them: 2*3*4, snake_case; but not where Chinese
 * ends there, which is written without blanks. Is asked from left to
 * right, and looks at each place once.
 * @param {string} text
 */
function marksIn(text) {
  const masked = text.replace(OPAQUE, (opaque) => 'a'.repeat(opaque.length));
  /** @type {Record<string, {ends: number[], next: number}>} */
  const known = {};
  /** @param {string} mark @param {number} out the place outside it @param {number} inside the one inside */
  const beside = (mark, out, inside) =>
    mark[0] === '_'
      ? /[\p{L}\p{N}_]/u.test(masked[out] ?? '')
      : /[A-Za-z0-9]/.test(masked[out] ?? '') && !(masked[inside] >= CJK);
  /** @param {string} mark */
  const endsOf = (mark) => ({
    ends: Array.from(masked.matchAll(runs[mark[0]]), ({ 0: run, index }) => ({ run, index }))
      .filter(({ run, index }) => run === mark && !/\s/.test(masked[index - 1] ?? ' '))
      .filter(({ index }) => !beside(mark, index + mark.length, index - 1))
      .map(({ index }) => index),
    next: 0,
  });
  /** @param {string} mark @param {number} at where it stands @returns {string | null} */
  return (mark, at) => {
    const from = at + mark.length;
    if (beside(mark, at - 1, from) || /\s/.test(text[from] ?? ' ')) return null;
    const found = (known[mark] ??= endsOf(mark));
    while (found.ends[found.next] <= from) found.next += 1;
    const end = found.ends[found.next] ?? Infinity;
    return end - from <= LONGEST ? text.slice(from, end) : null;
  };
}

/** @type {Record<string, RegExp>} */
const runs = { '*': /\*+/g, _: /_+/g, '~': /~+/g };

/** @param {string} raw @param {string} said @param {string} href @param {boolean} inLink @returns {Inline} */
function link(raw, said, href, inLink) {
  if (inLink || !isLink(href)) return raw;
  const children = parts(said, true);
  const honest = !said.includes('](') && isHonest(children.map(textOf).join(''), href);
  return honest ? { type: 'link', href, children } : raw;
}

/** @param {string} href */
const isLink = (href) => {
  const parts = findLinks(href);
  return parts.length === 1 && parts[0].href === href;
};

/** Names of files that cannot be taken for a host: no such top-level domain. */
const FILE =
  /^[\p{L}\p{N}.-]+\.(?:[jt]sx?|mjs|json|ya?ml|toml|xml|html?|css|go|java|sql|csv|log|pdf|txt|docx?|xlsx?|png|jpe?g|gif|svg)$/u;

/**
 * Words that look like an address must lead where they say, and hide nothing.
 * Else the whole shows as it was typed, the true address in it.
 * @param {string} said
 * @param {string} href
 */
function isHonest(said, href) {
  if (said.trim() === '' || /[\p{Cf}\p{Cc}]/u.test(said.replace(/[\n\u200d]/g, ''))) return false;
  const words = said.normalize('NFKC').toLowerCase();
  const hosts = words
    .split(/[^\p{L}\p{N}.。-]+/u)
    .filter((word) => /[\p{L}\p{N}-][.。](?:\p{L}{2}|\d+[.。]\d)/u.test(word))
    .map((word) => word.replace(/^[.。]+/, '').replace(/(?<![.。])[.。]+$/, ''));
  const { hostname } = new URL(href);
  const target = hostname.replace(/^www\./, '');
  const other = hosts.filter((host) => host.replace(/^www\./, '') !== target && !FILE.test(host));
  return other.length === 0 && (!/:\/\/|@/.test(words) || words.includes(target || '@'));
}

/** @param {Inline} node @returns {string} */
function textOf(node) {
  if (typeof node === 'string') return node;
  return 'text' in node ? node.text : node.children.map(textOf).join('');
}

/** All that a reader can get at, an address that hides behind words included. @param {Inline} node @returns {string} */
function sourceOfInline(node) {
  if (typeof node === 'string') return node;
  if (node.type === 'code') return node.text;
  const inside = node.children.map(sourceOfInline).join('');
  return node.type === 'link' && inside !== node.href ? inside + node.href : inside;
}

/** @param {Block[]} blocks @returns {string} */
function sourceOf(blocks) {
  return blocks.map(sourceOfBlock).join('');
}

/** @param {Block} block @returns {string} */
function sourceOfBlock(block) {
  switch (block.type) {
    case 'code':
      return block.language + block.text;
    case 'quote':
      return sourceOf(block.children);
    case 'list':
      return block.items
        .map(
          ({ number = '', done, children }) => `${number}${done ? 'x' : ''}${sourceOf(children)}`,
        )
        .join('');
    case 'table':
      return [block.head, ...block.rows].flat(2).map(sourceOfInline).join('');
    case 'rule':
      return '';
    default:
      return block.children.map(sourceOfInline).join('');
  }
}

/** Without blanks, and without the signs that mark something up. @param {string} text */
const visible = (text) => text.replace(/[\s*_~`#>|[\]()!\\<:.-]/g, '').toLowerCase();
