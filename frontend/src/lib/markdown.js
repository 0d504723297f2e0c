import { Lexer, Tokenizer } from 'marked';
import { findLinks } from './links.js';

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
 * @typedef {import('marked').Token} Token
 */

/** Quotes and lists nest no deeper; what is deeper shows as it was typed. */
const DEEPEST = 6;

/** Emphasis ends within so many characters, or it is none. */
const LONGEST = 1_000;

const MOST_LINES = 1_000;
const MOST_MARKS = 3_000;

/** Where nothing of this stands, nothing is marked up. */
const MARKUP = /[*_~`#>|[\\]|^ {0,3}(?:-|\d{1,9}[.)])(?=\s|$)|^ {0,3}---/m;

/**
 * The text of a message as a small tree: Markdown the way people use it in a
 * chat. A line break is a line break; a quote ends with its line; leading blanks,
 * HTML and entities stay as they were typed. No text is ever swallowed: what is
 * not shown as markup shows as it is.
 * @param {string} text
 * @returns {Block[]}
 */
export function parseMarkdown(text) {
  if (!MARKUP.test(text) || isTooMuch(text)) return plain(text);
  try {
    const tokenizer = new ChatTokenizer();
    const options = { gfm: true, breaks: true, tokenizer, hooks };
    const lexer = new Lexer(/** @type {any} */ (options));
    const blocks = toBlocks(lexer.lex(text));
    return visible(sourceOf(blocks)) === visible(text) ? blocks : plain(text);
  } catch {
    return plain(text);
  }
}

/** Would take longer than anybody waits; nobody wrote it by hand. Code is quick. @param {string} text */
function isTooMuch(text) {
  if (text.length < MOST_LINES) return false;
  const prose = text.replace(/^ {0,3}```[\s\S]*?```/gm, '');
  const lines = prose.match(/\n/g)?.length ?? 0;
  const marks = prose.match(/[*_~`[\\|]/g)?.length ?? 0;
  return lines > MOST_LINES || marks > MOST_MARKS;
}

/** Paragraphs and addresses, and nothing else. @param {string} text @returns {Block[]} */
function plain(text) {
  return text
    .split(/\n(?:[^\S\n]*\n)+/)
    .map((part) => part.replace(/^\n+|\s+$/g, ''))
    .filter((part) => part !== '')
    .map((part) => ({ type: 'paragraph', children: withLinks(part) }));
}

/** @param {string} text @returns {Inline[]} */
const withLinks = (text) =>
  findLinks(text).map((part) =>
    part.href ? { type: 'link', href: part.href, children: [part.text] } : part.text,
  );

/** Inside an address nothing begins or ends; a mark at its end is not part of it. */
const hooks = {
  /** @param {string} source */
  emStrongMask: (source) =>
    source.replace(/https?:\/\/[^\s<>]*[^\s<>*_~]/gi, (address) => 'a'.repeat(address.length)),
};

/** Only what a chat needs; all else is text. */
class ChatTokenizer extends Tokenizer {
  depth = 0;

  /** Leading blanks are not code. */
  code = nothing;
  /** A line under a line makes no heading of it. */
  lheading = nothing;
  /** Would vanish from sight. */
  def = nothing;
  reflink = nothing;
  html = nothing;
  tag = nothing;
  autolink = nothing;

  /** @param {string} source */
  heading(source) {
    const token = super.heading(source);
    return token?.text ? token : undefined;
  }

  /** @param {string} source */
  hr(source) {
    const raw = /^ {0,3}-{3,}[^\S\n]*(?=\n|$)/.exec(source)?.[0];
    return raw ? { type: /** @type {const} */ ('hr'), raw } : undefined;
  }

  /** The words beside the fence are the first line, unless they name a language. @param {string} source */
  fences(source) {
    const open = /^ {0,3}(`{3,}|~{3,})([^\n`]*)(?:\n|$)/.exec(source);
    if (!open) return undefined;
    const words = open[2].trim();
    const lang = /^[\w+#.-]{1,20}$/.test(words) ? words : '';
    const from = open[0].length;
    const close = new RegExp(`${open[1]}[^\\S\\n]*(?=\\n|$)`, 'g');
    close.lastIndex = from;
    const found = close.exec(source);
    const body = source.slice(from, found?.index).replace(/\n[^\S\n]*$/, '');
    const text = lang || !words ? body : `${words}\n${body}`;
    if (text.trim() === '') return undefined;
    const raw = found ? source.slice(0, close.lastIndex) : source;
    return { type: /** @type {const} */ ('code'), raw, lang, text };
  }

