import { useEffect, useState } from 'react';
import { Button } from '../../components/Button.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { clock } from '../../lib/time.js';
import { useClient, useStore } from '../../state/store.js';
import css from './Banner.module.css';

/** A short break mends itself before anybody needs to hear of it. */
const SHOW_AFTER = 1_500;

/** Says how the connection fares, while it does not fare well. */
export function Banner() {
  const { t, locale } = useLocale();
  const client = useClient();
  const status = useStore((state) => state.status);
  const lostAt = useStore((state) => state.lostAt);
  const down = lostAt !== null;
  const now = useNow(down);

  if (!down || now - lostAt < SHOW_AFTER) return <div role="status" />;
  const waits = status.state === 'disconnected';
  const seconds = waits ? Math.max(1, Math.ceil((status.retryAt - now) / 1_000)) : 0;
  const offline = !navigator.onLine;
  return (
    <div className={css.banner}>
      <div role="status" className={css.words}>
        {offline && t('banner.offline', { time: clock(locale, lostAt) })}
        {!offline && (
          // The seconds tick for the eye only; read aloud they would never end.
          <span className={waits ? 'visually-hidden' : undefined}>{t('banner.reconnecting')}</span>
        )}
        {!offline && waits && (
          <span aria-hidden="true">{t('banner.retry', { count: seconds })}</span>
        )}
      </div>
      {waits && (
        <Button look="link" className={css.now} onClick={client.reconnect}>
          {t('banner.now')}
        </Button>
      )}
    </div>
  );
}

/** The time, once a second while somebody looks at it. @param {boolean} running */
function useNow(running) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
