import { useState } from 'react';
import { useLocation } from 'wouter';
import { Button } from '../../components/Button.jsx';
import { Dialog, DialogActions } from '../../components/Dialog.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useClient } from '../../state/store.js';

/** @import {Room} from '../../state/rooms.js' */

/** @param {{room: Room, onClose: () => void}} props */
export function LeaveRoom({ room, onClose }) {
  const { t } = useLocale();
  const client = useClient();
  const [, navigate] = useLocation();
  const [failed, setFailed] = useState(false);

  async function leave() {
    try {
      await client.endMembership(room.id);
      onClose();
      navigate('/');
    } catch {
      setFailed(true);
    }
  }

  return (
    <Dialog title={t('room.leave.title', { room: room.name })} onClose={onClose}>
      <p>{t('room.leave.text')}</p>
      <p role="alert">{failed && t('room.leave.failed')}</p>
      <DialogActions>
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button look="danger" onClick={leave}>
          {t('room.leave')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
