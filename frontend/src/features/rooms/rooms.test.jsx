import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { enter, prepare, tidy } from '../../testing/page.jsx';

/** @type {import('../../testing/fakeServer.js').FakeServer} */
let server;

beforeEach(() => {
  server = prepare();
  server.addRoom('tea', 'Tea', 'leaves and water');
  server.addRoom('cake', 'Cake', '');
  server.addRoom('gongfu', '功夫茶', 'small cups');
});

afterEach(tidy);

/** Comes in and joins what is named. @param {string[]} rooms */
async function sitDown(...rooms) {
  const client = await enter();
  await screen.findByRole('textbox', { name: 'Message to General' });
  for (const room of rooms) await act(() => client.becomeMember(room));
  return client;
}

/** Opens the quick jump. */
async function jump() {
  await userEvent.keyboard('{Control>}k{/Control}');
  return screen.findByRole('combobox', { name: 'Find a room by name or topic' });
}

const options = () => screen.getAllByRole('option').map(({ textContent }) => textContent);

describe('quick jump', () => {
  test('finds a room by some of its letters, and goes there', async () => {
    await sitDown('tea', 'cake');
    await userEvent.type(await jump(), 'ck{Enter}');
    expect(await screen.findByRole('heading', { level: 1, name: 'Cake' })).toBeTruthy();
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(location.pathname).toBe('/rooms/cake');
  });

  test('knows rooms nobody joined, by name, topic or address', async () => {
    await sitDown('tea');
    const field = await jump();
    expect(await screen.findByRole('option', { name: /功夫茶.*not joined/ })).toBeTruthy();
    await userEvent.type(field, '茶');
    expect(options()).toEqual(['功夫茶small cupsnot joined', 'New room “茶”']);
    await userEvent.clear(field);
    await userEvent.type(field, 'gongfu');
    expect(options()[0]).toContain('功夫茶');
    await userEvent.clear(field);
    await userEvent.type(field, 'water');
    expect(options()[0]).toContain('Tea');
  });

  test('shows where one was last, then the others; where one is comes after them', async () => {
    await sitDown('tea', 'cake');
    await userEvent.click(screen.getByRole('link', { name: 'Tea' }));
    await screen.findByRole('textbox', { name: 'Message to Tea' });
    await userEvent.click(screen.getByRole('link', { name: 'General' }));
    await screen.findByRole('textbox', { name: 'Message to General' });
    await jump();
    expect(options().slice(0, 3)).toEqual(['Tealeaves and water', 'Cake', 'Generalyou are here']);
  });

  test('the arrows choose, round the ends; the field keeps the focus', async () => {
    await sitDown('tea', 'cake');
    const field = await jump();
    await screen.findByRole('option', { name: /功夫茶/ });
    const chosen = () => document.getElementById(field.getAttribute('aria-activedescendant') ?? '');
    expect(chosen()?.textContent).toBe(options()[0]);
    await userEvent.keyboard('{ArrowDown}');
    expect(chosen()?.textContent).toBe(options()[1]);
    await userEvent.keyboard('{ArrowUp}{ArrowUp}');
    expect(chosen()?.textContent).toBe(options().at(-1));
    expect(chosen()?.getAttribute('aria-selected')).toBe('true');
    expect(document.activeElement).toBe(field);
  });

  test('what fits nothing becomes a new room', async () => {
    await sitDown();
    await userEvent.type(await jump(), 'Crumpets{Enter}');
    const name = await screen.findByLabelText('Name');
    expect(name).toHaveProperty('value', 'Crumpets');
    await userEvent.type(name, '{Enter}');
    expect(await screen.findByRole('heading', { level: 1, name: 'Crumpets' })).toBeTruthy();
  });

  test.each([
    ['while composing', { isComposing: true }],
    ['that ends a composition, as Safari tells it', { keyCode: 229 }],
  ])('a key %s chooses nothing and closes nothing', async (_, how) => {
    await sitDown('tea');
    const field = await jump();
    fireEvent.change(field, { target: { value: '茶' } });
    fireEvent.keyDown(field, { key: 'Enter', ...how });
    expect(location.pathname).toBe('/rooms/general');
    // What the browser would make of it is left undone.
    expect(fireEvent.keyDown(field, { key: 'Escape', ...how })).toBe(false);
    expect(screen.getByRole('dialog')).toBeTruthy();
    fireEvent.keyDown(field, { key: 'Enter', keyCode: 13 });
    await waitFor(() => expect(screen.queryByRole('combobox')).toBeNull());
  });

  test('Enter with nothing to choose does nothing', async () => {
    const client = await sitDown();
    const failed = vi.fn();
    window.addEventListener('error', failed);
    client.browse = () => new Promise(() => {});
    act(() => client.store.dispatch({ op: 'left', room: 'general' }));
    const field = await jump();
    expect(screen.queryAllByRole('option')).toEqual([]);
    fireEvent.keyDown(field, { key: 'Enter' });
    window.removeEventListener('error', failed);
    expect(failed).not.toHaveBeenCalled();
    expect(screen.getByRole('dialog')).toBeTruthy();
  });

  test('tells how many fit', async () => {
    await sitDown('tea');
    const field = await jump();
    await screen.findByRole('option', { name: /功夫茶/ });
    await userEvent.type(field, 'cake');
    expect(within(screen.getByRole('dialog')).getByRole('status').textContent).toBe('1 room');
  });

  test('offline one’s own rooms are there, and that is said', async () => {
    await sitDown('tea');
    server.up = false;
    act(() => server.drop());
    await screen.findByText('not connected');
    await jump();
    expect(await screen.findByText(/No connection: these are/)).toBeTruthy();
    expect(options()).toHaveLength(2);
  });

  test('where the others cannot be loaded one can try again', async () => {
    const client = await sitDown('tea');
    const { browse } = client;
    client.browse = () => Promise.reject(new Error('no'));
    await jump();
    const again = await screen.findByRole('button', { name: 'Try again' });
    client.browse = browse;
    await userEvent.click(again);
    expect(await screen.findByRole('option', { name: /功夫茶/ })).toBeTruthy();
  });
});

