import { useMemo } from 'react';
import { findLinks } from '../../lib/links.js';
import { isBigEmoji } from '../../lib/text.js';
import css from './Message.module.css';

/** What was said, with its line breaks, and its addresses as links. @param {{text: string}} props */
export function Body({ text }) {
  const parts = useMemo(() => findLinks(text), [text]);
  return (
    <p className={`${css.body} ${isBigEmoji(text) ? css.big : ''}`} dir="auto">
      {parts.map((part, at) =>
        part.href ? (
          <a
            // oxlint-disable-next-line react/no-array-index-key -- the parts of a text never move
            key={at}
            href={part.href}
            target="_blank"
            rel="noopener noreferrer nofollow"
          >
            {part.text}
          </a>
        ) : (
          part.text
        ),
      )}
    </p>
  );
}
