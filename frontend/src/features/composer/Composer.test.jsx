import { act, fireEvent, render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createDrafts } from '../../state/drafts.js';
import { openVolatile } from '../../state/database.js';
import { ClientContext, createStore } from '../../state/store.js';
import { initialState } from '../../state/reducer.js';
import en from '../../i18n/en.json';
import { LocaleProvider } from '../../i18n/Locale.jsx';
import { Composer } from './Composer.jsx';

/** @type {import('vitest').Mock} */
let send;
/** @type {any} */
let client;

beforeEach(() => {
  send = vi.fn(async (room) => client.drafts.take(room));
  client = {
    store: createStore({ ...initialState, limits: { body: 20, frame: 1_000 } }),
    drafts: createDrafts(openVolatile()),
    typing: vi.fn(),
    send,
  };
});

function show() {
  render(
    <LocaleProvider initial={{ locale: 'en', catalogue: en }}>
      <ClientContext value={client}>
        <Composer room={{ id: 'tea', name: 'Tea' }} />
      </ClientContext>
    </LocaleProvider>,
  );
  return /** @type {HTMLTextAreaElement} */ (
    screen.getByRole('textbox', { name: 'Message to Tea' })
  );
}

describe('Enter', () => {
  test('sends and empties the box', async () => {
    const box = show();
    await userEvent.type(box, 'hello{Enter}');
    expect(send).toHaveBeenCalledExactlyOnceWith('tea', 'hello');
    expect(box.value).toBe('');
  });

  test('with Shift begins a new line', async () => {
    const box = show();
    await userEvent.type(box, 'one{Shift>}{Enter}{/Shift}two');
    expect(send).not.toHaveBeenCalled();
    expect(box.value).toBe('one\ntwo');
  });

  test.each([
    ['while composing', { isComposing: true }],
    ['that ends a composition, as Safari tells it', { keyCode: 229 }],
  ])('%s does not send', (_, how) => {
    const box = show();
    fireEvent.change(box, { target: { value: '你好' } });
    fireEvent.keyDown(box, { key: 'Enter', ...how });
    expect(send).not.toHaveBeenCalled();
    fireEvent.keyDown(box, { key: 'Enter', keyCode: 13 });
    expect(send).toHaveBeenCalledExactlyOnceWith('tea', '你好');
  });

  test('sends nothing that cannot be seen', async () => {
    const box = show();
    fireEvent.change(box, { target: { value: ' \n\u200b\u3164' } });
    fireEvent.keyDown(box, { key: 'Enter' });
    expect(send).not.toHaveBeenCalled();
  });
});

test('near the limit the bytes left are told; over it nothing is sent or lost', async () => {
  const box = show();
  fireEvent.change(box, { target: { value: '茶'.repeat(6) } });
  expect(screen.getByText('2 bytes left')).toBeTruthy();
  fireEvent.change(box, { target: { value: '茶'.repeat(7) } });
  expect(screen.getByText('1 byte too long')).toBeTruthy();
  expect(box.getAttribute('aria-invalid')).toBe('true');
  fireEvent.keyDown(box, { key: 'Enter' });
  expect(send).not.toHaveBeenCalled();
  expect(box.value).toBe('茶'.repeat(7));
  expect(box.disabled).toBe(false);
});

test('what could not be kept goes back into the box', async () => {
  send.mockRejectedValue(new Error('disk full'));
  const box = show();
  await userEvent.type(box, 'precious{Enter}');
  expect(box.value).toBe('precious');
  expect(screen.getByText(en['composer.failed'])).toBeTruthy();
});

test('opens with the draft of its room', () => {
  client.drafts.set('tea', 'unfinished');
  client.drafts.set('cake', 'other');
  expect(show().value).toBe('unfinished');
});

test('shows what another tab makes of the draft', () => {
  const box = show();
  fireEvent.change(box, { target: { value: 'hel' } });
  act(() => client.drafts.follow({ op: 'draft', room: 'tea', text: 'hello', was: 'hel' }));
  expect(box.value).toBe('hello');
});
