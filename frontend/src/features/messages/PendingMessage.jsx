import { Button } from '../../components/Button.jsx';
import { Icon } from '../../components/Icon.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useClient, useStore } from '../../state/store.js';
import { Body } from './Body.jsx';
import { MessageFrame } from './Message.jsx';
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

/** A message that this device keeps until the server has it. @param {{entry: Entry, head: boolean}} props */
export function PendingMessage({ entry, head }) {
  const { t } = useLocale();
  const client = useClient();
  const me = useStore((state) => state.me);
  const connected = useStore((state) => state.connected);
  const waiting = t(connected ? 'messages.pending' : 'messages.waiting');
  return (
    <MessageFrame
      user={{ id: entry.user, name: me?.name ?? '' }}
      at={entry.at}
      head={head}
      mine
      dim={entry.state === 'pending'}
      place={{}}
    >
      <Body text={entry.body} />
      {entry.state === 'pending' && (
        <span className={css.waiting} title={waiting} data-state="pending">
          <Icon name="clock" size={14} />
          <span className="visually-hidden">{waiting}</span>
        </span>
      )}
      {entry.state === 'failed' && (
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
      )}
    </MessageFrame>
  );
}
