import { useMemo, useRef, useState } from 'react';
import { useWords } from '../i18n/later/useWords.js';
import { isWrong, readCard } from '../lib/card.js';
import { Button } from './Button.jsx';
import css from './CardTable.module.css';

/** @import {Cell} from '../lib/card.js' */

/** More rows than this show when they are asked for. */
const FEW = 10;

/** Tables that show all their rows, by name: one that is scrolled away comes back as it was. @type {Set<string>} */
const wide = new Set();

/**
 * A table made of JSON. What is none is shown as the text that it is.
 * @param {{id: string, text: string, tabIndex?: 0 | -1}} props `id` names it for as long as the page
 * lives, `tabIndex` is of what can be pressed
 */
export function CardTable({ id, text, tabIndex = 0 }) {
  const say = useWords();
  const table = useMemo(() => readCard(text), [text]);
  const [all, setAll] = useState(() => wide.has(id));
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const scroll = useRef(null);
  if (isWrong(table))
    return (
      <pre className={css.plain} dir="auto">
        {text}
      </pre>
    );
  const { columns, rows } = table;
  const shown = all ? rows : rows.slice(0, FEW);
  const name = say('card.label', { count: rows.length });
  return (
    <div className={css.card}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolled by keys */}
      <div ref={scroll} className={css.scroll} role="group" aria-label={name} tabIndex={0}>
        <table>
          <caption className="visually-hidden">{name}</caption>
          <thead>
            <tr>
              {columns.map((column, at) => (
                <th key={column} scope="col" className={isNumeric(rows, at) ? css.number : ''}>
                  <bdi>{column}</bdi>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, nth) => (
              // oxlint-disable-next-line react/no-array-index-key -- rows have no name and stay in their place
              <tr key={nth}>
                {columns.map((column, at) => (
                  <TableCell key={column} cell={row[at]} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < rows.length && (
        <p className={css.more}>
          <Button
            look="link"
            tabIndex={tabIndex}
            onClick={() => {
              wide.add(id);
              setAll(true);
              // The button goes with what it did; the table stays.
              scroll.current?.focus({ preventScroll: true });
            }}
          >
            {say('card.all', { count: rows.length })}
          </Button>
        </p>
      )}
    </div>
  );
}

/** @param {{cell: Cell | undefined}} props */
function TableCell({ cell }) {
  const say = useWords();
  // What a row does not say at all stays empty for the eye.
  if (!cell || cell.kind === 'none')
    return (
      <td className={css.none}>
        {cell && <span aria-hidden="true">–</span>}
        <span className="visually-hidden">{say('card.none')}</span>
      </td>
    );
  return (
    <td className={css[cell.kind]} dir={cell.kind === 'text' ? 'auto' : 'ltr'}>
      {cell.text}
    </td>
  );
}

/** A head stands over its numbers. @param {(Cell | undefined)[][]} rows @param {number} at */
const isNumeric = (rows, at) => {
  const cells = rows.map((row) => row[at]).filter((cell) => cell && cell.kind !== 'none');
  return cells.length > 0 && cells.every((cell) => cell?.kind === 'number');
};
