import { useState } from 'react';
import { Button } from '../../components/Button.jsx';
import { Dialog, DialogActions } from '../../components/Dialog.jsx';
import { Field } from '../../components/Field.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import css from './RoomForm.module.css';

/** @import {Key} from '../../i18n/translate.js' */

const LONGEST_NAME = 80;
const LONGEST_TOPIC = 250;

/**
 * Name and topic of a room that is to be, or is.
 * @param {{
 *   title: string,
 *   name?: string,
 *   topic?: string,
 *   named?: boolean,
 *   hint?: string,
 *   submit: string,
 *   refusals: Record<string, Key> & {otherwise: Key},
 *   onSubmit: (room: {name: string, topic: string}) => Promise<unknown>,
 *   onClose: () => void,
 * }} props `named`: whether the name can be chosen; `refusals` are words for the codes of the server, and for any other
 */
export function RoomForm({
  title,
  name: firstName = '',
  topic: firstTopic = '',
  named = true,
  hint,
  submit,
  refusals,
  onSubmit,
  onClose,
}) {
  const { t } = useLocale();
  const [name, setName] = useState(firstName);
  const [topic, setTopic] = useState(firstTopic);
  const [error, setError] = useState(/** @type {string | null} */ (null));
  const [busy, setBusy] = useState(false);

  /** @param {import('react').FormEvent} event */
  async function onFormSubmit(event) {
    event.preventDefault();
    if (busy) return;
    const wanted = { name: name.trim(), topic: topic.trim() };
    const tooLong =
      [...wanted.name].length > LONGEST_NAME || [...wanted.topic].length > LONGEST_TOPIC;
    if (!wanted.name || tooLong) {
      setError(t('create.invalid'));
      return;
    }
    setBusy(true);
    try {
      await onSubmit(wanted);
    } catch (refused) {
      const { code } = /** @type {{code: string}} */ (refused);
      setError(t(refusals[code] ?? refusals.otherwise));
      setBusy(false);
    }
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <form className={css.form} onSubmit={onFormSubmit} noValidate>
        {named && (
          <Field
            label={t('create.name')}
            name="name"
            autoComplete="off"
            dir="auto"
            required
            value={name}
            error={error}
            note={hint}
            onChange={(event) => {
              setName(event.target.value);
              setError(null);
            }}
          />
        )}
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
          error={named ? null : error}
          onChange={(event) => {
            setTopic(event.target.value);
            setError(null);
          }}
        />
        <DialogActions>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" aria-disabled={busy}>
            {submit}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
