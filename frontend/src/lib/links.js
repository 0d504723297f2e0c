const address = /\b(?:https?:\/\/|mailto:)[^\s<>"'“”‘’「」『』（）【】《》，。！？；、]+/giu;
const trailing = /[.,:;!?*_~]$/;

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
    const link = trim(match[0]);
    if (!valid(link)) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: link, href: link });
    end = match.index + link.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/** Punctuation after an address belongs to the sentence, unless a bracket was opened inside it. @param {string} link */
function trim(link) {
  for (;;) {
    const last = link.at(-1) ?? '';
    const open = { ')': '(', ']': '[', '}': '{' }[last];
    const unpaired = open && link.split(open).length < link.split(last).length;
    if (!unpaired && !trailing.test(link)) return link;
    link = link.slice(0, -1);
  }
}

/** @param {string} link */
function valid(link) {
  if (!URL.canParse(link)) return false;
  const { protocol, hostname, pathname } = new URL(link);
  return protocol === 'mailto:' ? pathname.includes('@') : hostname !== '';
}
