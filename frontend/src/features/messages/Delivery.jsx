import { Button } from '../../components/Button.jsx';
import { Icon } from '../../components/Icon.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useClient, useStore } from '../../state/store.js';
import css from './Message.module.css';

/**
 * @import {Key} from '../../i18n/translate.js'
 * @import {Entry} from '../../state/queue.js'
 */

/** @type {Record<string, Key>} */
const reasons = {
  too_long: 'messages.failed.too_long',
  forbidden: 'messages.failed.forbidden',
  not_found: 'messages.failed.not_found',
  invalid: 'messages.failed.invalid',
  conflict: 'messages.failed.conflict',
};

/** Stands beside the time of a message until the server has it. */
export function Waiting() {
  const { t } = useLocale();
  const connected = useStore((state) => state.connected);
  const words = t(connected ? 'messages.pending' : 'messages.waiting');
  return (
    // To be found, not to be announced: it comes and goes with every message.
    <span className={css.waiting} title={words} data-state="pending" aria-live="off">
      <Icon name="clock" size={14} />
      <span className="visually-hidden">{words}</span>
    </span>
  );
}

/** Says why a message was not taken, and what can be done. @param {{entry: Entry}} props */
export function Failed({ entry }) {
  const { t } = useLocale();
  const client = useClient();
  return (
    <p className={css.failed} role="alert" data-state="failed">
      <Icon name="alert" size={16} />
      <span>{t(reasons[entry.code ?? ''] ?? 'messages.failed')}</span>
      <Button look="link" onClick={() => client.retry(entry)}>
        {t('messages.retry')}
      </Button>
      <Button look="link" onClick={() => client.discard(entry)}>
        {t('messages.delete')}
      </Button>
    </p>
  );
}
