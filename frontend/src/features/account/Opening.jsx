import { Bowl } from '../../components/Bowl.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import css from './Opening.module.css';

/** While the server is asked who is here: nothing at first, as that is soon known. */
export function Opening() {
  const { t } = useLocale();
  return (
    <main className={css.page} data-opening>
      <div className={css.soon}>
        <Bowl size={56} />
        <p role="status">{t('welcome.entering')}</p>
      </div>
    </main>
  );
}
