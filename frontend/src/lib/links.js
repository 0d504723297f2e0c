const address = /\b(?:https?:\/\/|mailto:)[^\s<>"'“”‘’「」『』（）【】《》，。！？；、]+/giu;
const addressHere = new RegExp(address.source, 'iuy');
const trailing = new Set('.,:;!?*_~');
/** @type {Record<string, string | undefined>} what opens each bracket that closes */
const pairs = { ')': '(', ']': '[', '}': '{' };

/** What is longer nobody wrote or reads as an address. */
const LONGEST = 2_048;

/** @typedef {{text: string, href?: string}} Part */

/**
 * Cuts a text into plain parts and links. Only http, https and mailto become
 * links; what comes out is text for elements, never markup.
 * @param {string} text
 * @returns {Part[]}
 */
export function findLinks(text) {
  /** @type {Part[]} */
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(address)) {
    const link = linkIn(match[0]);
    if (link === null) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: link, href: link });
    end = match.index + link.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/**
 * What begins like an address at a place: the link, or where it is none all
 * that looks like one.
 * @param {string} text
 * @param {number} at
 */
export function addressAt(text, at) {
  addressHere.lastIndex = at;
  const [raw] = addressHere.exec(text) ?? [];
  return raw === undefined ? null : (linkIn(raw) ?? raw);
}

/** @param {string} raw @returns {string | null} */
function linkIn(raw) {
  const link = trim(raw);
  return link.length <= LONGEST && valid(link) ? link : null;
}

/** Punctuation after an address belongs to the sentence, unless a bracket was opened inside it. @param {string} link */
function trim(link) {
  /** @type {Record<string, number>} how many of each bracket are left */
  const left = { '(': 0, ')': 0, '[': 0, ']': 0, '{': 0, '}': 0 };
  for (const character of link) if (character in left) left[character] += 1;
  let end = link.length;
  for (; end > 0; end -= 1) {
    const last = link[end - 1];
    const open = pairs[last];
    const unpaired = open && left[open] < left[last];
    if (!unpaired && !trailing.has(last)) break;
    if (unpaired) left[last] -= 1;
  }
  return link.slice(0, end);
}

/** @param {string} link */
function valid(link) {
  if (!URL.canParse(link)) return false;
  const { protocol, hostname, pathname } = new URL(link);
  return protocol === 'mailto:' ? pathname.includes('@') : hostname !== '';
}
