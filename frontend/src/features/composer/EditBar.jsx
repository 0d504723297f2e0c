import { Button } from '../../components/Button.jsx';
import { Icon } from '../../components/Icon.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import css from './EditBar.module.css';

/** Says that what stands in the box is a message that others have read already. @param {{onCancel: () => void}} props */
export function EditBar({ onCancel }) {
  const { t } = useLocale();
  return (
    <div className={css.bar}>
      <Icon name="edit" size={16} />
      <span className={css.words}>{t('composer.editing')}</span>
      <Button
        look="icon"
        className={css.cancel}
        aria-label={t('composer.cancel')}
        onClick={onCancel}
      >
        <Icon name="close" size={18} />
      </Button>
    </div>
  );
}
