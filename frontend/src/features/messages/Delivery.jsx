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

/** @type {Record<string, Key>} */
const listReasons = {
  too_long: 'todo.failed.too_long',
  forbidden: 'todo.failed.forbidden',
  not_found: 'todo.failed.not_found',
};

/** @param {Entry} entry @returns {Key} */
function reasonOf({ op, code = '' }) {
  if (op === 'todo') return listReasons[code] ?? 'todo.failed';
  if (op !== 'edit') return reasons[code] ?? 'messages.failed';
  return code === 'not_found' ? 'messages.failed.change.gone' : 'messages.failed.change';
}

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

/**
 * Says why a message, or a change of one, was not taken, and what can be done.
 * The words of a change stand with it: they are nowhere else.
 * @param {{entry: Entry, quoted?: boolean}} props
 */
export function Failed({ entry, quoted = false }) {
  const { t } = useLocale();
  const client = useClient();
  return (
    <div role="alert" data-state="failed">
      {quoted && (
        <p className={css.refused} dir="auto">
          {entry.body}
        </p>
      )}
      <p className={css.failed}>
        <Icon name="alert" size={16} />
        <span>{t(reasonOf(entry))}</span>
        {entry.code !== 'not_found' || entry.op !== 'edit' ? (
          <Button look="link" onClick={() => client.retry(entry)}>
            {t('messages.retry')}
          </Button>
        ) : null}
        <Button look="link" onClick={() => client.discard(entry)}>
          {t(entry.op === 'edit' || entry.op === 'todo' ? 'messages.discard' : 'messages.delete')}
        </Button>
      </p>
    </div>
  );
}
