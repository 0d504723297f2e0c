import { useState } from 'react';
import { useLocale } from '../i18n/Locale.jsx';
import { Button } from './Button.jsx';
import { Dialog, DialogActions } from './Dialog.jsx';

/** @import {ReactNode} from 'react' */

/**
 * Asks before something is done that cannot be taken back. Where doing it
 * fails, that is said in `failed`, and it stays open.
 * @param {{
 *   title: string,
 *   children: ReactNode,
 *   action: string,
 *   failed: string,
 *   onConfirm: () => unknown,
 *   onClose: () => void,
 * }} props
 */
export function Confirm({ title, children, action, failed, onConfirm, onClose }) {
  const { t } = useLocale();
  const [wrong, setWrong] = useState(false);

  async function confirm() {
    setWrong(false);
    try {
      await onConfirm();
      onClose();
    } catch {
      setWrong(true);
    }
  }

  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      <p role="alert">{wrong && failed}</p>
      <DialogActions>
        <Button data-first onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button look="danger" onClick={confirm}>
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
