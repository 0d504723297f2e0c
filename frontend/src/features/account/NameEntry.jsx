import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { Bowl } from '../../components/Bowl.jsx';
import { Button } from '../../components/Button.jsx';
import { Field } from '../../components/Field.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { locales } from '../../i18n/translate.js';
import { memory } from '../../lib/memory.js';
import { useClient, useStore } from '../../state/store.js';
import css from './NameEntry.module.css';

/** @import {Key} from '../../i18n/translate.js' */

const REMEMBERED = 'teahouse.name';
const LONGEST = 40;

/** @type {Record<string, Key>} */
const refusals = {
  conflict: 'welcome.taken',
  invalid: 'welcome.invalid',
  forbidden: 'welcome.closed',
  unauthenticated: 'welcome.closed',
  offline: 'welcome.offline',
};

/** Asks for the name to be called by. */
export function NameEntry() {
  const { t, language, choose } = useLocale();
  const client = useClient();
  const [path, navigate] = useLocation();
  const farewell = useStore((state) => state.farewell);
  const [name, setName] = useState(memory.getItem(REMEMBERED) ?? '');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {string | null} */ (null));

  /** @param {import('react').FormEvent} event */
  async function submit(event) {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === '' || [...wanted].length > LONGEST) {
      setError(t('welcome.invalid'));
      return;
    }
    setBusy(true);
    setError(null);
    try {
      memory.setItem(REMEMBERED, wanted);
      await client.signIn(wanted);
      if (path === '/') navigate('/rooms/general', { state: { fromList: true } });
    } catch (refused) {
      const { code } = /** @type {{code: string}} */ (refused);
      setError(t(refusals[code] ?? 'welcome.failed', { name: wanted }));
      setBusy(false);
    }
  }

  return (
    <main className={css.page}>
      <form className={css.card} onSubmit={submit} noValidate>
        <Bowl size={56} />
        <h1 className={css.title}>{t('welcome.title')}</h1>
        <p className={css.text}>{t(farewell === 'expired' ? 'welcome.expired' : 'welcome.text')}</p>
        <Field
          label={t('welcome.name')}
          name="name"
          autoComplete="nickname"
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the one thing to do on this page
          autoFocus
          required
          dir="auto"
          value={name}
          error={error}
          onChange={(event) => {
            setName(event.target.value);
            setError(null);
          }}
        />
        <Button look="primary" type="submit" className={css.enter} aria-disabled={busy}>
          {t(busy ? 'welcome.entering' : 'welcome.enter')}
        </Button>
      </form>
      <p className={css.languages}>
        {
          /** @type {(keyof typeof locales)[]} */ (Object.keys(locales)).map((tag) => (
            <Button
              key={tag}
              look="link"
              lang={tag}
              aria-pressed={tag === language}
              className={css.language}
              onClick={() => choose(tag)}
            >
              {locales[tag]}
            </Button>
          ))
        }
        <Link href="/about" state={{ inside: true }} className={css.about}>
          {t('about.title')}
        </Link>
      </p>
    </main>
  );
}
