import { useLocale } from '../../i18n/Locale.jsx';
import { useClient } from '../../state/store.js';
import { RoomForm } from './RoomForm.jsx';

/**
 * @import {Key} from '../../i18n/translate.js'
 * @import {Room} from '../../state/rooms.js'
 */

/** @type {Record<string, Key> & {otherwise: Key}} */
const refusals = {
  invalid: 'create.invalid',
  too_long: 'create.invalid',
  forbidden: 'room.edit.forbidden',
  not_found: 'room.edit.gone',
  rate_limited: 'room.edit.slow',
  offline: 'create.offline',
  otherwise: 'room.edit.failed',
};

/** What a room is called and what it is about; General keeps its name. @param {{room: Room, onClose: () => void}} props */
export function EditRoom({ room, onClose }) {
  const { t } = useLocale();
  const client = useClient();
  const named = room.id !== 'general';

  /** @param {{name: string, topic: string}} wanted */
  async function save({ name, topic }) {
    const change = {
      ...(named && name !== room.name && { name }),
      ...(topic !== room.topic && { topic }),
    };
    if (Object.keys(change).length > 0) await client.updateRoom(room.id, change);
    onClose();
  }

  return (
    <RoomForm
      title={t(named ? 'room.edit' : 'room.topic')}
      name={room.name}
      topic={room.topic}
      named={named}
      submit={t('action.save')}
      refusals={refusals}
      onSubmit={save}
      onClose={onClose}
    />
  );
}
