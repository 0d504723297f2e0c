import { bucket, initial } from '../lib/text.js';
import css from './Avatar.module.css';

/** @import {User} from '../api/protocol.d.ts' */

/** The name beside it says the same, so this is a picture only. @param {{user: User, size?: 'small' | 'large'}} props */
export function Avatar({ user, size = 'large' }) {
  const hue = css[`hue${bucket(user.id, 6)}`];
  return (
    <span className={`${css.avatar} ${css[size]} ${hue}`} aria-hidden="true">
      {initial(user.name)}
    </span>
  );
}