describe('favourites', () => {
  test('stand first, on this device, until they are none any more', async () => {
    await sitDown('tea', 'cake');
    await userEvent.click(screen.getByRole('link', { name: 'Tea' }));
    await screen.findByRole('textbox', { name: 'Message to Tea' });
    await userEvent.click(screen.getByRole('button', { name: 'Room options' }));
    await userEvent.click(screen.getByRole('menuitem', { name: 'Add to favourites' }));
    expect(await screen.findByRole('heading', { name: 'Favourites' })).toBeTruthy();
    const links = () => screen.getAllByRole('link').map(({ textContent }) => textContent);
    expect(links()).toEqual(['Tea', 'General', 'Cake']);

    await userEvent.click(screen.getByRole('button', { name: 'Room options' }));
    await userEvent.click(screen.getByRole('menuitem', { name: 'Remove from favourites' }));
    await waitFor(() => expect(links()).toEqual(['General', 'Cake', 'Tea']));
    expect(screen.queryByRole('heading', { name: 'Favourites' })).toBeNull();
  });
});

describe('keys', () => {
  test('Alt and an arrow lead to the room before and after, not round the ends', async () => {
    await sitDown('tea', 'cake');
    const at = (/** @type {string} */ name) => screen.findByRole('heading', { level: 1, name });
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await at('Cake');
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await at('Tea');
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await at('Tea');
    await userEvent.keyboard('{Alt>}{ArrowUp}{/Alt}');
    await at('Cake');
  });

  test('with Shift to one that holds something unread', async () => {
    await sitDown('tea', 'cake');
    server.say('tea', 'Bob', 'are you there?');
    for (const connection of server.connections) {
      connection.tell({ op: 'activity', room: 'tea', seq: 1, unread: 1, mentions: 0 });
    }
    await screen.findByRole('link', { name: 'Tea, 1 unread message' });
    await userEvent.keyboard('{Alt>}{Shift>}{ArrowUp}{/Shift}{/Alt}');
    expect(await screen.findByRole('heading', { level: 1, name: 'Tea' })).toBeTruthy();
  });

  test('the sheet of keys opens by two of them, and one that is a letter while writing', async () => {
    await sitDown();
    const box = screen.getByRole('textbox', { name: 'Message to General' });
    await userEvent.type(box, 'why?');
    expect(screen.queryByRole('dialog')).toBeNull();
    await userEvent.keyboard('{Control>}/{/Control}');
    expect(await screen.findByRole('dialog', { name: 'Keys and formatting' })).toBeTruthy();
  });
});

describe('name and topic', () => {
  test('can be changed, and only what was changed is sent', async () => {
    await sitDown('tea');
    await userEvent.click(screen.getByRole('link', { name: 'Tea' }));
    await screen.findByRole('textbox', { name: 'Message to Tea' });
    await userEvent.click(screen.getByRole('button', { name: 'Room options' }));
    await userEvent.click(screen.getByRole('menuitem', { name: 'Name and topic' }));
    const name = await screen.findByLabelText('Name');
    await userEvent.clear(name);
    await userEvent.type(name, 'Teas{Enter}');
    expect(await screen.findByRole('heading', { level: 1, name: 'Teas' })).toBeTruthy();
    expect(server.room('tea')).toMatchObject({ name: 'Teas', topic: 'leaves and water' });
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  test('General keeps its name', async () => {
    await sitDown();
    await userEvent.click(screen.getByRole('button', { name: 'Room options' }));
    await userEvent.click(screen.getByRole('menuitem', { name: 'Change topic' }));
    expect(await screen.findByLabelText(/Topic/)).toBeTruthy();
    expect(screen.queryByLabelText('Name')).toBeNull();
  });

  test('a refusal is told in words, and what was typed stays', async () => {
    const client = await sitDown('tea');
    client.updateRoom = () => Promise.reject(Object.assign(new Error('no'), { code: 'forbidden' }));
    await userEvent.click(screen.getByRole('link', { name: 'Tea' }));
    await screen.findByRole('textbox', { name: 'Message to Tea' });
    await userEvent.click(screen.getByRole('button', { name: 'Room options' }));
    await userEvent.click(screen.getByRole('menuitem', { name: 'Name and topic' }));
    await userEvent.type(await screen.findByLabelText('Name'), '!{Enter}');
    expect(await screen.findByText('You may not change this room.')).toBeTruthy();
    expect(screen.getByLabelText('Name')).toHaveProperty('value', 'Tea!');
  });
});

test('where one was is forgotten with a sign-out', async () => {
  const client = await sitDown();
  await waitFor(() => expect(localStorage.getItem('teahouse.recent')).toContain('general'));
  await act(() => client.signOut());
  await waitFor(() => expect(localStorage.getItem('teahouse.recent')).toBeNull());
});
