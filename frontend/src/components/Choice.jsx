import { useId } from 'react';
import css from './Choice.module.css';

/**
 * One of a few.
 * @template {string} T
 * @param {{label: string, value: T, options: {value: T, label: string}[], onChange: (value: T) => void}} props
 */
export function Choice({ label, value, options, onChange }) {
  const name = useId();
  return (
    <fieldset className={css.choice}>
      <legend>{label}</legend>
      <div className={css.options}>
        {options.map((option) => (
          <label key={option.value} className={css.option}>
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