  /** Only the lines that begin with the mark: an answer below is no part of the quote. @param {string} source */
  blockquote(source) {
    const raw = /^(?: {0,3}>(?=[ \t>\n]|$)[^\n]*(?:\n|$))+/.exec(source)?.[0];
    if (!raw || this.depth >= DEEPEST) return undefined;
    const text = raw.replace(/^ {0,3}> ?/gm, '');
    if (text.trim() === '') return undefined;
    const { top } = this.lexer.state;
    this.lexer.state.top = true;
    const tokens = this.deeper(() => this.lexer.blockTokens(text, []));
    this.lexer.state.top = top;
    return { type: /** @type {const} */ ('blockquote'), raw, text, tokens };
  }

  /** @param {string} source */
  list(source) {
    if (this.depth >= DEEPEST || /^ {0,3}\+/.test(source)) return undefined;
    const token = this.deeper(() => super.list(source));
    return token?.items.every(({ text }) => text.trim() !== '') ? token : undefined;
  }

  /** @template T @param {() => T} work @returns {T} */
  deeper(work) {
    this.depth += 1;
    try {
      return work();
    } finally {
      this.depth -= 1;
    }
  }

  /** @param {string} source */
  escape(source) {
    const shrug = source.startsWith('\\_(ツ)_/') ? '\\_(ツ)_/' : null;
    if (shrug) return { type: /** @type {const} */ ('escape'), raw: shrug, text: shrug };
    return super.escape(source);
  }

