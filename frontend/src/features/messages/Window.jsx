import { useEffect } from 'react';
import { Confirm } from '../../components/Confirm.jsx';
import { EmojiPopover } from '../../components/EmojiPopover.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useClient } from '../../state/store.js';
import { useActions } from './actions.js';
import { guestOf, nameOf, reactionsOf } from './can.js';
import { Sheet } from './Sheet.jsx';

/**
 * @import {Self} from '../../api/protocol.d.ts'
 * @import {Room} from '../../state/rooms.js'
 * @import {Row} from '../../state/selectors.js'
 */

/**
 * What is open for which row.
 * @typedef {{what: 'pick', key: string, anchor: DOMRect}
 *   | {what: 'remove' | 'sheet', key: string}} Open
 */

/**
 * What opens for a message: emoji to choose from, a question, what can be done.
 * It stays when its message is scrolled away, and closes when that is gone.
 * @param {{
 *   open: Open,
 *   row: Row | undefined,
 *   room: Room,
 *   me: Self | null,
 *   focus: (key: string) => void,
 *   onClose: () => void,
 * }} props
 */
export function Window({ open, row, room, me, focus, onClose }) {
  const { t } = useLocale();
  const client = useClient();
  const actions = useActions();
  const gone = !row || (row.type === 'message' && Boolean(row.event.deleted));
  useEffect(() => {
    if (gone) onClose();
  }, [gone, onClose]);
  if (!row || gone) return null;

  /** Back to the message, which stays though its tools go. */
  const close = () => {
    onClose();
    focus(row.key);
  };

  if (open.what === 'sheet') {
    const as = guestOf(row);
    const account = row.type === 'message' ? row.event.user.name : (me?.name ?? '');
    const name = as === undefined ? account : t('messages.as', { name: as });
    return <Sheet row={row} name={name} me={me?.id ?? ''} member={room.member} onClose={onClose} />;
  }
  if (open.what === 'pick') {
    const reactions = reactionsOf(row);
    return (
      <EmojiPopover
        anchor={open.anchor}
        onClose={onClose}
        onPick={(emoji) => {
          const given = reactions?.[emoji]?.some(({ id }) => id === me?.id);
          if (!given) actions?.react(nameOf(row), emoji, true);
          close();
        }}
      />
    );
  }
  return (
    <Confirm
      title={t('composer.delete.title')}
      action={t('actions.delete')}
      failed={t('composer.delete.failed')}
      onConfirm={() => client.remove(room.id, nameOf(row))}
      onClose={close}
    >
      <p>{t('composer.delete.text')}</p>
    </Confirm>
  );
}
