import { memo, useState } from 'react';
import { Button } from '../../components/Button.jsx';
import { CardTable } from '../../components/CardTable.jsx';
import { indented, isTable } from './pretty.js';
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
  const { id, at, kind, text, size, binary } = entry;
  const [whole, setWhole] = useState(false);
  const table = pretty && !binary && isTable(text);
  const full = (pretty && !binary && indented(text)) || text;
  const shown = whole ? full : full.slice(0, SHOWN);
  const rest = full.length - shown.length;
  const long = table || shown.length > SHORT || shown.includes('\n');
  return (
    <div className={`${css.line} ${css[kind]}`} data-kind={kind} data-long={long}>
      <time className={css.time} dateTime={new Date(at).toISOString()}>
        {timeOf(at)}
      </time>
      <span className={css.label}>{labels[kind]}:</span>
      <div className={css.what}>
        {table ? (
          <CardTable id={`frame ${id}`} text={text} />
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