  /** Line breaks in it stay. @param {string} source */
  codespan(source) {
    const token = super.codespan(source);
    if (!token || token.text.trim() === '') return undefined;
    if (!token.raw.includes('\n')) return token;
    const [, , text] = /** @type {RegExpExecArray} */ (/^(`+)([\s\S]*)\1$/.exec(token.raw));
    return { ...token, text: text.replace(/^\n|\n$/g, '') };
  }

  /** @param {string} source */
  br(source) {
    const raw = /^ *\n/.exec(source)?.[0];
    return raw ? { type: /** @type {const} */ ('br'), raw } : undefined;
  }

  /**
   * Marks next to letters or digits belong to them: 2*3*4, snake_case.
   * @param {string} source
   * @param {string} masked
   */
  emStrong(source, masked) {
    const mark = /^(?:\*{1,3}(?!\*)|_{1,3}(?!_))/.exec(source)?.[0];
    const inside = mark && this.enclosed(mark, source, masked);
    if (!inside) return undefined;
    const raw = mark + inside + mark;
    const type = mark.length === 1 ? /** @type {const} */ ('em') : /** @type {const} */ ('strong');
    const text = mark.length === 3 ? mark[0] + inside + mark[0] : inside;
    return /** @type {any} */ ({ type, raw, text, tokens: this.lexer.inlineTokens(text) });
  }

  /** @param {string} source @param {string} masked */
  del(source, masked) {
    const mark = /^~~(?!~)/.exec(source)?.[0];
    const text = mark && this.enclosed(mark, source, masked);
    if (!text) return undefined;
    const raw = mark + text + mark;
    return { type: /** @type {const} */ ('del'), raw, text, tokens: this.lexer.inlineTokens(text) };
  }

  /**
   * What stands between a mark and the next one like it.
   * @param {string} mark
   * @param {string} source begins with the mark
   * @param {string} masked ends like `source`, with code and links made unreadable
   */
  enclosed(mark, source, masked) {
    const at = masked.length - source.length;
    const beside = mark[0] === '_' ? /[\p{L}\p{N}_]/u : /[A-Za-z0-9]/;
    if (beside.test(masked[at - 1] ?? '') || /\s/.test(source[mark.length] ?? ' ')) return null;
    const from = at + mark.length;
    const area = masked.slice(from, from + LONGEST);
    for (const { 0: run, index } of area.matchAll(runs[mark[0]])) {
      const ends = run.length === mark.length && !/\s/.test(area[index - 1] ?? ' ');
      if (ends && !beside.test(area[index + run.length] ?? ''))
        return source.slice(mark.length, mark.length + index);
    }
    return null;
  }

  /** An address is one piece, whatever signs stand in it. @param {string} source */
  url(source) {
    if (!/^https?:/i.test(source)) return undefined;
    const [{ href }] = findLinks(source.slice(0, 4_096));
    return href ? /** @type {any} */ ({ type: 'text', raw: href, text: href }) : undefined;
  }

  /** @param {string} source */
  inlineText(source) {
    const run = /^(?:\*+|_+|~+|`+)/.exec(source)?.[0].length ?? 1;
    special.lastIndex = run;
    const raw = source.slice(0, special.exec(source)?.index ?? source.length);
    return { type: /** @type {const} */ ('text'), raw, text: raw, escaped: false };
  }
}

/** Where something else than text may begin. */
const special = /[\\![`*~_]| *\n|https?:\/\//gi;

/** @type {Record<string, RegExp>} */
const runs = { '*': /\*+/g, _: /_+/g, '~': /~+/g };

/** @returns {undefined} */
function nothing() {
  return undefined;
}

/** @param {Token[]} tokens @returns {Block[]} */
function toBlocks(tokens) {
  /** @type {Block[]} */
  const blocks = [];
  let apart = true;
  for (const token of /** @type {import('marked').MarkedToken[]} */ (tokens)) {
    const last = blocks.at(-1);
    switch (token.type) {
      case 'space':
        apart = true;
        continue;
      case 'code':
        blocks.push({ type: 'code', text: token.text, language: token.lang ?? '' });
        break;
      case 'heading':
        blocks.push({ type: 'heading', level: token.depth, children: toInline(token.tokens) });
        break;
      case 'blockquote':
        blocks.push({ type: 'quote', children: toBlocks(token.tokens) });
        break;
      case 'list':
        blocks.push(toList(token));
        break;
      case 'table': {
        const cells = (/** @type {{tokens: Token[]}[]} */ row) =>
          row.map((c) => toInline(c.tokens));
        const { align } = token;
        blocks.push({
          type: 'table',
          head: cells(token.header),
          rows: token.rows.map(cells),
          align,
        });
        break;
      }
      case 'hr':
        blocks.push({ type: 'rule' });
        break;
      case 'checkbox':
        continue;
      default: {
        const own = 'tokens' in token && token.tokens;
        const children = own ? toInline(own) : withLinks(token.raw);
        if (last?.type === 'paragraph' && !apart) last.children.push('\n', ...children);
        else blocks.push({ type: 'paragraph', children });
      }
    }
    apart = false;
  }
  return blocks;
}

/** @param {import('marked').Tokens.List} token @returns {Block} */
const toList = ({ ordered, items }) => ({
  type: 'list',
  ordered,
  items: items.map((item) => ({
    // Each has the number that was typed, in whatever order.
    ...(ordered && { number: Number(/\d+/.exec(item.raw)?.[0]) }),
    ...(item.task && { done: Boolean(item.checked) }),
    children: toBlocks(item.tokens),
  })),
});

/** @param {Token[]} tokens @param {boolean} [inLink] @returns {Inline[]} */
function toInline(tokens, inLink = false) {
  /** @type {Inline[]} */
  const found = [];
  let text = '';
  const flush = () => {
    if (text) found.push(...(inLink ? [text] : withLinks(text)));
    text = '';
  };
  for (const token of /** @type {import('marked').MarkedToken[]} */ (tokens)) {
    const node = toNode(token, inLink);
    if (typeof node === 'string') text += node;
    else {
      flush();
      found.push(node);
    }
  }
  flush();
  return found;
}

/** @param {import('marked').MarkedToken} token @param {boolean} inLink @returns {Inline} */
function toNode(token, inLink) {
  switch (token.type) {
    case 'strong':
    case 'em':
    case 'del':
      return { type: token.type, children: toInline(token.tokens ?? [], inLink) };
    case 'codespan':
      return { type: 'code', text: token.text };
    case 'link':
    case 'image': {
      const children = toInline(token.tokens ?? [], true);
      const said = children.map(textOf).join('');
      const fine = !inLink && !token.title && isLink(token.href) && isHonest(said, token.href);
      return fine ? { type: 'link', href: token.href, children } : token.raw;
    }
    case 'br':
      return '\n';
    case 'text':
    case 'escape':
      return token.text;
    default:
      return token.raw;
  }
}

/** @param {string} href */
const isLink = (href) => {
  const parts = findLinks(href);
  return parts.length === 1 && parts[0].href === href;
};

/**
 * Words that look like an address must lead where they say, and hide nothing.
 * Else the whole shows as it was typed, the true address in it.
 * @param {string} said
 * @param {string} href
 */
function isHonest(said, href) {
  if (said.trim() === '' || /[\p{Cf}\p{Cc}]/u.test(said.replace(/[\n\u200d]/g, ''))) return false;
  const words = said.normalize('NFKC').toLowerCase();
  const hosts = words.matchAll(/[\p{L}\p{N}-]+(?:[.。][\p{L}\p{N}-]+)*[.。]\p{L}{2,}/gu);
  const { hostname } = new URL(href);
  const target = hostname.replace(/^www\./, '');
  const other = [...hosts].filter(
    ([host]) =>
      host.replace(/^www\./, '') !== target && !/\.(js|json|html|css|pdf|txt)$/.test(host),
  );
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
