import { bucket, initial } from '../lib/text.js';
import css from './Avatar.module.css';

/** @import {User} from '../api/protocol.d.ts' */

/** The name beside it says the same, so this is a picture only. @param {{user: User, size?: 'small' | 'large', guest?: boolean}} props `guest`: it is nobody's account */
export function Avatar({ user, size = 'large', guest = false }) {
  const hue = css[`hue${bucket(user.id, 6)}`];
  return (
    <span
      className={`${css.avatar} ${css[size]} ${hue} ${guest ? css.guest : ''}`}
      aria-hidden="true"
    >
      {initial(user.name)}
    </span>
  );
}
