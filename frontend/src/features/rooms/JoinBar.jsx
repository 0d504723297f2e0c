import { useState } from 'react';
import { Button } from '../../components/Button.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useClient } from '../../state/store.js';
import css from './JoinBar.module.css';

/** @import {Room} from '../../state/rooms.js' */

/** In place of the composer, while one only looks around. @param {{room: Room}} props */
export function JoinBar({ room }) {
  const { t } = useLocale();
  const client = useClient();
  const [failed, setFailed] = useState(false);
  return (
    <div className={css.bar}>
      <p role="status">{failed ? t('room.join.failed') : t('room.preview', { room: room.name })}</p>
      <Button
        look="primary"
        onClick={() => client.becomeMember(room.id).catch(() => setFailed(true))}
      >
        {t('room.join')}
      </Button>
    </div>
  );
}
