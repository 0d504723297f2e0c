import { useSyncExternalStore } from 'react';
import { Button } from '../../components/Button.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { updates } from '../../platform/updates.js';
import { useStore } from '../../state/store.js';
import css from './UpdateBar.module.css';

/**
 * Says that there is a newer version, and loads it when somebody wants it. With
 * `over` it lies over the lower edge of what holds it, where the state of the
 * connection has precedence.
 * @param {{over?: boolean}} props
 */
export function UpdateBar({ over = false }) {
  const { t } = useLocale();
  const version = useSyncExternalStore(updates.subscribe, updates.get);
  // What only this page's memory holds would be lost.
  const durable = useStore((state) => state.durable);
  const online = useStore((state) => state.lostAt === null);
  const shown = durable && version !== 'current' && (!over || online);
  return (
    <div className={`${css.place} ${over ? css.over : ''}`}>
      <div className={shown ? css.bar : undefined}>
        <span role="status" className={css.words}>
          {shown && t(version === 'torn' ? 'update.torn' : 'update.ready')}
        </span>
        {shown && (
          <Button look="link" className={css.use} onClick={updates.use}>
            {t(version === 'torn' ? 'update.reload' : 'update.use')}
          </Button>
        )}
      </div>
    </div>
  );
}
