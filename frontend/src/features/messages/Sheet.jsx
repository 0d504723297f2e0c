import { recentEmoji, rememberEmoji } from '../../components/recentEmoji.js';
import { Dialog } from '../../components/Dialog.jsx';
import { Icon } from '../../components/Icon.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useActions } from './actions.js';
import { canDo, nameOf, reactionsOf } from './can.js';
import { useNames } from './Reactions.jsx';
import css from './Sheet.module.css';

/** @import {Row} from '../../state/selectors.js' */

const QUICK = 6;

/**
 * What can be done with a message, for fingers; and who reacted how.
 * @param {{row: Row, name: string, me: string, member: boolean, onClose: () => void}} props
 */
export function Sheet({ row, name, me, member, onClose }) {
  const { t } = useLocale();
  const names = useNames();
  const actions = useActions();
  const can = canDo(row, member);
  if (!actions || !can) return null;
  const reactions = reactionsOf(row) ?? {};
  const given = (/** @type {string} */ emoji) =>
    (reactions[emoji] ?? []).some(({ id }) => id === me);

  /** Closes first: what comes next may be a window of its own. @param {() => void} work */
  const then = (work) => () => {
    onClose();
    work();
  };

  return (
    <Dialog title={t('actions.label', { name })} look="sheet" onClose={onClose}>
      {can.react && (
        <div className={css.quick}>
          {recentEmoji(QUICK).map((emoji) => (
            <button
              key={emoji}
              type="button"
              aria-label={t('actions.react', { emoji })}
              aria-pressed={given(emoji)}
              onClick={then(() => {
                rememberEmoji(emoji);
                actions.react(nameOf(row), emoji, !given(emoji));
              })}
            >
              {emoji}
            </button>
          ))}
          <button
            type="button"
            aria-label={t('actions.pick')}
            onClick={then(() => actions.pick(row.key, new DOMRect()))}
          >
            <Icon name="plus" />
          </button>
        </div>
      )}
      <div className={css.list}>
        {can.edit && (
          <button type="button" onClick={then(() => actions.edit(row.key))}>
            <Icon name="edit" />
            {t('actions.edit')}
          </button>
        )}
        <button type="button" onClick={then(() => actions.copy(row.key))}>
          <Icon name="copy" />
          {t('actions.copy')}
        </button>
        {can.remove && (
          <button
            type="button"
            className={css.danger}
            onClick={then(() => actions.remove(row.key))}
          >
            <Icon name="trash" />
            {t('actions.delete')}
          </button>
        )}
      </div>
      {Object.keys(reactions).length > 0 && (
        <ul className={css.people} aria-label={t('reactions.label')}>
          {Object.entries(reactions).map(([emoji, people]) => (
            <li key={emoji}>
              <span className={css.emoji}>{emoji}</span> {names(people)}
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
