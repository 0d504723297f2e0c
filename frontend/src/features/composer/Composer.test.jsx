import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { enter, prepare, tidy } from '../../testing/page.jsx';
import { createDrafts } from '../../state/drafts.js';
import { openVolatile } from '../../state/database.js';
import { ClientContext, createStore } from '../../state/store.js';
import { initialState } from '../../state/reducer.js';
import { unknownRoom } from '../../state/rooms.js';
import en from '../../i18n/en.json';
import { LocaleProvider } from '../../i18n/Locale.jsx';
import { Composer } from './Composer.jsx';

/** @type {import('vitest').Mock} */
let send;
/** @type {any} */
let client;
/** @type {import('vitest').Mock} */
let onTodo;
/** @type {import('vitest').Mock} */
let onCard;

beforeEach(() => {
  onTodo = vi.fn();
  onCard = vi.fn();
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
        <Composer room={{ ...unknownRoom('tea'), name: 'Tea' }} onTodo={onTodo} onCard={onCard} />
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

describe('editing', () => {
  /** @type {import('../../testing/fakeServer.js').FakeServer} */
  let server;

  beforeEach(() => {
    server = prepare();
  });

  afterEach(tidy);

  /** Comes in, says something, and waits until it is there. @param {string} text */
  async function say(text) {
    const client = await enter();
    const box = await screen.findByRole('textbox', { name: 'Message to General' });
    await userEvent.type(box, `${text}{Enter}`);
    await waitFor(() => expect(server.room('general').log).toHaveLength(1));
    await waitFor(() => expect(client.store.get().rooms.general.log?.events).toHaveLength(1));
    return client;
  }

  const box = () => /** @type {HTMLTextAreaElement} */ (screen.getByRole('textbox'));
  const changed = () => server.received('edit').map(({ body }) => body);

  test('Up in an empty box takes one’s last message, Enter saves it', async () => {
    await say('helo');
    await userEvent.keyboard('{ArrowUp}');
    await waitFor(() => expect(box().value).toBe('helo'));
    expect(box().getAttribute('aria-label')).toBe('Edit your message');
    expect(screen.getByText('Editing message')).toBeTruthy();
    expect(document.activeElement).toBe(box());
    await userEvent.clear(box());
    await userEvent.type(box(), 'hello{Enter}');
    await waitFor(() => expect(changed()).toEqual(['hello']));
    expect(box().value).toBe('');
    expect(screen.queryByText('Editing message')).toBeNull();
  });

  test('Up in a box that is not empty moves the caret only', async () => {
    await say('hello');
    await userEvent.type(box(), 'more{ArrowUp}');
    expect(box().value).toBe('more');
  });

  test('Escape leaves the message as it was, and the draft comes back', async () => {
    const client = await say('hello');
    await userEvent.type(box(), 'half a thought');
    const [{ id }] = client.store.get().rooms.general.log?.events ?? [];
    act(() => client.startEdit('general', id ?? ''));
    await waitFor(() => expect(box().value).toBe('hello'));
    await userEvent.type(box(), ' there{Escape}');
    await waitFor(() => expect(box().value).toBe('half a thought'));
    expect(changed()).toEqual([]);
  });

  test('so does the button of the bar', async () => {
    await say('hello');
    await userEvent.keyboard('{ArrowUp}');
    await userEvent.click(await screen.findByRole('button', { name: 'Stop editing' }));
    await waitFor(() => expect(box().value).toBe(''));
    expect(document.activeElement).toBe(box());
  });

  test('an emptied message is deleted, but not unasked', async () => {
    await say('hello');
    await userEvent.keyboard('{ArrowUp}');
    await waitFor(() => expect(box().value).toBe('hello'));
    await userEvent.clear(box());
    await userEvent.keyboard('{Enter}');
    const dialog = await screen.findByRole('dialog', { name: 'Delete this message?' });
    expect(server.received('delete')).toEqual([]);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(server.received('delete')).toHaveLength(1));
    await waitFor(() => expect(box().getAttribute('aria-label')).toBe('Message to General'));
  });

  test('a question about a message that goes elsewhere is not asked of the next one', async () => {
    const client = await say('one');
    await userEvent.type(box(), 'two{Enter}');
    await waitFor(() => expect(client.store.get().rooms.general.log?.events).toHaveLength(2));
    await userEvent.keyboard('{ArrowUp}');
    await waitFor(() => expect(box().value).toBe('two'));
    await userEvent.clear(box());
    await userEvent.keyboard('{Enter}');
    const dialog = await screen.findByRole('dialog', { name: 'Delete this message?' });
    const [one, two] = client.store.get().rooms.general.log?.events ?? [];
    act(() => client.endEdit('general'));
    act(() => client.startEdit('general', one.id ?? ''));
    await waitFor(() => expect(box().value).toBe('one'));
    await userEvent.click(within(dialog).getByRole('button', { name: 'Delete' }));
    await waitFor(() =>
      expect(server.received('delete').map(({ message }) => message)).toEqual([two.id]),
    );
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(box().value).toBe('one');
  });

  test('an edit that ends elsewhere does not take the focus', async () => {
    const client = await say('hello');
    await userEvent.keyboard('{ArrowUp}');
    await waitFor(() => expect(box().value).toBe('hello'));
    const people = screen.getByRole('button', { name: /People here/ });
    people.focus();
    act(() => client.endEdit('general'));
    await waitFor(() => expect(screen.queryByText('Editing message')).toBeNull());
    expect(document.activeElement).toBe(people);
  });

  test('Up passes over a message that is about to be deleted', async () => {
    const client = await say('one');
    server.silent = true;
    await userEvent.type(box(), 'two{Enter}');
    await waitFor(() => expect(client.store.get().outbox).toHaveLength(1));
    const [{ id }] = client.store.get().outbox;
    await act(() => client.remove('general', id));
    await userEvent.keyboard('{ArrowUp}');
    await waitFor(() => expect(box().value).toBe('one'));
  });
});

test('what goes to the window for tables is on the disk there before it leaves the box', async () => {
  const database = openVolatile();
  client.drafts = createDrafts(database);
  await client.drafts.load('u_ada');
  const box = show();
  const put = vi.spyOn(database, 'put');
  const remove = vi.spyOn(database, 'remove');
  fireEvent.change(box, { target: { value: '/card [{"tea": 1}]' } });
  fireEvent.keyDown(box, { key: 'Enter' });
  await waitFor(() => expect(onCard).toHaveBeenCalledOnce());
  expect(box.value).toBe('');
  await client.drafts.save();
  expect(await database.all('drafts', 'u_ada')).toMatchObject([
    { room: 'tea /card', text: '[{"tea": 1}]' },
  ]);
  const kept = put.mock.calls.findIndex(([, { room }]) => room === 'tea /card');
  const [gone] = remove.mock.invocationCallOrder;
  expect(put.mock.invocationCallOrder[kept]).toBeLessThan(gone);
});

test('what goes there goes once, however often Enter is pressed', async () => {
  client.drafts.set('tea /card', '[');
  const box = show();
  fireEvent.change(box, { target: { value: '/card {"tea": 1}]' } });
  fireEvent.keyDown(box, { key: 'Enter' });
  fireEvent.keyDown(box, { key: 'Enter' });
  await waitFor(() => expect(onCard).toHaveBeenCalledOnce());
  expect(client.drafts.get('tea /card')).toBe('[\n{"tea": 1}]');
});
