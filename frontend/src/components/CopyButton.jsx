import { useState } from 'react';
import { useLocale } from '../i18n/Locale.jsx';
import { copy } from '../lib/copy.js';
import { Button } from './Button.jsx';

/**
 * Copies a text, and says so until one goes on.
 * @param {{text: string | (() => string), label?: string}} props a function is asked when it is needed
 */
export function CopyButton({ text, label }) {
  const { t } = useLocale();
  const [done, setDone] = useState(/** @type {boolean | null} */ (null));
  const said = t(done ? 'copy.done' : 'copy.failed');
  return (
    <>
      <Button
        onClick={() => setDone(copy(typeof text === 'string' ? text : text()))}
        onBlur={() => setDone(null)}
      >
        {done === null ? (label ?? t('copy.copy')) : said}
      </Button>
      <span role="status" className="visually-hidden">
        {done !== null && said}
      </span>
    </>
  );
}
