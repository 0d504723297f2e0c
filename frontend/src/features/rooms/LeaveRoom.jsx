import { useLocation } from 'wouter';
import { Confirm } from '../../components/Confirm.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useWords } from '../../i18n/later/useWords.js';
import { useClient } from '../../state/store.js';

/** @import {Room} from '../../state/rooms.js' */

/** @param {{room: Room, onClose: () => void}} props */
export function LeaveRoom({ room, onClose }) {
  const { t } = useLocale();
  const say = useWords();
  const client = useClient();
  const [, navigate] = useLocation();

  async function leave() {
    await client.endMembership(room.id);
    navigate('/');
  }

  return (
    <Confirm
      title={say('room.leave.title', { room: room.name })}
      action={t('room.leave')}
      failed={say('room.leave.failed')}
      onConfirm={leave}
      onClose={onClose}
    >
      <p>{say('room.leave.text')}</p>
    </Confirm>
  );
}
