import { Link } from 'wouter';
import { Button } from '../../components/Button.jsx';
import { Icon } from '../../components/Icon.jsx';
import { Notice } from '../../components/Notice.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import css from './NoRoom.module.css';

/**
 * @import {ReactNode} from 'react'
 * @import {Room} from '../../state/rooms.js'
 */

/** A room that is not there, or not for whoever asks. @param {{room: Room, onBack: (() => void) | null, children?: ReactNode}} props */
export function NoRoom({ room, onBack, children }) {
  const { t } = useLocale();
  const kind = room.refused === 'forbidden' ? 'forbidden' : 'missing';
  return (
    <main className={css.page}>
      {onBack && (
        <Button look="icon" className={css.back} aria-label={t('action.back')} onClick={onBack}>
          <Icon name="back" size={22} />
        </Button>
      )}
      <Notice
        page
        title={t(`room.${kind}.title`)}
        text={t(`room.${kind}.text`, { room: room.name })}
      >
        <Link href="/rooms/general" className={css.link}>
          {t('room.missing.action')}
        </Link>
      </Notice>
      {children}
    </main>
  );
}
