import { useState } from 'react';
import { useLocale } from '../i18n/Locale.jsx';
import { copy } from '../lib/copy.js';
import { Button } from './Button.jsx';

/** Copies a text, and says so. @param {{text: string}} props */
export function CopyButton({ text }) {
  const { t } = useLocale();
  const [done, setDone] = useState(/** @type {boolean | null} */ (null));
  const said = t(done ? 'copy.done' : 'copy.failed');
  return (
    <>
      <Button onClick={() => setDone(copy(text))}>{done === null ? t('copy.copy') : said}</Button>
      <span role="status" className="visually-hidden">
        {done !== null && said}
      </span>
    </>
  );
}
