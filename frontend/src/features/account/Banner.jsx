import { useEffect, useState } from 'react';
import { Button } from '../../components/Button.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { clock } from '../../lib/time.js';
import { useClient, useStore } from '../../state/store.js';
import css from './Banner.module.css';

/** A short break mends itself before anybody needs to hear of it. */
const SHOW_AFTER = 1_500;

/**
 * Says how the connection fares, while it does not fare well. With `over` it
 * lies over the lower edge of what holds it, and moves nothing.
 * @param {{over?: boolean}} props
 */
export function Banner({ over = false }) {
  const { t, locale } = useLocale();
  const client = useClient();
  const status = useStore((state) => state.status);
  const lostAt = useStore((state) => state.lostAt);
  const met = useStore((state) => state.met);
  const now = useNow(lostAt !== null);

  const shown = lostAt !== null && now - lostAt >= SHOW_AFTER;
  const waits = shown && status.state === 'disconnected';
  const offline = shown && !navigator.onLine;
  const seconds = waits ? Math.max(1, Math.ceil((status.retryAt - now) / 1_000)) : 0;
  return (
    <div className={`${css.place} ${over ? css.over : ''}`}>
      <div className={shown ? css.banner : undefined}>
        {/* Here before it says anything, or what it says would not be read aloud. */}
        <div role="status" className={css.words}>
          {offline && t('banner.offline', { time: clock(locale, lostAt) })}
          {shown && !offline && (
            // The seconds tick for the eye only; read aloud they would never end.
            <span className={waits ? 'visually-hidden' : undefined}>
              {t(met ? 'banner.reconnecting' : 'banner.connecting')}
            </span>
          )}
          {waits && !offline && (
            <span aria-hidden="true">{t('banner.retry', { count: seconds })}</span>
          )}
        </div>
        {waits && (
          <Button look="link" className={css.now} onClick={client.reconnect}>
            {t('banner.now')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** The time, twice a second while it is needed. @param {boolean} running */
function useNow(running) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
