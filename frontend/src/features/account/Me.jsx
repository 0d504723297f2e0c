import { useState } from 'react';
import { Avatar } from '../../components/Avatar.jsx';
import { Menu } from '../../components/Menu.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useStore } from '../../state/store.js';
import { Preferences } from './Preferences.jsx';
import { SignOut } from './SignOut.jsx';
import css from './Me.module.css';

/** Oneself: name, connection, preferences, the way out. */
export function Me() {
  const { t } = useLocale();
  const me = useStore((state) => state.me);
  const connected = useStore((state) => state.connected);
  const [dialog, setDialog] = useState(/** @type {'settings' | 'leave' | null} */ (null));
  if (!me) return null;
  const close = () => setDialog(null);
  return (
    <>
      <Menu
        label={`${t('me.menu')}: ${me.name}`}
        className={css.me}
        up
        button={
          <>
            <Avatar user={me} size="small" />
            <span className={css.name}>
              <bdi>{me.name}</bdi>
              <span className={css.state}>
                <span className={connected ? css.on : css.off} />
                {t(connected ? 'me.online' : 'me.offline')}
              </span>
            </span>
          </>
        }
        items={[
          { label: t('me.settings'), onSelect: () => setDialog('settings') },
          { label: t('me.leave'), onSelect: () => setDialog('leave') },
        ]}
      />
      {dialog === 'settings' && <Preferences onClose={close} />}
      {dialog === 'leave' && <SignOut onClose={close} />}
    </>
  );
}
