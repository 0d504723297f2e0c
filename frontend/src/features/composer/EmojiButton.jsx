import { useRef, useState } from 'react';
import { Icon } from '../../components/Icon.jsx';
import { later } from '../../components/Later.jsx';
import { useLocale } from '../../i18n/Locale.jsx';

const EmojiPopover = later(
  async () => (await import('../../components/EmojiPopover.jsx')).EmojiPopover,
);

/** Opens all emoji to choose one. @param {{className: string, onPick: (emoji: string) => void}} props */
export function EmojiButton({ className, onPick }) {
  const { t } = useLocale();
  const [anchor, setAnchor] = useState(/** @type {DOMRect | null} */ (null));
  /** The press that closes it must not open it again. */
  const closes = useRef(false);
  const close = () => setAnchor(null);
  return (
    <>
      <button
        type="button"
        className={className}
        aria-label={t('composer.emoji')}
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        onPointerDown={() => (closes.current = anchor !== null)}
        onClick={(event) => {
          if (!closes.current) setAnchor(event.currentTarget.getBoundingClientRect());
          closes.current = false;
        }}
      >
        <Icon name="smile" />
      </button>
      {anchor && (
        <EmojiPopover
          anchor={anchor}
          onPick={(emoji) => {
            onPick(emoji);
            close();
          }}
          onClose={close}
        />
      )}
    </>
  );
}
