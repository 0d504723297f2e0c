/**
 * The server's WebSockets, and the dialects of each; the first is the one to begin with.
 * @type {Record<Path, Dialect[]>}
 */
export const dialects = {
  '/ws': ['teahouse.v1', 'auto', 'json', 'text', 'echo'],
  '/websocket': [],
  '/todo': [],
  '/echo': ['mirror', 'hello'],
};

/** @typedef {'/ws' | '/websocket' | '/todo' | '/echo'} Path */
/** @typedef {'teahouse.v1' | 'auto' | 'json' | 'text' | 'echo' | 'mirror' | 'hello'} Dialect */

/** What is chosen. @typedef {{path: Path, dialect: Dialect | null, room: string, name: string}} Target */

export const paths = /** @type {Path[]} */ (Object.keys(dialects));

/** What a dialect asks for besides. @param {Pick<Target, 'path' | 'dialect'>} target */
export function wants({ path, dialect }) {
  const room = path === '/ws' && ['auto', 'json', 'text'].includes(dialect ?? '');
  return { room, name: room || dialect === 'teahouse.v1' };
}

/** What the server is told of it in the address, and which subprotocol is offered. @param {Target} target */
export function requestOf(target) {
  const { path, dialect } = target;
  const { room, name } = wants(target);
  const told = ['json', 'text', 'echo', 'hello'].includes(dialect ?? '');
  return {
    path,
    query: {
      mode: told && dialect ? dialect : '',
      room: room ? target.room.trim() : '',
      name: name ? target.name.trim() : '',
    },
    protocol: dialect === 'teahouse.v1' ? dialect : undefined,
  };
}
