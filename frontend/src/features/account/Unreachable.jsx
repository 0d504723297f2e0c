import { useEffect } from 'react';
import { Button } from '../../components/Button.jsx';
import { Notice } from '../../components/Notice.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useClient } from '../../state/store.js';
import css from './Unreachable.module.css';

const KNOCK_EVERY = 5_000;

/** The server did not answer, and nothing is known from an earlier visit. */
export function Unreachable() {
  const { t } = useLocale();
  const client = useClient();
  useEffect(() => {
    const timer = setInterval(client.start, KNOCK_EVERY);
    return () => clearInterval(timer);
  }, [client]);
  return (
    <main className={css.page}>
      <Notice page title={t('unreachable.title')} text={t('unreachable.text')}>
        <Button look="primary" onClick={client.start}>
          {t('action.retry')}
        </Button>
      </Notice>
    </main>
  );
}
