import { useEffect } from 'react';
import { useLocale } from '../../i18n/Locale.jsx';
import { totalUnread } from '../../state/selectors.js';
import { useStore } from '../../state/store.js';

/** Names the room and what is unread in the window's title. */
export function useTitle() {
  const { t } = useLocale();
  const count = useStore(totalUnread);
  const name = useStore(({ open, rooms }) => (open ? rooms[open]?.name : undefined));
  const house = t('app.name');
  useEffect(() => {
    document.title = `${count > 0 ? `(${count}) ` : ''}${name ? `${name} · ` : ''}${house}`;
  }, [count, name, house]);
}
