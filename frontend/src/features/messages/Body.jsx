import { createElement as element, memo, useMemo } from 'react';
import { parseMarkdown } from '../../lib/markdown.js';
import { isBigEmoji } from '../../lib/text.js';
import { useReach } from './actions.js';
import { Code } from './Code.jsx';
import css from './Body.module.css';

/**
 * @import {ReactNode} from 'react'
 * @import {Align, Block, Inline, Item} from '../../lib/markdown.js'
 */

/**
 * What was said, as elements. Nothing of it is ever markup of the page: the
 * tree holds text, and only addresses become links.
 * @param {{text: string, note?: string}} props `note` stands at its end
 */
function MessageBody({ text, note }) {
  const big = isBigEmoji(text);
  const blocks = useMemo(
    () => (big ? [paragraph([text])] : parseMarkdown(text).map(toElement)),
    [big, text],
  );
  const end = note && <span className={css.note}>{note}</span>;
  return element('div', { className: big ? css.big : css.body }, ...blocks, end);
}

export const Body = memo(MessageBody);

// The parts of a text never move: they are given as children one by one, and
// need no keys.

/** @param {Block} block @returns {ReactNode} */
function toElement(block) {
  switch (block.type) {
    case 'code':
      return <Code text={block.text} language={block.language} />;
    case 'quote':
      return element('blockquote', null, ...block.children.map(toElement));
    case 'rule':
      return <hr />;
    case 'heading':
      // A heading of the message is none of the page.
      return paragraph(block.children, block.level < 3 ? css.heading : css.lesser);
    case 'list':
      return element(block.ordered ? 'ol' : 'ul', { dir: 'auto' }, ...block.items.map(toItem));
    case 'table':
      return toTable(block);
    default:
      return paragraph(block.children);
  }
}

/** @param {Inline[]} children @param {string} [className] */
const paragraph = (children, className) =>
  element('p', { dir: 'auto', className }, ...children.map(toInline));

/** @param {Item} item */
function toItem({ number, done, children }) {
  const task = done !== undefined;
  return element(
    'li',
    { value: number, className: task ? css.task : undefined },
    task && <span className={css.box}>{done ? '☑' : '☐'}</span>,
    ...children.map(toElement),
  );
}

/** @param {Extract<Block, {type: 'table'}>} table */
function toTable({ head, rows, align }) {
  /** @param {'th' | 'td'} tag @returns {(cells: Inline[][]) => ReactNode} */
  const row = (tag) => (cells) =>
    element('tr', null, ...cells.map((cell, column) => toCell(tag, cell, align[column])));
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolled by keys
    <div className={css.table} tabIndex={0} role="group">
      <table>
        <thead>{row('th')(head)}</thead>
        {element('tbody', null, ...rows.map(row('td')))}
      </table>
    </div>
  );
}

/** @param {'th' | 'td'} tag @param {Inline[]} cell @param {Align} align */
const toCell = (tag, cell, align) =>
  element(
    tag,
    { dir: 'auto', style: align ? { textAlign: align } : undefined },
    ...cell.map(toInline),
  );

/** @param {Inline} node @returns {ReactNode} */
function toInline(node) {
  if (typeof node === 'string') return node;
  if (node.type === 'code') return <code>{node.text}</code>;
  const children = node.children.map(toInline);
  if (node.type !== 'link') return element(node.type, null, ...children);
  const { href } = node;
  // Where words stand for an address, it can be seen before it is followed.
  return element(Link, { href, title: node.children[0] === href ? undefined : href }, ...children);
}

/** @param {{href: string, title?: string, children?: ReactNode}} props */
function Link({ children, ...rest }) {
  return (
    <a {...rest} tabIndex={useReach()} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}
