import { useId } from 'react';
import { useLocale } from '../../i18n/Locale.jsx';
import css from './Topic.module.css';

/** @import {Room} from '../../state/rooms.js' */

/** What a room is about, in one line; all of it on request. @param {{room: Pick<Room, 'topic' | 'members'>}} props */
export function Topic({ room: { topic, members } }) {
  const { t } = useLocale();
  const id = useId();
  return (
    <>
      <button type="button" className={css.line} popoverTarget={id} title={topic}>
        <span className="visually-hidden">{t('create.topic')}: </span>
        <bdi>{topic}</bdi>
      </button>
      {/* The browser closes it by Escape or a press elsewhere, and gives the focus back. */}
      <div id={id} popover="auto" className={css.whole}>
        <p dir="auto">{topic}</p>
        {members > 0 && <p className={css.members}>{t('browse.people', { count: members })}</p>}
      </div>
    </>
  );
}
