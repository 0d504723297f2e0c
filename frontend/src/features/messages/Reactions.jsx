import { Icon } from '../../components/Icon.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useActions } from './actions.js';
import css from './Reactions.module.css';

/** @import {User} from '../../api/protocol.d.ts' */

/** More names than this nobody reads. */
const NAMED = 12;

/**
 * What others feel about a message, each with how many, and one's own to be
 * given and taken back.
 * @param {{
 *   reactions: Record<string, User[]>,
 *   message: string,
 *   row: string,
 *   me: string,
 *   active: boolean,
 *   allowed: boolean,
 * }} props `row`: its key; `active`: holds the focus; `allowed`: to react oneself
 */
export function Reactions({ reactions, message, row, me, active, allowed }) {
  const { t } = useLocale();
  const names = useNames();
  const actions = useActions();
  const tabIndex = active ? 0 : -1;
  return (
    // They come and go without a word: what is said is announced, not this.
    <div className={css.reactions} role="group" aria-label={t('reactions.label')} aria-live="off">
      {Object.entries(reactions).map(([emoji, people]) => {
        const mine = people.some(({ id }) => id === me);
        const label = t('reactions.by', { emoji, count: people.length, names: names(people) });
        return (
          <button
            key={emoji}
            type="button"
            className={`${css.chip} ${mine ? css.mine : ''}`}
            aria-pressed={mine}
            aria-label={label}
            title={label}
            tabIndex={tabIndex}
            aria-disabled={!allowed || undefined}
            onClick={() => allowed && actions?.react(message, emoji, !mine)}
          >
            <span className={css.emoji}>{emoji}</span>
            <span className={css.count}>{people.length}</span>
          </button>
        );
      })}
      {allowed && (
        <button
          type="button"
          className={`${css.chip} ${css.add}`}
          aria-label={t('actions.pick')}
          title={t('actions.pick')}
          tabIndex={tabIndex}
          onClick={(event) => actions?.pick(row, event.currentTarget.getBoundingClientRect())}
        >
          <Icon name="smile" size={16} />
        </button>
      )}
    </div>
  );
}

/** Names people in one line, in the order they came. */
export function useNames() {
  const { t, locale } = useLocale();
  return (/** @type {User[]} */ people) => {
    const more = people.length - NAMED;
    const names = people.slice(0, more > 1 ? NAMED : undefined).map(({ name }) => name);
    if (more > 1) names.push(t('reactions.others', { count: more }));
    return new Intl.ListFormat(locale, { type: 'conjunction' }).format(names);
  };
}
