import css from './Button.module.css';

/** @import {ButtonHTMLAttributes, Ref} from 'react' */

/**
 * @param {ButtonHTMLAttributes<HTMLButtonElement> & {
 *   look?: 'primary' | 'plain' | 'danger' | 'icon' | 'link',
 *   ref?: Ref<HTMLButtonElement>,
 * }} props
 */
export function Button({ look = 'plain', className = '', type = 'button', ...rest }) {
  return <button type={type} className={`${css.button} ${css[look]} ${className}`} {...rest} />;
}
