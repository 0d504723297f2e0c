import { render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { vi } from 'vitest';
import * as api from '../api/index.js';
import { App } from '../App.jsx';
import en from '../i18n/en.json';
import { LocaleProvider } from '../i18n/Locale.jsx';
import { createClient } from '../state/client.js';
import { openVolatile } from '../state/database.js';
import { ClientContext } from '../state/store.js';
import { FakeServer } from './fakeServer.js';

/** A server for the page to come, and a window with a height. @returns {FakeServer} */
export function prepare() {
  const server = new FakeServer();
  vi.stubGlobal('WebSocket', server.WebSocket);
  vi.stubGlobal('fetch', server.fetch);
  // The page of the test has no height; a list without height shows no rows.
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(800);
  history.replaceState(null, '', '/');
  return server;
}

export function tidy() {
  api.connect(() => {})();
  vi.unstubAllGlobals();
}

/** Opens the whole page, as a browser that knows nobody yet. */
export function load() {
  const client = createClient({
    api,
    database: openVolatile(),
    locks: undefined,
    channel: { postMessage() {}, onmessage: null },
    memory: localStorage,
  });
  void client.start();
  render(
    <LocaleProvider initial={{ locale: 'en', catalogue: en }}>
      <ClientContext value={client}>
        <App />
      </ClientContext>
    </LocaleProvider>,
  );
  return client;
}

/** Opens the page and comes in as Ada. */
export async function enter() {
  const client = load();
  await userEvent.type(await screen.findByLabelText('Your name'), 'Ada{Enter}');
  return client;
}
