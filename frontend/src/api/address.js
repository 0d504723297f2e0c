import { base } from './http.js';

/** Where the server's one WebSocket of `teahouse.v1` is. */
export function socketAddress() {
  const beside = new URL(`${base}/ws`, location.href);
  beside.protocol = beside.protocol === 'https:' ? 'wss:' : 'ws:';
  return import.meta.env.REACT_APP_WS_URL || beside.href;
}
