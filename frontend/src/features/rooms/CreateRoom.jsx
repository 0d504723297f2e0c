import { useLocale } from '../../i18n/Locale.jsx';
import { useClient } from '../../state/store.js';
import { RoomForm } from './RoomForm.jsx';

/** @import {Key} from '../../i18n/translate.js' */

/** @type {Record<string, Key> & {otherwise: Key}} */
const refusals = {
  conflict: 'create.taken',
  invalid: 'create.invalid',
  too_long: 'create.invalid',
  forbidden: 'create.forbidden',
  rate_limited: 'create.slow',
  offline: 'create.offline',
  otherwise: 'create.failed',
};

/** @param {{name?: string, onClose: () => void, onDone: (room: string) => void}} props */
export function CreateRoom({ name, onClose, onDone }) {
  const { t } = useLocale();
  const client = useClient();
  return (
    <RoomForm
      title={t('create.title')}
      name={name}
      hint={t('create.hint')}
      submit={t('create.submit')}
      refusals={refusals}
      onSubmit={async ({ name, topic }) =>
        onDone(await client.createRoom({ name, ...(topic && { topic }) }))
      }
      onClose={onClose}
    />
  );
}
