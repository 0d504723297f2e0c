import { useState } from 'react';
import { Button } from '../../components/Button.jsx';
import { Dialog, DialogActions } from '../../components/Dialog.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useWords } from '../../i18n/later/useWords.js';
import { useClient, useStore } from '../../state/store.js';
import css from './SignOut.module.css';

/** @param {{onClose: () => void}} props */
export function SignOut({ onClose }) {
  const { t } = useLocale();
  const say = useWords();
  const client = useClient();
  const unsent = useStore((state) => state.outbox.filter(({ state }) => state !== 'sent').length);
  const drafts = client.drafts.count();
  const [failed, setFailed] = useState(false);
  return (
    <Dialog title={say('leave.title')} onClose={onClose}>
      <p>{say('leave.text')}</p>
      {unsent > 0 && <p className={css.warning}>{say('leave.unsent', { count: unsent })}</p>}
      {drafts > 0 && <p className={css.warning}>{say('leave.drafts', { count: drafts })}</p>}
      <p className={css.warning} role="alert">
        {failed && say('leave.failed')}
      </p>
      <DialogActions>
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button
          look={unsent + drafts > 0 ? 'danger' : 'primary'}
          onClick={() => client.signOut().catch(() => setFailed(true))}
        >
          {t('me.leave')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
