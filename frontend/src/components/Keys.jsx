import { keyName } from './keys.js';
import css from './Keys.module.css';

/** Keys to press together, as they are called on this machine. @param {{keys: string[], className?: string}} props */
export function Keys({ keys, className = '' }) {
  return (
    <span className={`${css.keys} ${className}`}>
      {keys.map((key) => (
        <kbd key={key}>{keyName(key)}</kbd>
      ))}
    </span>
  );
}
