import { useState } from 'react';
import { Button } from '../../components/Button.jsx';
import { CopyButton } from '../../components/CopyButton.jsx';
import { Dialog, DialogActions } from '../../components/Dialog.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useWords } from '../../i18n/later/useWords.js';
import { useClient, useStore } from '../../state/store.js';
import css from './Leftovers.module.css';

/** What others wrote here and could not send any more: nothing happens to it unasked. @param {{onClose: () => void}} props */
export function Leftovers({ onClose }) {
  const { t } = useLocale();
  const say = useWords();
  const client = useClient();
  const leftovers = useStore((state) => state.leftovers);
  const rooms = useStore((state) => state.rooms);
  const me = useStore((state) => state.me);
  const [failed, setFailed] = useState(false);

  /** @param {Promise<void>} decided */
  function decide(decided) {
    setFailed(false);
    decided.catch(() => setFailed(true));
  }

  return (
    <Dialog title={say('leftovers.title')} onClose={onClose}>
      <p>{say('leftovers.text')}</p>
      <ul className={css.list}>
        {leftovers.map((left) => (
          <li key={left.id} className={css.item}>
            <p className={css.room}>
              <bdi>{rooms[left.room]?.name ?? left.room}</bdi>
            </p>
            {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a long one is scrolled by keys */}
            <p className={css.text} dir="auto" tabIndex={0}>
              {left.text}
            </p>
            <p className={css.actions}>
              <Button onClick={() => decide(client.leftovers.adopt(left))}>
                {left.entry
                  ? say('leftovers.send', { name: me?.name ?? '' })
                  : say('leftovers.continue')}
              </Button>
              <CopyButton text={left.text} />
              <Button onClick={() => decide(client.leftovers.discard(left))}>
                {t('messages.delete')}
              </Button>
            </p>
          </li>
        ))}
      </ul>
      <p className={css.failed} role="alert">
        {failed && say('leftovers.failed')}
      </p>
      <DialogActions>
        <Button look="primary" onClick={onClose}>
          {say('leftovers.later')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
