import { useState } from 'react';
import { Button } from '../../components/Button.jsx';
import { Field } from '../../components/Field.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useWords } from '../../i18n/later/useWords.js';
import { useClient, useStore } from '../../state/store.js';
import css from './Rename.module.css';

/** @import {Word} from '../../i18n/later/useWords.js' */

const LONGEST = 40;

/** @type {Record<string, Word>} */
const refusals = {
  conflict: 'rename.taken',
  rate_limited: 'rename.slow',
  offline: 'rename.offline',
  unavailable: 'rename.offline',
};

/** The name one is called by, and another in its place. */
export function Rename() {
  const { t } = useLocale();
  const say = useWords();
  const client = useClient();
  const current = useStore((state) => state.me?.name ?? '');
  const [name, setName] = useState(current);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {string | null} */ (null));
  const [done, setDone] = useState(false);
  const wanted = name.trim();

  /** @param {import('react').FormEvent} event */
  async function submit(event) {
    event.preventDefault();
    if (busy || wanted === current) return;
    setDone(false);
    if (wanted === '' || [...wanted].length > LONGEST) {
      setError(t('welcome.invalid'));
      return;
    }
    setBusy(true);
    setError(null);
    try {
      await client.rename(wanted);
      setDone(true);
    } catch (refused) {
      const { code } = /** @type {{code: string}} */ (refused);
      setError(
        code === 'invalid'
          ? t('welcome.invalid')
          : say(refusals[code] ?? 'rename.failed', { name: wanted }),
      );
    }
    setBusy(false);
  }

  return (
    <form className={css.rename} onSubmit={submit} noValidate>
      <Field
        label={t('welcome.name')}
        name="name"
        autoComplete="nickname"
        dir="auto"
        value={name}
        error={error}
        note={done ? say('rename.done', { name: current }) : say('rename.hint')}
        onChange={(event) => {
          setName(event.target.value);
          setError(null);
          setDone(false);
        }}
      />
      <Button
        type="submit"
        look={wanted === current ? 'plain' : 'primary'}
        className={css.save}
        aria-disabled={busy || wanted === current}
      >
        {say('rename.submit')}
      </Button>
    </form>
  );
}
