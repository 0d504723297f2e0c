import { useState } from 'react';
import { Link } from 'wouter';
import { Button } from '../../components/Button.jsx';
import { Choice } from '../../components/Choice.jsx';
import { Dialog } from '../../components/Dialog.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useWords } from '../../i18n/later/useWords.js';
import { locales } from '../../i18n/translate.js';
import { applyDensity, currentDensity } from '../../theme/density.js';
import { applyTheme, currentTheme } from '../../theme/theme.js';
import { Rename } from './Rename.jsx';
import css from './Settings.module.css';

/** @import {ReactNode} from 'react' */

/**
 * Who one is, and how the page looks, speaks and calls on this device. What is
 * chosen holds at once.
 * @param {{notifications?: ReactNode, onKeys: () => void, onClose: () => void}} props
 */
export function Settings({ notifications, onKeys, onClose }) {
  const { t, choice, choose } = useLocale();
  const say = useWords();
  const [theme, setTheme] = useState(currentTheme);
  const [density, setDensity] = useState(currentDensity);
  return (
    <Dialog title={say('settings.title')} look="wide" onClose={onClose}>
      <div className={css.settings}>
        <Rename />
        <Choice
          label={say('settings.theme')}
          value={theme}
          options={[
            { value: 'system', label: say('settings.theme.system') },
            { value: 'light', label: say('settings.theme.light') },
            { value: 'dark', label: say('settings.theme.dark') },
          ]}
          onChange={(wanted) => {
            applyTheme(wanted);
            setTheme(wanted);
          }}
        />
        <Choice
          label={say('settings.density')}
          value={density}
          options={[
            { value: 'comfortable', label: say('settings.density.comfortable') },
            { value: 'cosy', label: say('settings.density.cosy') },
            { value: 'compact', label: say('settings.density.compact') },
          ]}
          onChange={(wanted) => {
            applyDensity(wanted);
            setDensity(wanted);
          }}
        />
        <Choice
          label={say('settings.language')}
          value={choice}
          options={[
            { value: 'system', label: say('settings.language.system') },
            { value: 'en', label: locales.en },
            { value: 'zh-CN', label: locales['zh-CN'] },
          ]}
          onChange={choose}
        />
        {notifications}
        <p className={css.links}>
          <Button look="link" className={css.link} onClick={onKeys}>
            {t('keys.title')}
          </Button>
          <Link href="/about" state={{ inside: true }} className={css.link}>
            {t('about.title')}
          </Link>
        </p>
      </div>
    </Dialog>
  );
}
