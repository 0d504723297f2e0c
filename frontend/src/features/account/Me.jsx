import { useState } from 'react';
import { useLocation } from 'wouter';
import { Avatar } from '../../components/Avatar.jsx';
import { later } from '../../components/Later.jsx';
import { Menu } from '../../components/Menu.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useStore } from '../../state/store.js';
import css from './Me.module.css';

const SignOut = later(async () => (await import('./SignOut.jsx')).SignOut);

/** Oneself: name, connection, settings, help, the way out. @param {{onSettings: () => void, onKeys: () => void}} props */
export function Me({ onSettings, onKeys }) {
  const { t } = useLocale();
  const me = useStore((state) => state.me);
  const connected = useStore((state) => state.connected);
  const [, navigate] = useLocation();
  const [leaving, setLeaving] = useState(false);
  if (!me) return null;
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
          { label: t('me.settings'), onSelect: onSettings },
          { label: t('keys.title'), onSelect: onKeys },
          {
            label: t('about.title'),
            onSelect: () => navigate('/about', { state: { inside: true } }),
          },
          { label: t('me.leave'), onSelect: () => setLeaving(true) },
        ]}
      />
      {leaving && <SignOut onClose={() => setLeaving(false)} />}
    </>
  );
}
