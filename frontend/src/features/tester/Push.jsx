import { useId, useState } from 'react';
import { Button } from '../../components/Button.jsx';
import { Choice } from '../../components/Choice.jsx';
import { Field } from '../../components/Field.jsx';
import { pushAll } from '../../api/plain.js';
import { isTable } from './pretty.js';
import { timeOf } from './record.js';
import { useWords } from './words.js';
import css from './Push.module.css';

/** @import {Word} from './words.js' */

/** @typedef {'words' | 'table' | 'sample'} What */

const EXAMPLE = '[{"name":"green","cups":2},{"name":"black","cups":1}]';

/** @type {Record<string, Word>} */
const refusals = {
  offline: 'push.offline',
  unauthenticated: 'push.unauthenticated',
  forbidden: 'push.forbidden',
  rate_limited: 'push.rate_limited',
  too_long: 'push.too_long',
  invalid: 'push.invalid',
  bad_json: 'push.invalid',
  unavailable: 'push.unavailable',
};

/** What the header of a request may carry. */
const TOKEN = /^[\x21-\x7e]*$/;

/** Sends something to all who are at /echo. */
export function Push() {
  const t = useWords();
  const [what, setWhat] = useState(/** @type {What} */ ('words'));
  const [text, setText] = useState('');
  const [rows, setRows] = useState(EXAMPLE);
  const [token, setToken] = useState('');
  const [pushing, setPushing] = useState(false);
  const [said, setSaid] = useState(/** @type {{text: string, wrong: boolean} | null} */ (null));
  const id = useId();
  const refuse = (/** @type {Word} */ word) => setSaid({ text: t(word), wrong: true });

  async function push() {
    if (pushing) return;
    const secret = token.trim();
    if (what === 'words' && text === '') return refuse('push.empty');
    if (what === 'table' && !isTable(rows)) return refuse('push.broken');
    if (!TOKEN.test(secret)) return refuse('push.unauthenticated');
    setPushing(true);
    setSaid(null);
    try {
      await pushAll({ words: text, table: rows, sample: undefined }[what], secret);
      setSaid({ text: t('push.done', { time: timeOf(Date.now()) }), wrong: false });
      if (what === 'words') setText('');
    } catch (error) {
      const { code } = /** @type {import('../../api/error.js').ApiError} */ (error);
      refuse(refusals[code] ?? 'push.failed');
    } finally {
      setPushing(false);
    }
    return undefined;
  }

  return (
    <form
      className={css.push}
      onSubmit={(event) => {
        event.preventDefault();
        void push();
      }}
    >
      <p className={css.hint}>{t('push.text')}</p>
      <div className={css.choice}>
        <Choice
          label={t('push.what')}
          value={what}
          options={[
            { value: 'words', label: t('push.words') },
            { value: 'table', label: t('push.table') },
            { value: 'sample', label: t('push.sample') },
          ]}
          onChange={setWhat}
        />
      </div>
      {what === 'sample' ? (
        <p className={css.hint}>{t('push.sampled')}</p>
      ) : (
        <div className={css.field}>
          <label htmlFor={id}>{t(what === 'table' ? 'push.rows' : 'push.message')}</label>
          <textarea
            id={id}
            className={what === 'table' ? css.code : css.text}
            rows={what === 'table' ? 5 : 2}
            dir="auto"
            spellCheck={what === 'words'}
            autoComplete="off"
            value={what === 'table' ? rows : text}
            onChange={({ target }) => (what === 'table' ? setRows : setText)(target.value)}
          />
        </div>
      )}
      <Field
        label={t('push.token')}
        type="password"
        value={token}
        note={t('push.token.note')}
        autoComplete="off"
        onChange={(event) => setToken(event.target.value)}
      />
      <Button type="submit" look="primary" aria-disabled={pushing}>
        {t(pushing ? 'push.pushing' : 'push.push')}
      </Button>
      <p className={said?.wrong ? css.wrong : css.said} role="status">
        {said?.text}
      </p>
    </form>
  );
}
