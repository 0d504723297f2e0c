interface ImportMetaEnv {
  /** Where the WebSocket is, when not at /ws beside /api. */
  readonly REACT_APP_WS_URL?: string;
  /** Where /api is, when not on the page's own server. */
  readonly REACT_APP_API_URL?: string;
}

interface ImportMeta {
  readonly env: ImportMetaEnv;
}

/** It comes without types. Importing it gives the tests an IndexedDB. */
declare module 'fake-indexeddb/auto';
