import { render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import en from '../i18n/en.json';
import { LocaleProvider } from '../i18n/Locale.jsx';
import { Dialog } from './Dialog.jsx';
import { later } from './Later.jsx';

/** @param {{onClose: () => void}} props */
function Window({ onClose }) {
  return (
    <Dialog title="Teapots" onClose={onClose}>
      <p>two</p>
    </Dialog>
  );
}

/** @param {() => Promise<typeof Window>} load */
function show(load) {
  const Later = later(load);
  const onClose = vi.fn();
  render(
    <LocaleProvider initial={{ locale: 'en', catalogue: en }}>
      <Later onClose={onClose} />
    </LocaleProvider>,
  );
  return onClose;
}

test('a window that takes its time is waited for in sight, and can be left', async () => {
  /** @type {(window: typeof Window) => void} */
  let arrive = () => {};
  const onClose = show(() => new Promise((resolve) => (arrive = resolve)));
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(await screen.findByRole('dialog', { name: 'One moment' })).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Close' }));
  expect(onClose).toHaveBeenCalledTimes(1);
  arrive(Window);
  expect(await screen.findByRole('dialog', { name: 'Teapots' })).toBeTruthy();
  expect(screen.queryByRole('dialog', { name: 'One moment' })).toBeNull();
});

test('one that cannot be loaded says so, and can be tried again', async () => {
  const load = vi.fn(async () => Window);
  load.mockRejectedValueOnce(new Error('the server is away'));
  show(load);
  await userEvent.click(await screen.findByRole('button', { name: 'Try again' }));
  expect(await screen.findByRole('dialog', { name: 'Teapots' })).toBeTruthy();
});
