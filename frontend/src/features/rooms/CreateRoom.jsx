import { useState } from 'react';
import { Button } from '../../components/Button.jsx';
import { Dialog, DialogActions } from '../../components/Dialog.jsx';
import { Field } from '../../components/Field.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useClient } from '../../state/store.js';
import css from './CreateRoom.module.css';

/** @import {Key} from '../../i18n/translate.js' */

/** @type {Record<string, Key>} */
const refusals = {
  conflict: 'create.taken',
  invalid: 'create.invalid',
  too_long: 'create.invalid',
  forbidden: 'create.forbidden',
  rate_limited: 'create.slow',
  offline: 'create.offline',
};

/** @param {{onClose: () => void, onDone: (room: string) => void}} props */
export function CreateRoom({ onClose, onDone }) {
  const { t } = useLocale();
  const client = useClient();
  const [name, setName] = useState('');
  const [topic, setTopic] = useState('');
  const [error, setError] = useState(/** @type {string | null} */ (null));
  const [busy, setBusy] = useState(false);

  /** @param {import('react').FormEvent} event */
  async function submit(event) {
    event.preventDefault();
    if (busy) return;
    const wanted = { name: name.trim(), topic: topic.trim() };
    if (!wanted.name || [...wanted.name].length > 80 || [...wanted.topic].length > 250) {
      setError(t('create.invalid'));
      return;
    }
    setBusy(true);
    try {
      onDone(
        await client.createRoom({
          name: wanted.name,
          ...(wanted.topic && { topic: wanted.topic }),
        }),
      );
    } catch (refused) {
      const { code } = /** @type {{code: string}} */ (refused);
      setError(t(refusals[code] ?? 'create.failed'));
      setBusy(false);
    }
  }

  return (
    <Dialog title={t('create.title')} onClose={onClose}>
      <form className={css.form} onSubmit={submit} noValidate>
        <Field
          label={t('create.name')}
          name="name"
          autoComplete="off"
          dir="auto"
          required
          value={name}
          error={error}
          note={t('create.hint')}
          onChange={(event) => {
            setName(event.target.value);
            setError(null);
          }}
        />
        <Field
          label={
            <>
              {t('create.topic')} <span className={css.optional}>({t('create.optional')})</span>
            </>
          }
          name="topic"
          autoComplete="off"
          dir="auto"
          value={topic}
          onChange={(event) => setTopic(event.target.value)}
        />
        <DialogActions>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" aria-disabled={busy}>
            {t('create.submit')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
