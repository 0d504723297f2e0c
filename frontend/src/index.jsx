import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './theme/tokens.css';
import './theme/base.css';
import * as api from './api/index.js';
import { App } from './App.jsx';
import { initialLocale, LocaleProvider } from './i18n/Locale.jsx';
import { Notifier } from './features/notify/Notifier.jsx';
import { ErrorBoundary } from './components/ErrorBoundary.jsx';
import { memory } from './lib/memory.js';
import { updates } from './platform/updates.js';
import { createClient } from './state/client.js';
import { openDatabase } from './state/database.js';
import { ClientContext } from './state/store.js';
import { applyDensity, currentDensity } from './theme/density.js';
import { applyTheme, currentTheme } from './theme/theme.js';

applyTheme(currentTheme());
applyDensity(currentDensity());
const [locale, database] = await Promise.all([initialLocale(), openDatabase()]);
const client = createClient({
  api,
  database,
  locks: navigator.locks,
  channel: new BroadcastChannel('teahouse'),
  memory,
});
void client.start();

window.addEventListener('pagehide', () => void client.save());
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') void client.save();
  else {
    client.resume();
    updates.ask();
  }
});

// A built client keeps itself on the device, and up to date.
if (import.meta.env.PROD) {
  void updates.start({
    save: client.save,
    safe: () => client.store.get().durable && !document.querySelector('dialog[open]'),
  });
  let connected = false;
  client.store.subscribe(() => {
    const before = connected;
    ({ connected } = client.store.get());
    if (connected && !before) updates.ask();
  });
  window.addEventListener('vite:preloadError', () => {
    if (client.store.get().connected) updates.torn();
  });
}

createRoot(/** @type {HTMLElement} */ (document.getElementById('root'))).render(
  <StrictMode>
    <LocaleProvider initial={locale}>
      <ErrorBoundary>
        <ClientContext value={client}>
          <App />
          <Notifier />
        </ClientContext>
      </ErrorBoundary>
    </LocaleProvider>
  </StrictMode>,
);
