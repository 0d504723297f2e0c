import { useState } from 'react';
import { Choice } from '../../components/Choice.jsx';
import { Dialog } from '../../components/Dialog.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { locales } from '../../i18n/translate.js';
import { applyTheme, currentTheme } from '../../theme/theme.js';

/** How the page looks and speaks, on this device. @param {{onClose: () => void}} props */
export function Preferences({ onClose }) {
  const { t, choice, choose } = useLocale();
  const [theme, setTheme] = useState(currentTheme);
  return (
    <Dialog title={t('settings.title')} onClose={onClose}>
      <Choice
        label={t('settings.theme')}
        value={theme}
        options={[
          { value: 'system', label: t('settings.theme.system') },
          { value: 'light', label: t('settings.theme.light') },
          { value: 'dark', label: t('settings.theme.dark') },
        ]}
        onChange={(wanted) => {
          applyTheme(wanted);
          setTheme(wanted);
        }}
      />
      <Choice
        label={t('settings.language')}
        value={choice}
        options={[
          { value: 'system', label: t('settings.language.system') },
          { value: 'en', label: locales.en },
          { value: 'zh-CN', label: locales['zh-CN'] },
        ]}
        onChange={choose}
      />
    </Dialog>
  );
}
