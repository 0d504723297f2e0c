import { useState } from 'react';
import { Switch } from '../../components/Switch.jsx';
import { useWords } from '../../i18n/later/useWords.js';
import { notices } from '../../platform/notices.js';
import { bell } from './bell.js';
import { audible, wanted } from './choices.js';
import css from './NotificationSettings.module.css';

/** Whether this device tells of messages while nobody looks, and how. */
export function NotificationSettings() {
  const say = useWords();
  const [permission, setPermission] = useState(notices.permission);
  const [on, setOn] = useState(wanted.get);
  const [sound, setSound] = useState(audible.get);
  const possible = permission === 'granted' || permission === 'default';
  const told = on && permission === 'granted';

  /** @param {boolean} next */
  async function choose(next) {
    const answer = next ? await notices.ask() : permission;
    const allowed = next && answer === 'granted';
    wanted.set(allowed);
    setOn(allowed);
    setPermission(answer);
  }

  return (
    <fieldset className={css.notifications}>
      <legend>{say('notify.title')}</legend>
      <Switch
        label={say('notify.show')}
        hint={say('notify.hint')}
        checked={told}
        disabled={!possible}
        onChange={(next) => void choose(next)}
      />
      <Switch
        label={say('notify.sound')}
        checked={sound}
        disabled={!told}
        onChange={(next) => {
          audible.set(next);
          setSound(next);
          if (next) bell.sample();
        }}
      />
      <p role="status" className={css.why}>
        {permission === 'denied' && say('notify.denied')}
        {permission === 'unavailable' && say('notify.unavailable')}
      </p>
    </fieldset>
  );
}
