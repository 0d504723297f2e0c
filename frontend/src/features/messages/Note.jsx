import { useLocale } from '../../i18n/Locale.jsx';
import { clock, fullTime } from '../../lib/time.js';
import css from './Row.module.css';

/**
 * A line about the room rather than in it.
 * @param {{at: number, quiet?: boolean, children: import('react').ReactNode}} props `quiet`: who did it
 *   was told where it was done
 */
export function Note({ at, quiet = false, children }) {
  const { locale } = useLocale();
  return (
    <p className={css.note} aria-live={quiet ? 'off' : undefined}>
      {children}{' '}
      <time dateTime={new Date(at).toISOString()} title={fullTime(locale, at)}>
        {clock(locale, at)}
      </time>
    </p>
  );
}
