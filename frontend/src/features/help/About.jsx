import { useCallback, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { Bowl } from '../../components/Bowl.jsx';
import { Button } from '../../components/Button.jsx';
import { Icon } from '../../components/Icon.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useWords } from '../../i18n/later/useWords.js';
import { useClient } from '../../state/store.js';
import css from './About.module.css';

/** @import {Word} from '../../i18n/later/useWords.js' */

/** @typedef {'asking' | 'ready' | 'unwell' | 'silent'} Health */

/** @type {Record<Health, Word>} */
const words = {
  asking: 'about.asking',
  ready: 'about.ready',
  unwell: 'about.unwell',
  silent: 'about.silent',
};

/** What this is, which version of it, and how its server fares. @param {{onClose: () => void}} props */
export function About({ onClose }) {
  const { t } = useLocale();
  const say = useWords();
  const client = useClient();
  const [version, setVersion] = useState(/** @type {string | null} */ (null));
  const [state, setState] = useState(/** @type {Health} */ ('asking'));

  const ask = useCallback(() => {
    Promise.allSettled([client.about(), client.health()]).then(([said, ready]) => {
      if (said.status === 'fulfilled') setVersion(said.value.version);
      if (ready.status === 'rejected') setState('silent');
      else setState(ready.value === 'ready' ? 'ready' : 'unwell');
      return undefined;
    });
  }, [client]);
  useEffect(ask, [ask]);

  // The page that had the focus is gone; whoever hears this one is told where they are.
  /** @type {import('react').RefObject<HTMLHeadingElement | null>} */
  const heading = useRef(null);
  useEffect(() => heading.current?.focus(), []);

  return (
    <main className={css.page}>
      <Button look="icon" className={css.back} aria-label={t('action.back')} onClick={onClose}>
        <Icon name="back" size={22} />
      </Button>
      <div className={css.card}>
        <Bowl size={56} />
        <h1 className={css.title} ref={heading} tabIndex={-1}>
          {t('app.name')}
        </h1>
        <p className={css.text}>{say('about.text')}</p>
        <dl className={css.facts}>
          <div>
            <dt>{say('about.version')}</dt>
            <dd>
              {version ?? (
                <span className={css.unknown}>
                  {say(state === 'asking' ? 'about.asking' : 'about.unknown')}
                </span>
              )}
            </dd>
          </div>
          <div>
            <dt>{say('about.server')}</dt>
            <dd className={css[state]}>
              <span className={css.mark} aria-hidden="true" />
              <span role="status">{say(words[state])}</span>
            </dd>
          </div>
        </dl>
        <p className={css.actions}>
          <Button
            onClick={() => {
              setState('asking');
              ask();
            }}
          >
            {say('about.again')}
          </Button>
          <Link href="/tester" state={{ inside: true }}>
            {say('about.tester')}
          </Link>
          <a href="/licenses.md">{say('about.licences')}</a>
        </p>
      </div>
    </main>
  );
}
