import { memo, useState } from 'react';
import { Button } from '../../components/Button.jsx';
import { indented, tableOf } from './pretty.js';
import { BYTES_KEPT, labels, timeOf } from './record.js';
import { useWords } from './words.js';
import css from './Line.module.css';

/** @import {Entry} from './record.js' */

/** More of one frame is shown when it is asked for. */
const SHOWN = 4_000;
/** What fits beside time and size. */
const SHORT = 48;

/** One line of the log; again only when something about it is another. */
export const Line = memo(LogLine);

/** @param {{entry: Entry, pretty: boolean}} props */
function LogLine({ entry, pretty }) {
  const t = useWords();
  const { at, kind, text, size, binary } = entry;
  const [whole, setWhole] = useState(false);
  const table = pretty && !binary ? tableOf(text) : null;
  const full = (pretty && !binary && indented(text)) || text;
  const shown = whole ? full : full.slice(0, SHOWN);
  const rest = full.length - shown.length;
  const long = table !== null || shown.length > SHORT || shown.includes('\n');
  return (
    <div className={`${css.line} ${css[kind]}`} data-kind={kind} data-long={long}>
      <time className={css.time} dateTime={new Date(at).toISOString()}>
        {timeOf(at)}
      </time>
      <span className={css.label}>{labels[kind]}:</span>
      <div className={css.what}>
        {table ? (
          <Table {...table} />
        ) : (
          <pre className={css.text} dir="auto">
            {shown || <span className={css.blank}>{t('tester.blank')}</span>}
          </pre>
        )}
        {!table && rest > 0 && (
          <Button look="link" onClick={() => setWhole(true)}>
            {t('tester.more', { count: rest })}
          </Button>
        )}
        {binary && size !== null && size > BYTES_KEPT && (
          <p className={css.cut}>{t('tester.cut', { count: size - BYTES_KEPT })}</p>
        )}
      </div>
      {size !== null && (
        <span className={css.size}>
          {binary && `${t('tester.binary')}, `}
          {t('tester.bytes', { count: size })}
        </span>
      )}
    </div>
  );
}

/** @param {import('./pretty.js').Table} props */
function Table({ columns, rows }) {
  return (
    <table className={css.table}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          // oxlint-disable-next-line react/no-array-index-key -- rows have no name and never move
          <tr key={at}>
            {row.map((cell, nth) => (
              <td key={columns[nth]}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
