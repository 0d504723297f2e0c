import { useCallback, useEffect, useState } from 'react';
import { Button } from '../../components/Button.jsx';
import { Dialog } from '../../components/Dialog.jsx';
import { Field } from '../../components/Field.jsx';
import { Icon } from '../../components/Icon.jsx';
import { Skeleton } from '../../components/Skeleton.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useWords } from '../../i18n/later/useWords.js';
import { useClient } from '../../state/store.js';
import css from './BrowseRooms.module.css';

/** @import {Room} from '../../api/protocol.d.ts' */

/** More at once would help nobody; the filter finds the rest. */
const SHOWN = 200;

/** Every room that may be seen. @param {{onClose: () => void, onPick: (room: string) => void, onCreate: () => void}} props */
export function BrowseRooms({ onClose, onPick, onCreate }) {
  const { t, locale } = useLocale();
  const say = useWords();
  const client = useClient();
  const [rooms, setRooms] = useState(/** @type {Room[] | 'loading' | 'failed'} */ ('loading'));
  const [filter, setFilter] = useState('');

  const load = useCallback(() => {
    client.browse().then(
      (list) => setRooms(list.rooms),
      () => setRooms('failed'),
    );
  }, [client]);
  useEffect(load, [load]);
  const again = () => {
    setRooms('loading');
    load();
  };

  const wanted = filter.trim().toLocaleLowerCase(locale);
  const found = Array.isArray(rooms)
    ? rooms.filter(({ name, topic = '' }) =>
        `${name}\n${topic}`.toLocaleLowerCase(locale).includes(wanted),
      )
    : [];

  return (
    <Dialog title={say('browse.title')} look="wide" onClose={onClose}>
      <Field
        label={<span className="visually-hidden">{say('browse.filter')}</span>}
        type="search"
        placeholder={say('browse.filter')}
        value={filter}
        note={Array.isArray(rooms) ? say('browse.count', { count: found.length }) : undefined}
        onChange={(event) => setFilter(event.target.value)}
      />
      <div className={css.list}>
        {rooms === 'loading' && <Skeleton rows={4} label={say('browse.title')} />}
        {rooms === 'failed' && (
          <p className={css.nothing}>
            {say('browse.failed')}{' '}
            <Button look="link" onClick={again}>
              {t('action.retry')}
            </Button>
          </p>
        )}
        {Array.isArray(rooms) && found.length === 0 && (
          <p className={css.nothing}>
            {rooms.length === 0 ? say('browse.empty') : say('browse.none', { text: filter.trim() })}
          </p>
        )}
        <ul>
          {found.slice(0, SHOWN).map((room) => (
            <li key={room.id}>
              <button type="button" className={css.room} onClick={() => onPick(room.id)}>
                <span className={css.words}>
                  <bdi className={css.name}>{room.name}</bdi>
                  {room.topic && <bdi className={css.topic}>{room.topic}</bdi>}
                </span>
                <span className={css.facts}>
                  {room.member && <span className={css.member}>{say('browse.member')}</span>}
                  {room.members > 0 && <span>{t('browse.people', { count: room.members })}</span>}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </div>
      <Button className={css.create} onClick={onCreate}>
        <Icon name="plus" size={18} />
        {t('rooms.create')}
      </Button>
    </Dialog>
  );
}
