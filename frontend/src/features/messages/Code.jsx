import { createElement as element, useEffect, useState } from 'react';
import { Icon } from '../../components/Icon.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { copy } from '../../lib/copy.js';
import { useReach } from './actions.js';
import css from './Code.module.css';

/** @import {Piece} from '../../lib/highlight.js' */

/** What is longer is read without colours. */
const COLOURED = 20_000;

/** @type {typeof import('../../lib/highlight.js').highlight | null} */
let highlight = null;

/** A block of code. Colours come later and change nothing but colours. @param {{text: string, language: string}} props */
export function Code({ text, language }) {
  const { t } = useLocale();
  const tabIndex = useReach();
  const pieces = usePieces(text, language);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <div className={css.code} dir="ltr">
      {language && (
        <span className={css.language} aria-hidden="true">
          {language}
        </span>
      )}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolled by keys */}
      <pre tabIndex={0} role="group" aria-label={t('code.label', { language }).trim()}>
        {pieces ? element('code', null, ...pieces.map(toElement)) : <code>{text}</code>}
      </pre>
      <button
        type="button"
        className={css.copy}
        tabIndex={tabIndex}
        aria-label={t(copied ? 'actions.copied' : 'code.copy')}
        title={t('code.copy')}
        onClick={() => setCopied(copy(text))}
      >
        <Icon name={copied ? 'check' : 'copy'} size={16} />
      </button>
    </div>
  );
}

/** @param {Piece} piece */
const toElement = ({ text, kind }) => (kind ? <span className={css[kind]}>{text}</span> : text);

/** @param {string} text @param {string} language @returns {Piece[] | null} */
function usePieces(text, language) {
  const wanted = language !== '' && text.length <= COLOURED;
  const [, setReady] = useState(highlight !== null);
  useEffect(() => {
    if (!wanted || highlight) return undefined;
    let current = true;
    async function load() {
      ({ highlight } = await import('../../lib/highlight.js'));
      if (current) setReady(true);
    }
    load().catch(() => {}); // it stays readable without
    return () => {
      current = false;
    };
  }, [wanted]);
  return wanted && highlight ? highlight(text, language) : null;
}
