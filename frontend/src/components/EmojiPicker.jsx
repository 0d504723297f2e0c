import { EmojiPicker as Picker } from 'frimousse';
import { useState } from 'react';
import { useLocale } from '../i18n/Locale.jsx';
import { composes } from './keys.js';
import { recentEmoji, rememberEmoji } from './recentEmoji.js';
import css from './EmojiPicker.module.css';

/** @import {EmojiPickerListEmojiProps} from 'frimousse' */

const COLUMNS = 8;

/**
 * All emoji, to be looked through or searched for by their names, and those that
 * this device used last. Their names come from the page's own server.
 * @param {{onPick: (emoji: string) => void, onClose: () => void}} props
 */
export function EmojiPicker({ onPick, onClose }) {
  const { t, language } = useLocale();
  const [recent] = useState(() => recentEmoji(COLUMNS));

  /** @param {string} emoji */
  function pick(emoji) {
    rememberEmoji(emoji);
    onPick(emoji);
  }

  return (
    <Picker.Root
      className={css.picker}
      columns={COLUMNS}
      locale={language === 'zh-CN' ? 'zh' : 'en'}
      emojibaseUrl="/emoji"
      onEmojiSelect={({ emoji }) => pick(emoji)}
      onKeyDown={(event) => {
        const composing = composes(event.nativeEvent);
        if (!composing && event.key !== 'Escape') return;
        // The library would choose an emoji with the Enter that ends a composition.
        event.stopPropagation();
        if (composing) return;
        event.preventDefault();
        onClose();
      }}
    >
      <Picker.Search
        className={css.search}
        placeholder={t('emoji.search')}
        aria-label={t('emoji.search')}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- it opens to be typed into
        autoFocus={matchMedia('(hover: hover)').matches}
      />
      <div className={css.recent} role="group" aria-label={t('emoji.recent')}>
        {recent.map((emoji) => (
          <button key={emoji} type="button" className={css.emoji} onClick={() => pick(emoji)}>
            {emoji}
          </button>
        ))}
      </div>
      <Picker.Viewport className={css.viewport} tabIndex={0}>
        <Picker.Loading className={css.note}>{t('emoji.loading')}</Picker.Loading>
        <Picker.Empty className={css.note}>{t('emoji.none')}</Picker.Empty>
        <Picker.List className={css.list} components={{ CategoryHeader, Row, Emoji }} />
      </Picker.Viewport>
    </Picker.Root>
  );
}

/** @param {import('frimousse').EmojiPickerListCategoryHeaderProps} props */
function CategoryHeader({ category, ...rest }) {
  return (
    <div className={css.category} {...rest}>
      {category.label}
    </div>
  );
}

/** The library counts from 0, what reads it aloud from 1. @param {import('frimousse').EmojiPickerListRowProps} props */
function Row({ 'aria-rowindex': row = 0, ...rest }) {
  return <div className={css.row} {...rest} aria-rowindex={row + 1} />;
}

/** @param {EmojiPickerListEmojiProps} props */
function Emoji({ emoji, 'aria-colindex': column = 0, ...rest }) {
  return (
    <button
      type="button"
      className={`${css.emoji} ${emoji.isActive ? css.active : ''}`}
      title={emoji.label}
      {...rest}
      role="gridcell"
      aria-colindex={column + 1}
    >
      {emoji.emoji}
    </button>
  );
}
