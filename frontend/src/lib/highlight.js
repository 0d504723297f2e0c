import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import cpp from 'highlight.js/lib/languages/cpp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import python from 'highlight.js/lib/languages/python';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';

/** @typedef {'word' | 'string' | 'number' | 'note' | 'name' | 'added' | 'removed'} Kind what a piece of code is */
/** @typedef {{text: string, kind?: Kind}} Piece */

const languages = {
  bash,
  cpp,
  css,
  diff,
  go,
  java,
  javascript,
  json,
  python,
  rust,
  sql,
  typescript,
  xml,
  yaml,
};
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);

/** @type {Record<string, Kind>} by the first part of a scope's name */
const kinds = {
  keyword: 'word',
  literal: 'word',
  'selector-tag': 'word',
  meta: 'word',
  tag: 'word',
  string: 'string',
  regexp: 'string',
  symbol: 'string',
  link: 'string',
  number: 'number',
  comment: 'note',
  quote: 'note',
  doctag: 'note',
  title: 'name',
  name: 'name',
  type: 'name',
  built_in: 'name',
  attr: 'name',
  attribute: 'name',
  property: 'name',
  'selector-class': 'name',
  'selector-id': 'name',
  section: 'name',
  addition: 'added',
  deletion: 'removed',
};

/** Collects pieces of text; the library's own would write markup. */
class Pieces {
  /** @type {Piece[]} */
  pieces = [];
  /** @type {(Kind | undefined)[]} */
  scopes = [];

  /** @param {string} text */
  addText(text) {
    if (text === '') return;
    const kind = this.scopes.findLast((scope) => scope !== undefined);
    const last = this.pieces.at(-1);
    if (last && last.kind === kind) last.text += text;
    else this.pieces.push({ text, ...(kind && { kind }) });
  }

  /** @param {string} scope */
  openNode(scope) {
    this.scopes.push(kinds[scope.split('.')[0]]);
  }

  closeNode() {
    this.scopes.pop();
  }

  startScope = this.openNode;
  endScope = this.closeNode;

  /** What was found by another language inside this one. @param {Pieces} emitter */
  __addSublanguage({ pieces }) {
    this.pieces.push(...pieces);
  }

  finalize() {}

  toHTML() {
    return '';
  }
}

hljs.configure({ __emitter: /** @type {any} */ (Pieces) });

/** Code cut into pieces, or nothing where the language is unknown. @param {string} code @param {string} language */
export function highlight(code, language) {
  if (!hljs.getLanguage(language)) return null;
  const { _emitter } = hljs.highlight(code, { language, ignoreIllegals: true });
  return /** @type {Pieces} */ (/** @type {unknown} */ (_emitter)).pieces;
}
