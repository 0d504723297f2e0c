import { fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import en from '../i18n/en.json';
import { LocaleProvider } from '../i18n/Locale.jsx';
import { EmojiPicker } from './EmojiPicker.jsx';

afterEach(() => {
  vi.unstubAllGlobals();
});

test('keys of a composition choose no emoji and close nothing', () => {
  vi.stubGlobal('fetch', () => new Promise(() => {}));
  const onClose = vi.fn();
  const onPick = vi.fn();
  // The library listens there.
  const heard = vi.fn();
  document.addEventListener('keydown', heard);
  render(
    <LocaleProvider initial={{ locale: 'en', catalogue: en }}>
      <EmojiPicker onPick={onPick} onClose={onClose} />
    </LocaleProvider>,
  );
  const field = screen.getByRole('searchbox', { name: 'Search emoji' });
  for (const key of ['Enter', 'ArrowDown', 'Escape']) {
    fireEvent.keyDown(field, { key, keyCode: 229 });
    fireEvent.keyDown(field, { key, isComposing: true });
  }
  expect(heard).not.toHaveBeenCalled();
  expect(onClose).not.toHaveBeenCalled();
  fireEvent.keyDown(field, { key: 'Enter', keyCode: 13 });
  expect(heard).toHaveBeenCalledTimes(1);
  fireEvent.keyDown(field, { key: 'Escape', keyCode: 27 });
  expect(onClose).toHaveBeenCalledTimes(1);
  document.removeEventListener('keydown', heard);
});
