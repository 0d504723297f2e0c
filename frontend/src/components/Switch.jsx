import { useId } from 'react';
import css from './Switch.module.css';

/**
 * On or off, at once.
 * @param {{
 *   label: string,
 *   hint?: string,
 *   checked: boolean,
 *   disabled?: boolean,
 *   onChange: (checked: boolean) => void,
 * }} props
 */
export function Switch({ label, hint, checked, disabled = false, onChange }) {
  const id = useId();
  return (
    <label className={css.switch}>
      <span className={css.words}>
        <span>{label}</span>
        {hint && (
          <span id={id} className={css.hint}>
            {hint}
          </span>
        )}
      </span>
      <input
        type="checkbox"
        role="switch"
        aria-label={label}
        aria-describedby={hint ? id : undefined}
        checked={checked}
        aria-checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
    </label>
  );
}
