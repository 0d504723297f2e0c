import { useMemo } from 'react';
import { Avatar } from '../../components/Avatar.jsx';
import { Panel } from '../../components/Panel.jsx';
import { Skeleton } from '../../components/Skeleton.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useStore } from '../../state/store.js';
import css from './PeoplePanel.module.css';

/** Who is in the room right now. Escape closes it, as whoever shows it sees to. @param {{room: string, onClose: () => void}} props */
export function PeoplePanel({ room, onClose }) {
  const { t, locale } = useLocale();
  const me = useStore((state) => state.me);
  const presence = useStore((state) => (state.presence?.room === room ? state.presence : null));
  const connected = useStore((state) => state.connected);

  const people = useMemo(
    () =>
      Object.values(presence?.users ?? {}).toSorted((a, b) => a.name.localeCompare(b.name, locale)),
    [presence, locale],
  );
  const hidden = presence ? presence.count - people.length : 0;

  return (
    <Panel title={t('people.title')} onClose={onClose}>
      {!presence && connected && <Skeleton rows={3} label={t('people.title')} />}
      {!presence && !connected && <p className={css.note}>{t('people.unknown')}</p>}
      <ul>
        {people.map((user) => (
          <li key={user.id} className={css.person}>
            <Avatar user={user} size="small" />
            <bdi className={css.name}>{user.name}</bdi>
            {user.id === me?.id && <span className={css.you}>{t('people.you')}</span>}
          </li>
        ))}
      </ul>
      {presence && people.length === 0 && <p className={css.note}>{t('people.many')}</p>}
      {people.length > 0 && hidden > 0 && (
        <p className={css.note}>{t('people.hidden', { count: hidden })}</p>
      )}
    </Panel>
  );
}
