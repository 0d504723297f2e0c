import { Confirm } from '../../components/Confirm.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useClient } from '../../state/store.js';

/** A message of which nothing is left: whether it should go. @param {{room: string, message: string, onClose: () => void}} props */
export function DeleteEdited({ room, message, onClose }) {
  const { t } = useLocale();
  const client = useClient();
  return (
    <Confirm
      title={t('composer.delete.title')}
      action={t('messages.delete')}
      failed={t('composer.delete.failed')}
      onConfirm={() => client.remove(room, message)}
      onClose={onClose}
    >
      <p>{t('composer.delete.text')}</p>
    </Confirm>
  );
}
